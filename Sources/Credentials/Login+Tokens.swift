// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth

extension Login {
  // MARK: tokens

  func exchange(
    _ grant: TokenGrant,
    _ metadata: ProviderMetadata
  ) async throws(CredentialsError) -> TokenResponse {
    let call = request.tokenEndpoint(metadata).call(for: grant)
    let outcome: TokenOutcome
    do {
      outcome = TokenOutcome(
        try await effects.sender(request.trust)(call),
        now: effects.now()
      )
    } catch {
      throw CredentialsError(
        OAuthError(error, fetching: "the tokens", from: request.issuer.host)
      )
    }
    switch outcome {
    case .tokens(let tokens): return tokens
    default:
      let verdict = Classification.judge(outcome, issuer: nil)
      switch verdict {
      case .configuration(let why):
        throw CredentialsError(
          .configuration,
          why,
          remedy: "check the client id, its secret and the scopes"
        )
      case .temporary(let why, _), .unknown(let why):
        throw CredentialsError(.temporary, why, remedy: "log in again in a moment")
      case .dead(let why), .refused(let why):
        throw CredentialsError(.refused, "the login failed: \(why)", remedy: "log in again")
      case nil: throw CredentialsError(.failed, "the login failed", remedy: "log in again")
      }
    }
  }

  func accept(
    _ tokens: TokenResponse,
    _ metadata: ProviderMetadata,
    nonce: String?
  ) async throws(CredentialsError) -> Session {
    try Acceptance.checkType(of: tokens)
    guard let idToken = tokens.idToken else {
      throw CredentialsError(
        .configuration,
        "the issuer gave no ID token",
        remedy: "check that the client may use OpenID Connect (scope openid)"
      )
    }
    let received = effects.now()
    let expectation = IDTokenExpectation(
      issuer: request.issuer,
      clientID: request.client.id,
      nonce: nonce.map { .exactly($0) } ?? .none,
      accessToken: tokens.accessToken,
      previousSubject: nil,
      now: received,
      skew: Numbers.skew
    )
    let verdict = try await judge(idToken, against: expectation, metadata)
    return Session(
      summary: try summary(verdict, tokens, received: received, nonce: nonce),
      refreshToken: tokens.refreshToken,
      idToken: idToken,
      accessToken: tokens.accessToken
    )
  }

  private func judge(
    _ token: Secret,
    against expectation: IDTokenExpectation,
    _ metadata: ProviderMetadata
  ) async throws(CredentialsError) -> IDTokenVerdict {
    do {
      return try await documents.judge(
        token,
        against: expectation,
        metadata: metadata,
        fresh: true
      )
    } catch {
      throw CredentialsError(error)
    }
  }

  private func summary(
    _ verdict: IDTokenVerdict,
    _ tokens: TokenResponse,
    received: Date,
    nonce: String?
  ) throws(CredentialsError) -> Session.Summary {
    let claims = try Acceptance.claims(of: verdict)
    return Session.Summary(
      issuer: request.issuer.text,
      clientID: request.client.id,
      account: request.account,
      subject: claims.subject,
      name: claims.preferredUsername ?? claims.email ?? claims.name,
      authoritiesDigest: request.authoritiesDigest,
      loggedIn: received,
      state: .active,
      renewable: tokens.refreshToken != nil,
      nonce: nonce,
      idTimes: try Acceptance.times(of: verdict, received: received),
      accessTimes: tokens.accessToken == nil
        ? nil : Acceptance.accessTimes(tokens, received: received),
      intent: nil,
      uncertain: false,
      outage: nil,
      rejectionRenewed: nil
    )
  }
}
