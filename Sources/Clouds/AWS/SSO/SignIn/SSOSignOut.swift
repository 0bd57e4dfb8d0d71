// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken
import OAuth
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs a person out of IAM Identity Center.
package struct SSOSignOut: Sendable {
  private let session: SSOSession
  private let portal: Issuer
  private let file: CacheDocument
  /// What the AWS CLI keeps of the profile's role.
  private let roleFile: String?
  private let effects: CloudEffects
  private let signIn: SignInEffects

  /// A sign-out of a profile's session.
  ///
  /// Throws ``CloudError/Code/configuration`` for a profile whose session is not complete.
  package init(
    of profile: AWSProfile,
    in context: AWSContext,
    _ signIn: SignInEffects
  ) throws(CloudError) {
    let session = try SSOSession(of: profile, in: context.configuration)
    self.session = session
    portal = try SignInService.ssoPortal.base(
      region: session.region,
      profile: profile,
      in: context
    )
    effects = context.effects
    self.signIn = signIn
    file = CacheDocument(
      path: try session.tokenPath(context.environment),
      effects: context.effects
    )
    let role = try? SSORole(of: profile)
    roleFile = role.flatMap { role in
      context.environment.expanded("~/.aws/cli/cache").map { "\($0)/\(role.cacheFile(session))" }
    }
  }

  /// Ends the sign-in at the portal, and removes its token and what the AWS CLI keeps of the profile's role.
  ///
  /// They are removed even if the portal is away. Throws what reading and removing throws.
  package func signedOut() async throws(CloudError) -> SignedOut {
    if let roleFile { try signIn.removeFile(roleFile) }
    let ended = Ended()
    let end: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      let outcome = try await self.end()
      ended.outcome.withLock { $0 = outcome }
      return KeptSecret(secret: Secret(""), obtained: effects.now(), expiry: effects.now())
    }
    _ = try await effects.alone(session.writer(file.path), nil, end)
    return ended.outcome.withLock(\.self)
  }

  /// While nobody renews the token, who would write it again.
  private func end() async throws(CloudError) -> SignedOut {
    let found = try await file.read()
    if case .absent = found { return .nothing }
    guard let token = found.members.flatMap(SSOToken.init),
      token.left(at: effects.now()) > 0
    else {
      try signIn.removeFile(file.path)
      return .forgotten
    }
    let outcome = await ended(token)
    try signIn.removeFile(file.path)
    return outcome
  }

  private func ended(_ token: SSOToken) async -> SignedOut {
    do throws(CloudError) {
      let answer = try await Asking(effects: effects).send(
        SSOCall.logout(portal, token.accessToken),
        for: "the end of the sign-in",
        from: portal
      )
      if (200..<300).contains(answer.status) { return .ended }
      let refusal = AWSRefusal(answer, now: effects.now())
      // A token that is not taken any more is one of a sign-in that has ended already.
      return refusal.status == 401 ? .ended : .notEnded("\(portal.host) answers \(refusal.words)")
    } catch {
      return .notEnded(error.what)
    }
  }
}

/// What became of it, on its way out of the lock.
private final class Ended: Sendable {
  let outcome = Mutex(SignedOut.nothing)
}
