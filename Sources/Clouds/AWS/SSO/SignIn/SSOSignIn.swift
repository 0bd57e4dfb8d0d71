// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs a person in at IAM Identity Center, and writes the token where the AWS tools look for it.
package struct SSOSignIn: Sendable {
  let session: SSOSession
  let base: Issuer
  private let path: String
  private let folder: String
  let effects: CloudEffects
  let signIn: SignInEffects

  /// A sign-in for a profile's session.
  ///
  /// Throws ``CloudError/Code/configuration`` for a profile whose session is not complete.
  package init(
    of profile: AWSProfile,
    in context: AWSContext,
    _ signIn: SignInEffects
  ) throws(CloudError) {
    session = try SSOSession(of: profile, in: context.configuration)
    base = try SignInService.ssoOIDC.base(region: session.region, profile: profile, in: context)
    path = try session.tokenPath(context.environment)
    folder = try SSOSession.cacheFolder(context.environment)
    effects = context.effects
    self.signIn = signIn
  }

  /// Asks the person, and gives what was obtained when it is written.
  ///
  /// A profile with the start URL in it is signed in by device code, as the AWS CLI does. Throws
  /// ``CloudError/Code/refused``, ``CloudError/Code/loginNeeded``, ``CloudError/Code/temporary``, and
  /// ``CloudError/Code/failed`` if nothing can be written or no port is free.
  package func signedIn() async throws(CloudError) -> SignedIn {
    try signIn.makeFolder(folder)
    switch signIn.way {
    case .browser where session.isRenewable: return try await withCode(opens: true)
    case .paste where session.isRenewable: return try await withCode(opens: false)
    case .browser, .paste, .device, .deviceOrURL: return try await withDevice()
    }
  }

  // MARK: authorization code (RFC 6749 §4.1, RFC 8252, PKCE)

  private func withCode(opens: Bool) async throws(CloudError) -> SignedIn {
    let client = try await SSORegistration(session: session, base: base, effects: effects)
      .client(for: .code)
    let listener = try await signIn.listen(["127.0.0.1:0"])
    let request = AuthorizationCode(
      endpoint: "\(base.text)/authorize",
      clientID: client.id,
      redirectURI: "http://127.0.0.1:\(listener.port)\(AuthorizationCode.path)",
      challengeMethod: "S256",
      scopes: ("scopes", session.scopes.joined(separator: " ")),
      random: effects.random
    )
    let redeem: BrowserSignIn.Redeem = { (code: Secret) async throws(CloudError) -> SignedIn in
      try await self.redeem(code, request, client)
    }
    return try await BrowserSignIn(
      request: request,
      pages: RedirectPages(issuerHost: session.startURL, clientID: "lanyard"),
      effects: effects,
      signIn: signIn,
      redeem: redeem
    ).signedIn(at: listener, opens: opens)
  }

  private func redeem(
    _ code: Secret,
    _ request: AuthorizationCode,
    _ client: SSOClient
  ) async throws(CloudError) -> SignedIn {
    let answer = try await Asking(effects: effects).send(
      SSOCall.token(
        base,
        client,
        SSORegistration.Flow.code.rawValue,
        [
          "code": .string(code.expose()), "codeVerifier": .string(request.verifier.expose()),
          "redirectUri": .string(request.redirectURI),
        ]
      ),
      for: "the token of the sign-in",
      from: base
    )
    return try await keep(try grant(answer), client)
  }

  private func grant(_ answer: HTTPAnswer) throws(CloudError) -> SSOGrant {
    do throws(AWSRefusal) {
      return try SSOAnswer.grant(answer, now: effects.now())
    } catch {
      throw error.error(from: base.host, remedy: "sign in again")
    }
  }

  /// Writes the token while nobody renews it.
  func keep(_ grant: SSOGrant, _ client: SSOClient) async throws(CloudError) -> SignedIn {
    let now = effects.now()
    let token = SSOToken(grant, session: session, client: client, now: now)
    let write: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try effects.replaceFile(path, Array(token.document.expose().utf8))
      return KeptSecret(secret: token.document, obtained: now, expiry: token.expiry)
    }
    _ = try await effects.alone(session.writer(path), nil, write)
    return SignedIn(
      place: session.name.map { "IAM Identity Center \($0) (\(session.startURL))" }
        ?? "IAM Identity Center \(session.startURL)",
      person: nil,
      expiry: token.expiry,
      isRenewable: session.isRenewable && grant.refreshToken != nil
    )
  }
}
