// SPDX-License-Identifier: Apache-2.0

import Hummingbird

extension IdentityProvider {
  /// The authorization response (RFC 6749 §4.1.2) with `iss` (RFC 9207 §2), as a redirect.
  func answer(
    _ redirectURI: String,
    _ parameters: [(String, String?)],
    _ exchange: Exchange
  ) -> Response {
    var given: RedirectParameters = parameters.compactMap { name, value in
      value.map { (name: name, value: $0) }
    }
    given.append((name: "iss", value: issuer))
    let edited = exchange.plan.edited(given)
    let separator = redirectURI.contains("?") ? "&" : "?"
    return .found(redirectURI + separator + FormFields(edited.map { ($0.name, $0.value) }).encoded)
  }
}
