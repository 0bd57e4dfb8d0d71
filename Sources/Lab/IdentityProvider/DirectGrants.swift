// SPDX-License-Identifier: Apache-2.0

import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The grants that need no browser.
extension IdentityProvider {
  /// A token for the client itself (RFC 6749 §4.4); there is nothing to renew it with.
  func clientCredentials(_ exchange: Exchange, _ client: LabClient) async throws -> Response {
    guard !client.isPublic else {
      throw OAuthRefusal(
        code: "unauthorized_client",
        description: "a public client has no credentials"
      )
    }
    let itself = LabUser(client.id, subject: client.id)
    let grant = single(itself, exchange, client, without: ["openid", "offline_access"])
    record(.clientGrant, exchange, family: grant)
    return try await tokens(for: grant, nonce: nil, exchange)
  }

  /// A login with name and password (RFC 6749 §4.3).
  func passwordGrant(_ exchange: Exchange, _ client: LabClient) async throws -> Response {
    guard let user = person(exchange.fields) else {
      throw OAuthRefusal(code: "invalid_grant", description: "wrong user name or password")
    }
    let family = await state.startLogin(
      client: client.id,
      user: user,
      scopes: scopes(in: exchange.fields),
      audience: try audience(in: exchange.fields),
      now: clock.now
    )
    record(.passwordGrant, exchange, family: family)
    return try await tokens(for: await bind(family, client, exchange), nonce: nil, exchange)
  }

  /// A token for whom a trusted issuer vouches (RFC 7523 §2.1).
  ///
  /// The same assertion may come again, as it does from a file that lives for an hour.
  func jwtBearer(_ exchange: Exchange, _ client: LabClient) async throws -> Response {
    let user = try await vouched(exchange.fields["assertion"])
    let grant = single(user, exchange, client, without: ["offline_access"])
    record(.assertionGrant, exchange, family: grant)
    return try await tokens(for: grant, nonce: nil, exchange)
  }

  /// One token for another (RFC 8693 §2): a token of this issuer, or a trusted issuer's assertion.
  func tokenExchange(_ exchange: Exchange, _ client: LabClient) async throws -> Response {
    let prefix = "urn:ietf:params:oauth:token-type:"
    let types = ["access_token", "id_token", "jwt"].map { prefix + $0 }
    let fields = exchange.fields
    guard let token = fields["subject_token"], let type = fields["subject_token_type"],
      types.contains(type), fields["actor_token"] == nil
    else {
      throw OAuthRefusal(code: "invalid_request", description: "no subject token of a known type")
    }
    let wanted = fields["requested_token_type"] ?? prefix + "access_token"
    guard types.contains(wanted) else {
      throw OAuthRefusal(code: "invalid_request", description: "unknown requested_token_type")
    }
    let user =
      if let own = await subject(ofOwn: token) { own } else { try await vouched(token) }
    let grant = single(user, exchange, client, without: ["offline_access"])
    record(.exchangeGrant, exchange, family: grant)
    return try await tokens(for: grant, nonce: nil, exchangedAs: wanted, exchange)
  }

  /// The person whom a living token of this issuer is about.
  private func subject(ofOwn text: String) async -> LabUser? {
    guard let token = CompactToken(text),
      let claims = try? await token.claims(verifiedByOneOf: keys.published),
      claims["iss"]?.string == issuer, let expiry = claims["exp"]?.int,
      clock.now.timeIntervalSince1970 < Double(expiry)
    else { return nil }
    return options.users.first { $0.subject == claims["sub"]?.string }
  }

  /// Whom an assertion of the trusted issuer is about (RFC 7523 §3); throws `OAuthRefusal`.
  private func vouched(_ text: String?) async throws -> LabUser {
    guard let text, let token = CompactToken(text),
      let claims = try? await token.claims(verifiedBy: assertionIssuer.key.jwk.object ?? [:]),
      claims["iss"]?.string == AssertionIssuer.name, let subject = claims["sub"]?.string
    else {
      throw OAuthRefusal(code: "invalid_grant", description: "nobody trusted signed this")
    }
    guard let expiry = claims["exp"]?.int, clock.now.timeIntervalSince1970 < Double(expiry) else {
      throw OAuthRefusal(code: "invalid_grant", description: "the assertion has expired")
    }
    let audience = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string ?? ""]
    guard audience.contains(issuer) || audience.contains(url(.token)) else {
      throw OAuthRefusal(code: "invalid_grant", description: "the assertion is for somebody else")
    }
    return LabUser(subject, subject: subject)
  }

  /// A grant without a refresh token.
  private func single(
    _ user: LabUser,
    _ exchange: Exchange,
    _ client: LabClient,
    without dropped: Set<String>
  ) -> RefreshFamily {
    RefreshFamily.single(
      client: client.id,
      user: user,
      scopes: scopes(in: exchange.fields).filter { !dropped.contains($0) },
      now: clock.now
    )
  }

  /// The scopes of a request that mean something here.
  func scopes(in fields: FormFields) -> [String] {
    (fields["scope"] ?? "").split(separator: " ").map(String.init).filter { scope in
      Self.scopes.contains(scope) || options.entra != nil && scope.hasSuffix("/.default")
    }
  }

  /// Whom a token shall be for: `resource` (RFC 8707 §2, absolute and without fragment) and
  /// `audience`, each perhaps several times; throws `OAuthRefusal`.
  func audience(in fields: FormFields) throws -> [String] {
    let resources = fields.values("resource")
    guard resources.allSatisfy({ $0.contains(":") && !$0.contains("#") }) else {
      throw OAuthRefusal(code: "invalid_target", description: "a resource is an absolute URI")
    }
    return resources + fields.values("audience").filter { !$0.isEmpty }
  }
}
