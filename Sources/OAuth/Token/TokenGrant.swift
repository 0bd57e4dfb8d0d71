// SPDX-License-Identifier: Apache-2.0

/// What is exchanged for tokens.
package enum TokenGrant: Sendable {
  /// RFC 6749 section 4.1.3 with RFC 7636 section 4.5; the redirect URI is that of the
  /// authorization request.
  case authorizationCode(code: Secret, verifier: Secret, redirectURI: String)
  /// RFC 6749 section 6; without scopes the issuer keeps those of the login.
  case refreshToken(Secret, scopes: [String]?)
  /// RFC 8628 section 3.4.
  case deviceCode(Secret)
  /// RFC 6749 section 4.4: the client is the subject.
  case clientCredentials(scopes: [String])
  /// RFC 6749 section 4.3, which RFC 9700 section 2.4 forbids to new clients: the person's password
  /// goes through this program.
  case password(username: String, password: Secret, scopes: [String])
  /// RFC 8693 section 2.1.
  case tokenExchange(TokenExchange)
  /// RFC 7523 section 2.1: a JWT that another issuer made for a robot.
  case jwtBearer(assertion: Secret, scopes: [String])

  /// The pairs of the request's body, without those of the client.
  var pairs: [(String, String)] {
    switch self {
    case .authorizationCode(let code, let verifier, let redirectURI):
      [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", redirectURI),
        ("code_verifier", verifier.expose()),
      ]
    case .refreshToken(let token, let scopes):
      [("grant_type", "refresh_token"), ("refresh_token", token.expose())]
        + (scopes.map { [("scope", $0.joined(separator: " "))] } ?? [])
    case .deviceCode(let code):
      [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", code.expose()),
      ]
    case .clientCredentials(let scopes):
      [("grant_type", "client_credentials")] + Self.scope(scopes)
    case .password(let username, let password, let scopes):
      [
        ("grant_type", "password"), ("username", username), ("password", password.expose()),
      ] + Self.scope(scopes)
    case .tokenExchange(let exchange):
      exchange.pairs
    case .jwtBearer(let assertion, let scopes):
      [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", assertion.expose()),
      ] + Self.scope(scopes)
    }
  }

  /// No pair for no scopes: the issuer then has its default (RFC 6749 section 3.3).
  static func scope(_ scopes: [String]) -> [(String, String)] {
    scopes.isEmpty ? [] : [("scope", scopes.joined(separator: " "))]
  }
}
