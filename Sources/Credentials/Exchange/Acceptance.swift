// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth

/// From verdicts and token answers to times and errors: what renewal and login have in common.
enum Acceptance {
  /// The claims of a passed verdict; throws the failed rules.
  ///
  /// `skew`: what the answer with the token said about this clock, which explains times that do not fit.
  fileprivate static func claims(
    of verdict: IDTokenVerdict,
    skew: ClockSkew?
  ) throws(CredentialsError) -> IDTokenClaims {
    switch verdict {
    case .passed(let claims): return claims
    case .failed(let faults):
      let words = faults.map(\.description).joined(separator: "; ")
      let clock = faults.contains(where: \.isClock) ? skew?.words(host: "the issuer") : nil
      throw CredentialsError(
        .verdict,
        (["the issuer's ID token was not accepted: \(words)"] + [clock?.what].compactMap(\.self))
          .joined(separator: "; "),
        remedy: clock?.remedy ?? remedy(faults),
        cause: verdict.refusal(from: "the issuer")
      )
    }
  }

  private static func remedy(_ faults: [IDTokenFault]) -> String {
    faults.contains(where: \.isClock)
      ? "set this machine's clock, or the issuer's; the session is kept"
      : "nothing was printed; ask whoever runs the issuer, because this token is not right"
  }

  /// The times of an ID token that passed its verdict.
  static func times(of claims: IDTokenClaims, received: Date) -> TokenTimes {
    TokenTimes(
      life: .stamped(
        issued: Double(claims.iat),
        expires: Double(claims.exp)
      ),
      received: received
    )
  }

  /// Refuses tokens of a type that client-go cannot send (RFC 6749 §7.1: a client must not use what it does not know).
  static func checkType(of tokens: TokenResponse) throws(CredentialsError) {
    guard let type = tokens.refusedTokenType else { return }
    throw CredentialsError(
      .verdict,
      "the issuer gave a token of type \"\(type)\", which kubectl cannot send",
      remedy: "have the issuer give bearer tokens to this client"
    )
  }

  /// The times of an access token: what a JWT says of itself, else `expires_in`.
  static func accessTimes(_ tokens: TokenResponse, received: Date) -> TokenTimes {
    if let accessToken = tokens.accessToken,
      let stamps = UnverifiedTimes.read(accessToken),
      let issued = stamps.iat
    {
      return TokenTimes(
        life: .stamped(issued: Double(issued), expires: Double(stamps.exp)),
        received: received
      )
    }
    return TokenTimes(
      life: tokens.expiresIn.map { .lasting(Double($0)) } ?? .unknown,
      received: received
    )
  }
}

extension Documents {
  /// The claims of an answer's ID token, after its verdict.
  ///
  /// `session`: the one that is renewed, whose person and login the token has to repeat; nil for a login. `skew`: what
  /// the answer said about this clock. `fresh`: with keys that are fetched now. Throws the failed rules, and why there
  /// are no keys to judge by.
  func claims(
    of idToken: Secret,
    in tokens: TokenResponse,
    _ metadata: ProviderMetadata,
    nonce: IDTokenExpectation.NonceRule,
    renewing session: Session? = nil,
    received: Date,
    skew: ClockSkew?,
    fresh: Bool = false
  ) async throws(CredentialsError) -> IDTokenClaims {
    let issuer: Issuer
    do {
      issuer = try metadata.expectedIssuer(of: idToken)
    } catch {
      throw CredentialsError(error)
    }
    let expectation = IDTokenExpectation(
      issuer: issuer,
      clientID: request.client.id,
      nonce: nonce,
      accessToken: tokens.accessToken,
      previousSubject: session?.summary.subject,
      previous: session?.idToken.flatMap { PreviousIDToken(passed: $0) },
      now: received,
      skew: Numbers.skew,
      additionalAudiences: [request.audience].compactMap(\.self),
      algorithms: metadata.signingAlgorithms
    )
    let verdict: IDTokenVerdict
    do {
      verdict = try await judge(idToken, against: expectation, metadata: metadata, fresh: fresh)
    } catch {
      throw CredentialsError(error)
    }
    return try Acceptance.claims(of: verdict, skew: skew)
  }
}
