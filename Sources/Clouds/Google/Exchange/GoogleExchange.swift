// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Turns a credential into an access token, asking Google.
struct GoogleExchange: Sendable {
  let effects: CloudEffects
  let scopes: [String]
  let origin: Origin
  /// The credential's file, if a renewal may write into it.
  var writableFile: String?

  /// The token; throws what asking gave.
  func token(_ credential: GoogleCredential) async throws(CloudError) -> AccessToken {
    switch credential {
    case .authorizedUser(let user): try await token(user)
    case .serviceAccount(let key): try await token(key)
    case .externalAccount(let account): try await token(account)
    case .workforceUser(let user): try await token(user)
    case .impersonated(let impersonation, let source):
      try await impersonated(impersonation, source)
    }
  }

  private func token(_ user: AuthorizedUser) async throws(CloudError) -> AccessToken {
    let rule = HostRule(universe: user.universe, effects)
    let address = try rule.address(
      user.tokenURI ?? TokenCall.usualTokenURI,
      for: .tokens,
      named: "token_uri",
      of: origin
    )
    let asked = user.scopes.isEmpty ? [] : user.scopes
    let call = TokenCall.refresh(user, url: address.text, scopes: asked)
    return try await send(call, .person, to: address)
  }

  private func token(_ key: ServiceAccountKey) async throws(CloudError) -> AccessToken {
    if key.isSelfSigned {
      return try ServiceAccountJWT.token(key, scopes: scopes, now: effects.now(), origin)
    }
    let rule = HostRule(universe: key.universe, effects)
    let address = try rule.address(
      key.tokenURI ?? TokenCall.usualTokenURI,
      for: .tokens,
      named: "token_uri",
      of: origin
    )
    let assertion = try ServiceAccountJWT.assertion(
      key,
      audience: address.text,
      scopes: scopes,
      now: effects.now(),
      origin
    )
    return try await send(
      TokenCall.assertion(assertion, url: address.text),
      .serviceAccount,
      to: address
    )
  }

  private func token(_ account: ExternalAccount) async throws(CloudError) -> AccessToken {
    let rule = HostRule(universe: nil, effects)
    // Both addresses are looked at before anything is read or run for them.
    let address = try rule.address(
      account.tokenURL,
      for: .exchange,
      named: "token_url",
      of: origin
    )
    if let impersonation = account.impersonation {
      _ = try self.address(of: impersonation, rule)
    }
    let subject = try await SubjectToken(effects: effects, origin: origin).find(account)
    let call = TokenCall.exchange(
      account,
      subject: subject.token,
      url: address.text,
      scopes: scopes
    )
    let token = try await send(call, .federation, to: address, trust: subject.trust)
    guard let impersonation = account.impersonation else { return token }
    return try await acting(impersonation, bearer: token.token, rule)
  }

  private func impersonated(_ impersonation: Impersonation, _ source: GoogleCredential)
    async throws(CloudError) -> AccessToken
  {
    let rule = HostRule(universe: source.universe, effects)
    _ = try address(of: impersonation, rule)
    let exchange = GoogleExchange(
      effects: effects,
      scopes: Self.enough(toActAs: scopes),
      origin: origin,
      writableFile: writableFile
    )
    let token = try await exchange.token(source)
    var acting = try await acting(impersonation, bearer: token.token, rule)
    acting.mark = token.mark
    return acting
  }

  private func address(of impersonation: Impersonation, _ rule: HostRule) throws(CloudError)
    -> WebAddress
  {
    try rule.address(
      impersonation.url,
      for: .impersonation,
      named: "service_account_impersonation_url",
      of: origin
    )
  }

  /// The scopes of a token that is used to get another: with fewer than this the service refuses it.
  static func enough(toActAs scopes: [String]) -> [String] {
    scopes.contains(GoogleRequest.cloudPlatform) ? scopes : scopes + [GoogleRequest.cloudPlatform]
  }

  /// A token of a service account, got with another's.
  func acting(_ impersonation: Impersonation, bearer: Secret, _ rule: HostRule)
    async throws(CloudError) -> AccessToken
  {
    let address = try address(of: impersonation, rule)
    let call = TokenCall.impersonation(
      impersonation,
      url: address.text,
      scopes: scopes,
      bearer: bearer
    )
    let account = impersonation.email ?? "the service account"
    effects.trace("asking \(address.host) for a token of \(Text.line(account))")
    let answer = try await answer(call, to: address)
    return try ImpersonationAnswer.token(
      answer,
      account: account,
      host: address.host,
      now: effects.now(),
      origin
    )
  }

  /// Sends a request for a token and reads the answer.
  func send(
    _ call: HTTPCall,
    _ kind: TokenAnswer.Kind,
    to address: WebAddress,
    trust: TransportTrust = TransportTrust(authorities: [])
  ) async throws(CloudError) -> AccessToken {
    effects.trace("asking \(address.host) for an access token for \(origin.who)")
    let answer = try await answer(call, to: address, trust: trust)
    return try TokenAnswer.token(
      answer,
      kind,
      host: address.host,
      now: effects.now(),
      origin
    )
  }

  private func answer(
    _ call: HTTPCall,
    to address: WebAddress,
    trust: TransportTrust = TransportTrust(authorities: [])
  ) async throws(CloudError) -> HTTPAnswer {
    do throws(TransportFailure) {
      return try await effects.send(trust, call)
    } catch {
      throw CloudError(error, fetching: "an access token", from: address.host)
    }
  }
}
