// SPDX-License-Identifier: Apache-2.0

/// The grant that gives a request its tokens.
package enum GrantType: String, Sendable, Codable, CaseIterable {
  /// A person logs in: authorization code with PKCE, or a device code (RFC 6749 §4.1, RFC 8628).
  case authorizationCode = "authorization-code"
  /// The client speaks for itself (RFC 6749 §4.4).
  case clientCredentials = "client-credentials"
  /// A person's password goes through this program: legacy, since RFC 9700 §2.4 forbids it (RFC 6749 §4.3).
  case password
  /// A token of one issuer for one of another (RFC 8693).
  case tokenExchange = "token-exchange"
  /// A signed assertion, such as a projected service-account token, for a token (RFC 7523 §2.1).
  case jwtBearer = "jwt-bearer"
  /// A token that the surroundings give, handed on as it is, for API servers that take it: of a CI job, for example.
  case given

  /// Whether it needs a token of somebody else's to begin with.
  package var takesAssertion: Bool {
    self == .tokenExchange || self == .jwtBearer || self == .given
  }

  /// Whether it starts from something that can be had again at any time, so that there is no session to keep.
  package var isUnattended: Bool {
    switch self {
    case .authorizationCode, .password: false
    case .clientCredentials, .tokenExchange, .jwtBearer, .given: true
    }
  }
}

/// A service that gives assertions to whoever runs in it.
package enum AssertionProvider: String, Sendable, Codable, CaseIterable {
  /// The OpenID Connect provider of GitHub Actions, asked as its documentation of "OpenID Connect" says.
  case githubActions = "github-actions"
}

/// When an extension is used that an issuer may offer.
package enum Offer: String, Sendable, Codable, CaseIterable {
  /// Where the issuer offers it.
  case auto
  /// In any case; an issuer without it is an error.
  case always
  /// Not even where it is offered.
  case never
}
