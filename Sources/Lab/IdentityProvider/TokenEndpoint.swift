// SPDX-License-Identifier: Apache-2.0

import Hummingbird

extension IdentityProvider {
  /// `POST /token` (RFC 6749 §3.2).
  func token(_ exchange: Exchange) async throws -> Response {
    let client = try await authenticatedClient(exchange)
    var exchange = exchange
    exchange.method = client.effectiveMethod(exchange)
    exchange.keyThumbprint = try await proofKey(exchange)
    if options.dpop == .required { try checkBinding(to: nil, exchange) }
    switch exchange.fields["grant_type"].flatMap(GrantType.init(rawValue:)) {
    case .authorizationCode: return try await exchangeCode(exchange, client)
    case .refreshToken: return try await refresh(exchange, client)
    case .deviceCode: return try await pollDevice(exchange, client)
    case .clientCredentials: return try await clientCredentials(exchange, client)
    case .password: return try await passwordGrant(exchange, client)
    case .tokenExchange: return try await tokenExchange(exchange, client)
    case .jwtBearer: return try await jwtBearer(exchange, client)
    case nil where exchange.fields["grant_type"] == nil:
      throw OAuthRefusal(code: "invalid_request", description: "the grant_type is missing")
    case nil:
      throw OAuthRefusal(code: "unsupported_grant_type", description: "no such grant here")
    }
  }

  private func exchangeCode(_ exchange: Exchange, _ client: LabClient) async throws -> Response {
    guard let code = exchange.fields["code"] else {
      throw OAuthRefusal(code: "invalid_request", description: "the code is missing")
    }
    let outcome = await state.spendCode(
      code,
      client: client.id,
      redirectURI: exchange.fields["redirect_uri"],
      verifier: exchange.fields["code_verifier"],
      now: clock.now
    )
    switch outcome {
    case .granted(let family, let request):
      try checkBinding(to: request.keyThumbprint, exchange)
      record(.codeGrant, exchange, family: family)
      let bound = await bind(family, client, exchange)
      return try await tokens(for: bound, nonce: request.nonce, exchange)
    case .replay(let family):
      record(.replay, exchange, family: family) { $0.reason = "authorization code used again" }
      if let family { recordEnd(exchange, family) }
      throw OAuthRefusal(
        code: "invalid_grant",
        description: "the code was used before",
        family: family
      )
    case .refused(let reason):
      throw OAuthRefusal(
        code: "invalid_grant",
        description: "the code is not valid",
        reason: reason
      )
    }
  }

  private func refresh(_ exchange: Exchange, _ client: LabClient) async throws -> Response {
    guard let token = exchange.fields["refresh_token"] else {
      throw OAuthRefusal(code: "invalid_request", description: "the refresh token is missing")
    }
    // Before the token is spent: whoever cannot prove the key must not be able to spend it.
    let login = await state.family(of: token)
    try checkBinding(to: login?.keyThumbprint, exchange)
    let scopes = try renewedScopes(login, client, exchange)
    switch await state.spendRefreshToken(token, client: client.id, now: clock.now) {
    case .renewed(let family):
      record(.refresh, exchange, family: family)
      let narrowed = family.narrowed(to: scopes)
      return try await tokens(for: narrowed, nonce: nil, isRefresh: true, exchange)
    case .renewedInGrace(let family):
      record(.replayInGrace, exchange, family: family)
      let narrowed = family.narrowed(to: scopes)
      return try await tokens(for: narrowed, nonce: nil, isRefresh: true, exchange)
    case .replay(let family):
      record(.replay, exchange, family: family) { $0.reason = family.ended }
      recordEnd(exchange, family)
      throw deadRefreshToken("the refresh token was used before", reason: nil, family)
    case .refused(let reason, let family):
      throw deadRefreshToken("the refresh token is not valid", reason: reason, family)
    }
  }

  /// The scopes that a refresh asks for, if it does not want all of the login's; throws
  /// `OAuthRefusal` for more than those (RFC 6749 §6).
  ///
  /// A refresh token of Entra ID serves for every application.
  private func renewedScopes(_ login: RefreshFamily?, _ client: LabClient, _ exchange: Exchange)
    throws -> [String]?
  {
    guard let login, login.client == client.id, exchange.entra == nil,
      exchange.fields["scope"] != nil
    else { return nil }
    let asked = scopes(in: exchange.fields)
    guard asked.allSatisfy(login.scopes.contains) else {
      throw OAuthRefusal(
        code: "invalid_scope",
        description: "the login has no such scope",
        family: login
      )
    }
    return asked
  }

  /// The refusal of a refresh token, in the words of the issuer that the lab plays.
  private func deadRefreshToken(_ description: String, reason: String?, _ family: RefreshFamily?)
    -> OAuthRefusal
  {
    var refusal = OAuthRefusal(
      code: options.deadRefreshAnswer == .invalidRequest ? "invalid_request" : "invalid_grant",
      description: description,
      reason: reason,
      family: family
    )
    refusal.hasNoBody = options.deadRefreshAnswer == .empty
    return refusal
  }

  /// Binds a public client's refresh tokens to the key of its proof.
  func bind(_ family: RefreshFamily, _ client: LabClient, _ exchange: Exchange) async
    -> RefreshFamily
  {
    guard client.isPublic, let key = exchange.keyThumbprint else { return family }
    return await state.bind(family, to: key)
  }

  /// Logs that a family ended.
  func recordEnd(_ exchange: Exchange, _ family: RefreshFamily) {
    record(.familyRevoked, exchange, family: family) { $0.reason = family.ended }
  }

  private func pollDevice(_ exchange: Exchange, _ client: LabClient) async throws -> Response {
    guard let code = exchange.fields["device_code"] else {
      throw OAuthRefusal(code: "invalid_request", description: "the device code is missing")
    }
    let (poll, family) = await state.pollDevice(code, client: client.id, now: clock.now)
    switch poll {
    case .approved:
      guard let family else { break }
      record(.deviceGrant, exchange, family: family)
      return try await tokens(for: await bind(family, client, exchange), nonce: nil, exchange)
    case .pending:
      record(.devicePending, exchange)
      throw OAuthRefusal(code: "authorization_pending", description: "nobody has approved yet")
    case .slowDown(let grant):
      record(.deviceSlowDown, exchange) { $0.reason = "interval is now \(grant.interval) s" }
      throw OAuthRefusal(code: "slow_down", description: "polled too early")
    case .denied:
      throw OAuthRefusal(code: "access_denied", description: "the person said no")
    case .expired:
      throw OAuthRefusal(code: "expired_token", description: "the device code expired")
    case .unknown:
      break
    }
    throw OAuthRefusal(
      code: "invalid_grant",
      description: "the device code is not valid",
      reason: "unknown device code"
    )
  }

  /// `POST /revoke` (RFC 7009): a refresh token ends its family; access tokens live on, being
  /// self-contained.
  func revocation(_ exchange: Exchange) async throws -> Response {
    let client = try await authenticatedClient(exchange)
    guard let token = exchange.fields["token"] else {
      throw OAuthRefusal(code: "invalid_request", description: "the token is missing")
    }
    guard let family = await state.family(of: token), family.client == client.id else {
      record(.revocation, exchange) { $0.reason = "not a refresh token of this client" }
      return .json(.object(exchange.plan.edited([:])))
    }
    record(.revocation, exchange, family: family)
    let ended = await state.endFamilies(because: "revoked by the client") { $0.id == family.id }
    for family in ended { recordEnd(exchange, family) }
    return .json(.object(exchange.plan.edited([:])))
  }
}
