// SPDX-License-Identifier: Apache-2.0

/// A token that is exchanged for another one (RFC 8693 section 2.1).
package struct TokenExchange: Sendable {
  /// A token with its type.
  package struct Presented: Sendable {
    package var token: Secret
    package var type: TokenType

    package init(_ token: Secret, _ type: TokenType) {
      self.token = token
      self.type = type
    }
  }

  /// Token types (RFC 8693 section 3); issuers have others of their own.
  package struct TokenType: Sendable, Equatable {
    /// The identifier, an absolute URI.
    package let identifier: String

    package static let accessToken = TokenType(registered: "access_token")
    package static let refreshToken = TokenType(registered: "refresh_token")
    package static let idToken = TokenType(registered: "id_token")
    package static let jwt = TokenType(registered: "jwt")
    package static let saml2 = TokenType(registered: "saml2")

    private init(registered name: String) {
      identifier = "urn:ietf:params:oauth:token-type:\(name)"
    }

    /// A type by its URI, or one of the registered ones by its last part ("id_token").
    ///
    /// Throws ``OAuthError/Code/requestInvalid`` for a text that is neither.
    package init(_ text: String) throws(OAuthError) {
      let registered: [TokenType] = [.accessToken, .refreshToken, .idToken, .jwt, .saml2]
      if let found = registered.first(where: { $0.identifier.hasSuffix(":token-type:\(text)") }) {
        self = found
        return
      }
      guard text.utf8.count <= Limits.url, Text.isVisibleASCII(text),
        let colon = text.firstIndex(of: ":"), colon != text.startIndex
      else {
        throw OAuthError(
          .requestInvalid,
          what: "\"\(Text.line(text, limit: 80))\" is not a token type",
          remedy: "give access_token, refresh_token, id_token, jwt, saml2 or a URI"
        )
      }
      identifier = text
    }
  }

  /// Whose the new token shall be.
  package var subject: Presented
  /// Who acts for the subject; nil if nobody does.
  package var actor: Presented?
  /// What is asked for; nil leaves it to the issuer.
  package var requested: TokenType?
  package var scopes: [String]

  package init(
    subject: Presented,
    actor: Presented? = nil,
    requested: TokenType? = nil,
    scopes: [String] = []
  ) {
    self.subject = subject
    self.actor = actor
    self.requested = requested
    self.scopes = scopes
  }

  var pairs: [(String, String)] {
    var pairs = [
      ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
      ("subject_token", subject.token.expose()),
      ("subject_token_type", subject.type.identifier),
    ]
    if let requested { pairs.append(("requested_token_type", requested.identifier)) }
    if let actor {
      pairs.append(("actor_token", actor.token.expose()))
      pairs.append(("actor_token_type", actor.type.identifier))
    }
    return pairs + TokenGrant.scope(scopes)
  }
}
