// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension GoogleCloud {
  /// `POST /token`: refresh tokens of people and assertions of service accounts.
  func token(_ fields: FormFields) async -> Response {
    switch fields["grant_type"] {
    case "refresh_token": return refresh(fields)
    case "urn:ietf:params:oauth:grant-type:jwt-bearer": return await assertion(fields)
    default:
      return GoogleRefusal("unsupported_grant_type", "Invalid grant_type").response
    }
  }

  private func refresh(_ fields: FormFields) -> Response {
    let signIn = state.withLock { $0.signIns[fields["refresh_token"] ?? ""] }
    guard let signIn else {
      return GoogleRefusal("invalid_grant", "Token has been expired or revoked.").response
    }
    guard fields["client_id"] == signIn.client, fields["client_secret"] == signIn.secret else {
      return GoogleRefusal(status: 401, "invalid_client", "The OAuth client was not found.")
        .response
    }
    let scopes = fields["scope"]?.split(separator: " ").map(String.init) ?? ["openid"]
    return Self.answer(issue(signIn.email, scopes: scopes), scopes: scopes)
  }

  private func assertion(_ fields: FormFields) async -> Response {
    guard let token = CompactToken(fields["assertion"] ?? ""),
      let name = token.unverifiedClaims["iss"]?.string,
      let key = state.withLock({ $0.keys[name] })
    else {
      return GoogleRefusal("invalid_grant", "Invalid grant: account not found").response
    }
    guard token.algorithm == "RS256",
      let claims = try? await token.claims(verifiedBy: key.object ?? [:])
    else { return GoogleRefusal("invalid_grant", "Invalid JWT Signature.").response }
    guard let issued = claims["iat"]?.int, let expiry = claims["exp"]?.int,
      expiry - issued <= 3600, abs(clock.now.timeIntervalSince1970 - Double(issued)) < 300
    else {
      return GoogleRefusal(
        "invalid_grant",
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
          + "Check your iat and exp values in the JWT claim."
      ).response
    }
    guard claims["aud"]?.string?.hasSuffix("/google/token") == true else {
      return GoogleRefusal("invalid_grant", "Invalid JWT: Failed audience check").response
    }
    guard let scope = claims["scope"]?.string, !scope.isEmpty else {
      return GoogleRefusal("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        .response
    }
    let scopes = scope.split(separator: " ").map(String.init)
    return Self.answer(issue(name, scopes: scopes), scopes: [])
  }

  /// `POST /sts/v1/oauthtoken`: a workforce login.
  func workforce(_ fields: FormFields, _ request: Request) -> Response {
    let old = fields["refresh_token"] ?? ""
    guard let signIn = state.withLock({ $0.signIns[old] }) else {
      return GoogleRefusal("invalid_grant", "Token has been expired or revoked.").response
    }
    let basic = Base64Text.encode("\(signIn.client):\(signIn.secret)")
    guard request.headers[.authorization] == "Basic \(basic)" else {
      return GoogleRefusal(status: 401, "invalid_client", "The OAuth client was not found.")
        .response
    }
    let issued = issue(signIn.email, scopes: [Self.cloudPlatform])
    let successor = state.withLock { state -> String? in
      guard state.rotates else { return nil }
      let new = Randomness.token("rt-")
      state.signIns[old] = nil
      state.signIns[new] = signIn
      return new
    }
    return Self.answer(issued, scopes: [], refreshToken: successor)
  }

  static let cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"

  static func answer(
    _ issued: (token: String, life: Int),
    scopes: [String],
    refreshToken: String? = nil
  ) -> Response {
    var members: [String: JSONValue] = [
      "access_token": .string(issued.token), "expires_in": .int(issued.life),
      "token_type": "Bearer",
    ]
    if !scopes.isEmpty { members["scope"] = .string(scopes.joined(separator: " ")) }
    members["refresh_token"] = refreshToken.map(JSONValue.string)
    return .json(.object(members))
  }
}
