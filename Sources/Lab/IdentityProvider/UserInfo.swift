// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension IdentityProvider {
  /// `/userinfo` (OpenID Connect Core §5.3): the claims of the person whose access token it is, as
  /// JSON or, if a fault says so, signed.
  func userInfo(_ exchange: Exchange) async throws -> Response {
    let claims = try await presentedAccessToken(exchange)
    guard let subject = claims["sub"]?.string,
      let user = options.users.first(where: { $0.subject == subject })
    else { throw Self.invalidToken("the token is nobody's") }
    record(.userInfo, exchange) { event in
      event.client = claims["client_id"]?.string
      event.user = user.name
      event.sub = user.subject
    }
    var members: [String: JSONValue] = [
      "sub": .string(subject), "name": .string(user.name),
      "preferred_username": .string(user.name), "groups": .strings(user.groups),
      "email": .string("\(user.name)@example.com"), "email_verified": true,
    ]
    members = exchange.plan.edited(members)
    guard exchange.plan.signsUserInfo else { return .json(.object(members)) }
    members["iss"] = .string(issuer)
    members["aud"] = claims["client_id"]
    let draft = exchange.plan.edited(TokenDraft(use: .userinfo, claims: members))
    return .text(try await keys.sign(draft), type: "application/jwt")
  }

  /// The claims of the access token in the Authorization header, after everything about it was
  /// checked; throws `OAuthRefusal` with a challenge (RFC 6750 §3).
  private func presentedAccessToken(_ exchange: Exchange) async throws -> [String: JSONValue] {
    let header = exchange.request.headers[.authorization] ?? ""
    let halves = header.split(separator: " ", maxSplits: 1).map(String.init)
    let scheme = halves.first?.lowercased()
    guard halves.count == 2, let token = CompactToken(halves[1]),
      scheme == "bearer" || (scheme == "dpop" && options.dpop != .off)
    else { throw Self.invalidToken("no bearer token") }
    guard token.header["typ"]?.string == "at+jwt",
      let claims = try? await token.claims(verifiedByOneOf: keys.published)
    else { throw Self.invalidToken("not an access token of this issuer") }
    guard claims["iss"]?.string == issuer, let expiry = claims["exp"]?.int,
      clock.now.timeIntervalSince1970 < Double(expiry)
    else { throw Self.invalidToken("the token has expired") }
    if let key = claims["cnf"]?["jkt"]?.string {
      guard scheme == "dpop", try await proofKey(exchange, accessToken: halves[1]) == key else {
        throw Self.invalidProof("the token is bound to a key", true)
      }
    } else if scheme == "dpop" {
      throw Self.invalidToken("the token is not bound to a key")
    }
    if let thumbprint = claims["cnf"]?["x5t#S256"]?.string,
      thumbprint != exchange.certificate?.thumbprint
    {
      throw Self.invalidToken("the token is bound to another certificate")
    }
    return claims
  }

  static func invalidToken(_ description: String) -> OAuthRefusal {
    var refusal = OAuthRefusal(code: "invalid_token", status: 401, description: description)
    refusal.challenge = "Bearer error=\"invalid_token\", error_description=\"\(description)\""
    return refusal
  }
}
