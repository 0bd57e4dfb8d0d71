// SPDX-License-Identifier: Apache-2.0

import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension IdentityProvider {
  /// The token answer (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3): access token, ID token and
  /// refresh token.
  func tokens(
    for family: RefreshFamily,
    nonce: String?,
    isRefresh: Bool = false,
    exchangedAs type: String? = nil,
    _ exchange: Exchange
  ) async throws -> Response {
    var accessDraft = accessToken(family)
    accessDraft.claims["cnf"] = Self.confirmation(exchange)
    if let audience = try audienceClaim(family, exchange) { accessDraft.claims["aud"] = audience }
    shape(&accessDraft.claims, .access, exchange)
    let access = try await keys.sign(exchange.plan.edited(accessDraft))
    var answer: [String: JSONValue] = [
      "access_token": .string(access),
      "token_type": exchange.keyThumbprint == nil ? "Bearer" : "DPoP",
      "expires_in": .int(options.accessLifetime),
      "scope": .string(family.scopes.joined(separator: " ")),
    ]
    if family.isRenewable { answer["refresh_token"] = .string(family.token) }
    if family.scopes.contains("openid") || type?.hasSuffix(":id_token") == true,
      !isRefresh || refreshGivesIDToken(exchange)
    {
      let hash = await keys.algorithm.digest(of: access)
      var draft = idToken(family, nonce: nonce, accessTokenHash: hash)
      shape(&draft.claims, .id, exchange)
      draft.clientSecret = options.clients.first { $0.id == family.client }?.secret
      answer["id_token"] = .string(try await keys.sign(exchange.plan.edited(draft)))
    }
    if let type { Self.present(&answer, as: type) }
    shape(&answer, exchange)
    return .json(.object(exchange.plan.edited(answer)), headers: await nonceField(exchange))
  }

  /// Whom the access token is for: what this request names, else what the login named; nil for the
  /// client itself.
  private func audienceClaim(_ family: RefreshFamily, _ exchange: Exchange) throws -> JSONValue? {
    let asked = try audience(in: exchange.fields)
    let all = asked.isEmpty ? family.audience : asked
    return all.count > 1 ? .strings(all) : all.first.map(JSONValue.string)
  }

  /// The answer to a token exchange (RFC 8693 §2.2.1): whatever was wanted comes as `access_token`.
  private static func present(_ answer: inout [String: JSONValue], as type: String) {
    answer["issued_token_type"] = .string(type)
    if type.hasSuffix(":id_token") {
      answer["access_token"] = answer["id_token"] ?? answer["access_token"]
      answer["token_type"] = "N_A"
    }
    answer["id_token"] = nil
  }

  /// What an access token is bound to: the key of a proof (RFC 9449 §6), or the certificate that the
  /// client authenticated with (RFC 8705 §3).
  private static func confirmation(_ exchange: Exchange) -> JSONValue? {
    if let key = exchange.keyThumbprint { return ["jkt": .string(key)] }
    guard exchange.method?.usesCertificate == true else { return nil }
    return exchange.certificate.map { ["x5t#S256": .string($0.thumbprint)] }
  }

  /// Whether a refresh answers with an ID token, which OpenID Connect Core §12.2 leaves open.
  private func refreshGivesIDToken(_ exchange: Exchange) -> Bool {
    switch options.refreshIDToken {
    case .always: true
    case .whenAsked: (exchange.fields["scope"] ?? "").split(separator: " ").contains("openid")
    case .never: false
    }
  }

  /// An access token in JWT form (RFC 9068), which the API server takes as well as an ID token.
  private func accessToken(_ family: RefreshFamily) -> TokenDraft {
    var claims = commonClaims(family)
    claims["client_id"] = .string(family.client)
    claims["scope"] = .string(family.scopes.joined(separator: " "))
    return TokenDraft(use: .access, claims: claims)
  }

  /// An ID token (OpenID Connect Core §2).
  ///
  /// `at_hash` is the left half of the access token's hash (§3.1.3.6).
  private func idToken(_ family: RefreshFamily, nonce: String?, accessTokenHash: [UInt8])
    -> TokenDraft
  {
    var claims = commonClaims(family)
    claims["azp"] = .string(family.client)
    claims["auth_time"] = .int(Int(family.authTime.timeIntervalSince1970))
    claims["at_hash"] = .string(
      Randomness.base64URL(accessTokenHash.prefix(accessTokenHash.count / 2))
    )
    claims["name"] = .string(family.user.name)
    claims["email"] = .string("\(family.user.name)@example.com")
    claims["email_verified"] = true
    claims["nonce"] = nonce.map(JSONValue.string)
    return TokenDraft(use: .id, claims: claims)
  }

  /// The nonce for the next proof (RFC 9449 §8.2).
  func nonceField(_ exchange: Exchange) async -> [(name: String, value: String)] {
    guard options.dpopNonce, exchange.keyThumbprint != nil else { return [] }
    return [(name: "dpop-nonce", value: await state.proofNonce)]
  }

  private func commonClaims(_ family: RefreshFamily) -> [String: JSONValue] {
    let now = Int(clock.now.timeIntervalSince1970)
    return [
      "iss": .string(issuer),
      "sub": .string(family.user.subject),
      "aud": .string(family.client),
      "iat": .int(now),
      "exp": .int(now + options.accessLifetime),
      "jti": .string(Randomness.token()),
      "preferred_username": .string(family.user.name),
      "groups": .strings(family.user.groups),
    ]
  }
}
