// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Clouds
import OAuth
import SessionStore

extension CredentialSource {
  /// The bytes to print for a grant that nobody logs in for: the ready credential, else a new token.
  ///
  /// There is nothing to keep but the ready credential: what the token was made from can be had again at any time.
  func unattendedCredential(_ slot: ReadySlot) async throws(CredentialsError) -> [UInt8] {
    let turn = Turn(store: store, effects: effects, id: try request.sessionID, why: "token")
    return try await turn.take {
      if case .hit(let body) = slot.lookup(effects.now()) { body } else { nil }
    } old: {
      slot.fallback(effects.now())
    } make: { patient throws(CredentialsError) -> [UInt8] in
      let (token, times) = try await token(patient)
      return hand(token, times, slot)
    }
  }

  /// A new token; where something good is at hand, in the time that a person does not notice.
  private func token(_ patient: Bool) async throws(CredentialsError) -> (Secret, TokenTimes) {
    if patient { return try await newToken() }
    let make: @Sendable () async throws(CredentialsError) -> (Secret, TokenTimes) = {
      () async throws(CredentialsError) -> (Secret, TokenTimes) in try await newToken()
    }
    if let made = try await within(Numbers.patience, make) { return made }
    throw CredentialsError(
      .temporary,
      "no answer came in \(Int(Numbers.patience)) s",
      remedy: "try again in a moment",
      cause: GaveUp()
    )
  }

  private func newToken() async throws(CredentialsError) -> (Secret, TokenTimes) {
    request.grant == .given ? try await given() : try await obtain()
  }

  /// The token of the surroundings, which the API server judges; its times are taken from it.
  private func given() async throws(CredentialsError) -> (Secret, TokenTimes) {
    let token = try await options.secrets.assertion()
    guard let stamps = UnverifiedTimes.read(token) else {
      throw CredentialsError(
        .configuration,
        "the token that is to be handed on is no JWT with an end (exp)",
        remedy: "check what --assertion-file, --assertion-env or --assertion-from names"
      )
    }
    let received = effects.now()
    let times = TokenTimes(
      life: .stamped(
        issued: Double(stamps.iat ?? Int64(received.timeIntervalSince1970)),
        expires: Double(stamps.exp)
      ),
      received: received
    )
    guard Double(stamps.exp) > received.timeIntervalSince1970 else {
      throw CredentialsError(
        .refused,
        "the token that is to be handed on has expired",
        remedy: "see to it that it is renewed where it comes from"
      )
    }
    return (token, times)
  }

  private func obtain() async throws(CredentialsError) -> (Secret, TokenTimes) {
    let outcome: TokenOutcome
    let metadata: ProviderMetadata
    let skew: ClockSkew?
    do {
      metadata = try await documents.metadata()
      let calls = ClientCalls(request: request, metadata: metadata, effects: effects)
      var exchange = GrantExchange(calls: calls, binding: nil)
      effects.trace("asking the issuer for a token: \(request.grant.rawValue)")
      outcome = try await exchange.send(try await grant())
      skew = exchange.skew
    } catch {
      throw CredentialsError(error, fetching: "a token", from: request.issuer.host)
    }
    guard case .tokens(let tokens) = outcome else { throw refusal(outcome) }
    return try await judge(tokens, metadata, skew)
  }

  private func grant() async throws(CredentialsError) -> TokenGrant {
    switch request.grant {
    case .tokenExchange:
      .tokenExchange(try await exchange(options.secrets.assertion()))
    case .jwtBearer:
      .jwtBearer(assertion: try await options.secrets.assertion(), scopes: request.scopes)
    case .clientCredentials: .clientCredentials(scopes: request.scopes)
    case .authorizationCode, .password, .given:
      throw CredentialsError(
        .failed,
        "\(request.grant.rawValue) is no grant that a robot sends",
        remedy: "please report this"
      )
    }
  }

  private func exchange(_ subject: Secret) throws(CredentialsError) -> TokenExchange {
    do {
      let type = try TokenExchange.TokenType(request.subjectTokenType)
      return TokenExchange(subject: .init(subject, type), scopes: request.scopes)
    } catch {
      throw CredentialsError(error)
    }
  }

  private func refusal(_ outcome: TokenOutcome) -> CredentialsError {
    switch Classification.judge(outcome, issuer: nil) {
    case .configuration(let why):
      CredentialsError(
        .configuration,
        why,
        remedy: CredentialsError.remedy(of: why)
          ?? "check the client id, what it authenticates with, and the scopes"
      )
    case .temporary(let why, let after):
      CredentialsError(.temporary, why, remedy: "try again in a moment", retryAfter: after)
    case .unknown(let why): CredentialsError(.temporary, why, remedy: "try again in a moment")
    case .dead(let why), .refused(let why):
      CredentialsError(
        .refused,
        "the issuer gives no token: \(why)",
        remedy: CredentialsError.remedy(of: why)
          ?? "ask whoever runs the issuer whether this client may use the grant"
      )
    case nil: CredentialsError(.failed, "the issuer gives no token", remedy: "try again")
    }
  }

  /// The token that is wanted, an ID token after its verdict.
  private func judge(
    _ tokens: TokenResponse,
    _ metadata: ProviderMetadata,
    _ skew: ClockSkew?
  ) async throws(CredentialsError) -> (Secret, TokenTimes) {
    try Acceptance.checkType(of: tokens)
    let received = effects.now()
    guard request.token == .id else {
      guard let token = tokens.accessToken else { throw missing }
      return (token, Acceptance.accessTimes(tokens, received: received))
    }
    guard let token = tokens.idToken else { throw missing }
    let claims = try await documents.claims(
      of: token,
      in: tokens,
      metadata,
      nonce: .none,
      received: received,
      skew: skew
    )
    return (token, Acceptance.times(of: claims, received: received))
  }

  private var missing: CredentialsError {
    CredentialsError(
      .configuration,
      "the issuer gave no \(request.token.rawValue) token for \(request.grant.rawValue)",
      remedy: "ask for the other one with --token, or check the scopes"
    )
  }
}
