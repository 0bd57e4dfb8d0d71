// SPDX-License-Identifier: Apache-2.0

/// Tokens as an issuer answered them (RFC 6749 section 5.1, OIDC Core 3.1.3.3), not verified.
///
/// It is lenient where strictness would throw a rotated refresh token away: a lifetime that makes
/// no sense is unknown, an empty token is absent, and of an answer with a token type that cannot be
/// used the refresh token still comes out.
package struct TokenResponse: Sendable, Equatable {
  /// Nil if absent, and if ``refusedTokenType`` says that it cannot be used.
  package let accessToken: Secret?
  package let idToken: Secret?
  /// Nil if the issuer keeps the one that was sent.
  package var refreshToken: Secret?
  /// Seconds from the moment of receipt; nil if absent, negative or not a number; at most ten
  /// years.
  package let expiresIn: Int?
  /// The granted scopes as one text; nil means those that were asked for.
  package let scope: String?
  /// The token type if it is not one that was asked for: Bearer, and DPoP if a proof was sent.
  package let refusedTokenType: String?
  /// True if the tokens are bound to the key of the proof (RFC 9449 section 5).
  ///
  /// The access token is no bearer token then: kubectl cannot send it.
  package let isBound: Bool

  package init(
    accessToken: Secret? = nil,
    idToken: Secret? = nil,
    refreshToken: Secret? = nil,
    expiresIn: Int? = nil,
    scope: String? = nil,
    refusedTokenType: String? = nil,
    isBound: Bool = false
  ) {
    self.accessToken = accessToken
    self.idToken = idToken
    self.refreshToken = refreshToken
    self.expiresIn = expiresIn
    self.scope = scope
    self.refusedTokenType = refusedTokenType
    self.isBound = isBound
  }

  /// Nil if there is no usable token in it, or a token that is not text of visible ASCII
  /// characters; `withProof` says that the request had a DPoP proof.
  init?(_ json: StrictJSON, withProof: Bool = false) {
    guard json.members != nil, let access = Self.token("access_token", json),
      let id = Self.token("id_token", json), let refresh = Self.token("refresh_token", json)
    else { return nil }
    // A missing type is Bearer, as every client takes it; the comparison ignores case (RFC 6749
    // section 5.1).
    let type = json["token_type"].map { $0.string ?? "" } ?? "Bearer"
    isBound = withProof && type.lowercased() == "dpop"
    let isExchanged = id == .absent && Self.isExchangedIDToken(json, type)
    let isUsable = isBound || isExchanged || type.lowercased() == "bearer"
    guard isUsable ? access != .absent || id != .absent : refresh != .absent else { return nil }
    accessToken = isUsable && !isExchanged ? access.secret : nil
    idToken = isExchanged ? access.secret : isUsable ? id.secret : nil
    refreshToken = refresh.secret
    expiresIn = json["expires_in"].flatMap(Self.seconds)
    scope = json["scope"]?.string
    refusedTokenType = isUsable ? nil : Text.line(type, limit: 40)
  }

  /// True for the answer to a token exchange that carries an ID token in `access_token`, the one
  /// place there is for the new token (RFC 8693 section 2.2.1); its token type is then `N_A`, or
  /// Bearer by habit.
  private static func isExchangedIDToken(_ json: StrictJSON, _ type: String) -> Bool {
    let issued = json["issued_token_type"]?.string
    let isNoAccessToken = type.lowercased() == "n_a"
    return switch issued {
    case TokenExchange.TokenType.idToken.identifier:
      isNoAccessToken || type.lowercased() == "bearer"
    case TokenExchange.TokenType.jwt.identifier: isNoAccessToken
    default: false
    }
  }

  private enum Member: Equatable {
    case absent
    case token(Secret)

    var secret: Secret? {
      if case .token(let secret) = self { secret } else { nil }
    }
  }

  /// Nil for a member that is there and is not a token.
  private static func token(_ name: String, _ json: StrictJSON) -> Member? {
    guard let value = json[name], value != .null, value != .string("") else { return .absent }
    guard let text = value.string, Text.isVisibleASCII(text) else { return nil }
    return .token(Secret(text))
  }

  /// A number, or a string of digits, as some issuers write it.
  static func seconds(_ value: StrictJSON) -> Int? {
    let seconds: Double
    switch value {
    case .integer(let whole): seconds = Double(whole)
    case .number(let number): seconds = number
    case .string(let text):
      guard !text.isEmpty, text.utf8.count <= 20,
        text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Double(text)
      else { return nil }
      seconds = number
    default: return nil
    }
    return seconds < 0 ? nil : Int(min(seconds, Double(Limits.tokenLife)))
  }
}
