// SPDX-License-Identifier: Apache-2.0

/// Tokens as an issuer answered them (RFC 6749 section 5.1, OIDC Core 3.1.3.3), not verified.
///
/// It is lenient where strictness would throw a rotated refresh token away: a lifetime that makes
/// no sense is unknown, an empty token is absent, and of an answer with a token type other than
/// Bearer the refresh token still comes out.
package struct TokenResponse: Sendable, Equatable {
  /// Nil if absent, and if ``refusedTokenType`` says that it is not a bearer token.
  package let accessToken: Secret?
  package let idToken: Secret?
  /// Nil if the issuer keeps the one that was sent.
  package var refreshToken: Secret?
  /// Seconds from the moment of receipt; nil if absent, negative or not a number; at most ten
  /// years.
  package let expiresIn: Int?
  /// The granted scopes as one text; nil means those that were asked for.
  package let scope: String?
  /// The token type if it is not Bearer: a DPoP token, say, which kubectl could not use.
  package let refusedTokenType: String?

  package init(
    accessToken: Secret? = nil,
    idToken: Secret? = nil,
    refreshToken: Secret? = nil,
    expiresIn: Int? = nil,
    scope: String? = nil,
    refusedTokenType: String? = nil
  ) {
    self.accessToken = accessToken
    self.idToken = idToken
    self.refreshToken = refreshToken
    self.expiresIn = expiresIn
    self.scope = scope
    self.refusedTokenType = refusedTokenType
  }

  /// Nil if there is no usable token in it, or a token that is not text of visible ASCII
  /// characters.
  init?(_ json: StrictJSON) {
    guard json.members != nil, let access = Self.token("access_token", json),
      let id = Self.token("id_token", json), let refresh = Self.token("refresh_token", json)
    else { return nil }
    // A missing type is Bearer, as every client takes it; the comparison ignores case (RFC 6749
    // section 5.1).
    let type = json["token_type"].map { $0.string ?? "" } ?? "Bearer"
    let isBearer = type.lowercased() == "bearer"
    guard isBearer ? access != .absent || id != .absent : refresh != .absent else { return nil }
    accessToken = isBearer ? access.secret : nil
    idToken = isBearer ? id.secret : nil
    refreshToken = refresh.secret
    expiresIn = json["expires_in"].flatMap(Self.seconds)
    scope = json["scope"]?.string
    refusedTokenType = isBearer ? nil : Text.line(type, limit: 40)
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
