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
}

/// The token endpoint as one client uses it: builds requests, sends nothing.
package struct TokenEndpoint: Sendable {
  package let endpoint: Endpoint
  package let clientID: String
  package let authentication: ClientAuthentication
  /// `audience`, passed through.
  package let audience: String?
  /// `resource` (RFC 8707), any number of them.
  package let resources: [String]

  package init(
    endpoint: Endpoint,
    clientID: String,
    authentication: ClientAuthentication,
    audience: String? = nil,
    resources: [String] = []
  ) {
    self.endpoint = endpoint
    self.clientID = clientID
    self.authentication = authentication
    self.audience = audience
    self.resources = resources
  }

  /// The request for a grant.
  ///
  /// Its body has secrets in it: it goes to the sender and nowhere else.
  package func call(for grant: TokenGrant) -> HTTPCall {
    var pairs: [(String, String)]
    switch grant {
    case .authorizationCode(let code, let verifier, let redirectURI):
      pairs = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", redirectURI),
        ("code_verifier", verifier.expose()),
      ]
    case .refreshToken(let token, let scopes):
      pairs = [("grant_type", "refresh_token"), ("refresh_token", token.expose())]
      if let scopes { pairs.append(("scope", scopes.joined(separator: " "))) }
    case .deviceCode(let code):
      pairs = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", code.expose()),
      ]
    }
    if let audience { pairs.append(("audience", audience)) }
    pairs += resources.map { ("resource", $0) }
    return authentication.call(endpoint, clientID: clientID, pairs)
  }
}
