// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth

extension Login {
  // MARK: tokens

  /// The key to bind tokens to; nil where they are not to be bound.
  ///
  /// An access token that goes to the API server cannot be: that takes plain bearers (RFC 9449 §7).
  func newBinding(_ metadata: ProviderMetadata) throws(CredentialsError) -> DPoPBinding? {
    switch request.manner.dpop {
    case .never: return nil
    case .auto:
      guard request.token == .id, metadata.dpopAlgorithms?.contains("ES256") == true,
        !documents.dpopWasRefused
      else { return nil }
    case .always:
      guard request.token == .id else {
        throw CredentialsError(
          .configuration,
          "an access token that is bound to a key is of no use to an API server",
          remedy: "leave out --dpop always, or --token access"
        )
      }
    }
    do {
      return try DPoPBinding(effects)
    } catch {
      throw CredentialsError(error)
    }
  }

  /// Exchanges what the person's login gave for tokens.
  func redeem(
    _ grant: TokenGrant,
    _ exchange: inout GrantExchange
  ) async throws(CredentialsError) -> TokenResponse {
    do {
      return try tokens(in: try await send(grant, &exchange))
    } catch {
      throw CredentialsError(error, fetching: "the tokens", from: request.issuer.host)
    }
  }

  /// Sends a grant; once more without a proof if the issuer does not bind tokens after all and nobody insists on it.
  func send(
    _ grant: TokenGrant,
    _ exchange: inout GrantExchange
  ) async throws(GrantExchange.Fault) -> TokenOutcome {
    let outcome = try await exchange.send(grant)
    guard exchange.binding != nil, case .refused(let refusal) = DPoPSupport(outcome) else {
      return outcome
    }
    guard request.manner.dpop != .always else {
      throw .unusable(
        OAuthError(
          .refused,
          what: "the issuer does not bind its refresh tokens to a key (DPoP)",
          remedy: "leave out --dpop always, or have the issuer enable DPoP for this client"
        )
      )
    }
    effects.trace("the issuer does not bind tokens to a key after all; going on without")
    documents.noteDPoPRefused()
    exchange.binding = nil
    return refusal == .bearer ? outcome : try await exchange.send(grant)
  }

  private func tokens(in outcome: TokenOutcome) throws(CredentialsError) -> TokenResponse {
    switch outcome {
    case .tokens(let tokens): return tokens
    default:
      let verdict = Classification.judge(outcome, issuer: nil)
      switch verdict {
      case .configuration(let why):
        throw CredentialsError(
          .configuration,
          why,
          remedy: CredentialsError.remedy(of: why)
            ?? "check the client id, its secret and the scopes"
        )
      case .temporary(let why, _), .unknown(let why):
        throw CredentialsError(.temporary, why, remedy: "log in again in a moment")
      case .dead(let why), .refused(let why):
        throw CredentialsError(
          .refused,
          "the login failed: \(why)",
          remedy: CredentialsError.remedy(of: why) ?? "log in again"
        )
      case nil: throw CredentialsError(.failed, "the login failed", remedy: "log in again")
      }
    }
  }

  func accept(
    _ tokens: TokenResponse,
    _ metadata: ProviderMetadata,
    nonce: String?,
    _ exchange: GrantExchange
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
    let claims = try await documents.claims(
      of: idToken,
      in: tokens,
      metadata,
      nonce: nonce.map { .exactly($0) } ?? .none,
      received: received,
      skew: exchange.skew,
      fresh: true
    )
    let name = try await name(of: claims, tokens, metadata, exchange.binding)
    return Session(
      summary: summary(claims, name: name, tokens, received: received, nonce: nonce),
      refreshToken: tokens.refreshToken,
      idToken: idToken,
      accessToken: tokens.accessToken,
      binding: exchange.binding
    )
  }

  private func summary(
    _ claims: IDTokenClaims,
    name: String?,
    _ tokens: TokenResponse,
    received: Date,
    nonce: String?
  ) -> Session.Summary {
    Session.Summary(
      issuer: request.issuer.text,
      clientID: request.client.id,
      account: request.account,
      subject: claims.subject,
      name: name,
      authoritiesDigest: request.authoritiesDigest,
      loggedIn: received,
      state: .active,
      renewable: tokens.refreshToken != nil,
      nonce: nonce,
      idTimes: Acceptance.times(of: claims, received: received),
      accessTimes: tokens.accessToken == nil
        ? nil : Acceptance.accessTimes(tokens, received: received),
      intent: nil,
      uncertain: false,
      outage: nil,
      rejectionRenewed: nil
    )
  }
}
