// SPDX-License-Identifier: Apache-2.0

/// What the ID token of a session said of its login, for comparison with a refreshed one (OIDC Core
/// 12.2).
package struct PreviousIDToken: Sendable, Equatable {
  /// `auth_time`, seconds since 1970; nil if the token does not say.
  package let authTime: Int64?
  /// Whether there is an `azp`; its value is the client id in every token that passes.
  package let hasAuthorizedParty: Bool

  /// Reads a token that passed its verdict when it came; nothing is verified again.
  ///
  /// Nil for a text that is no ID token.
  package init?(passed token: Secret) {
    guard let jws = try? CompactJWS(token.expose()),
      let json = try? StrictJSON(parsing: jws.payload), json.members != nil
    else { return nil }
    authTime = json["auth_time"]?.integer
    hasAuthorizedParty = json["azp"] != nil
  }
}
