// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// How an authorization response travels (OAuth 2.0 Multiple Response Type Encoding Practices §2.1,
/// OAuth 2.0 Form Post Response Mode).
enum ResponseMode: String, CaseIterable, Sendable {
  case query
  case formPost = "form_post"
}

extension IdentityProvider {
  /// The authorization response (RFC 6749 §4.1.2) with `iss` (RFC 9207 §2).
  func answer(
    _ redirectURI: String,
    _ mode: ResponseMode?,
    _ parameters: [(String, String?)],
    _ exchange: Exchange,
    tellsIssuer: Bool = true
  ) -> Response {
    var given: RedirectParameters = parameters.compactMap { name, value in
      value.map { (name: name, value: $0) }
    }
    if tellsIssuer { given.append((name: "iss", value: issuer)) }
    let edited = exchange.plan.edited(given)
    switch mode ?? .query {
    case .query: return .found(Self.url(redirectURI, edited))
    case .formPost: return Self.formPost(redirectURI, edited)
    }
  }

  /// An address with more parameters in its query.
  static func url(_ address: String, _ parameters: RedirectParameters) -> String {
    guard !parameters.isEmpty else { return address }
    let separator = address.contains("?") ? "&" : "?"
    return address + separator + FormFields(parameters.map { ($0.name, $0.value) }).encoded
  }

  /// A page whose form a browser sends by itself, and a person without scripts by a button.
  private static func formPost(_ redirectURI: String, _ parameters: RedirectParameters) -> Response
  {
    let nonce = Randomness.token()
    let content = """
      <form method="post" action="\(Page.escape(redirectURI))">
      \(Page.hidden(parameters))
      <button>Continue</button>
      </form>
      <script nonce="\(nonce)">document.forms[0].submit()</script>
      """
    return .page(
      Page.html(title: "Back to the application", content: content),
      scriptNonce: nonce
    )
  }
}
