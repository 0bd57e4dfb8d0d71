// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The token of a sign-in at IAM Identity Center, read from the cache of the AWS tools and renewed there.
package struct SSOAccess: Sendable {
  /// Seconds before its end from which on a token is renewed: those of botocore's `SSOTokenProvider`.
  private static let window = 15.0 * 60

  private let session: SSOSession
  private let profile: AWSProfile
  private let context: AWSContext
  private let file: CacheDocument

  private var effects: CloudEffects { context.effects }

  /// The access of a profile's session.
  ///
  /// Throws ``CloudError/Code/configuration`` for a profile whose session is not complete.
  package init(of profile: AWSProfile, in context: AWSContext) throws(CloudError) {
    let session = try SSOSession(of: profile, in: context.configuration)
    self.session = session
    self.profile = profile
    self.context = context
    file = CacheDocument(
      path: try session.tokenPath(context.environment),
      effects: context.effects
    )
  }

  /// The token, renewed if it is about to end.
  ///
  /// While the old one is good, a renewal that fails is none of the caller's business. Throws
  /// ``CloudError/Code/loginNeeded`` without a sign-in, and ``CloudError/Code/temporary`` if its token has ended and
  /// the service cannot be asked.
  package func token() async throws(CloudError) -> SSOToken {
    let token = try await read()
    let left = token.left(at: effects.now())
    if left >= Self.window { return token }
    guard session.isRenewable, token.renewal(at: effects.now()) != nil else {
      guard left > 0 else { throw ended }
      return token
    }
    return try await renewed(token)
  }

  /// The token renewed, unless another process did meanwhile; throws what ``token()`` throws.
  func renew() async throws(CloudError) {
    _ = try await renewed(try await read())
  }

  private func renewed(_ token: SSOToken) async throws(CloudError) -> SSOToken {
    let sharedFile = RenewedFile(
      file: file,
      writer: session.writer(file.path),
      renewal: .identityCenter(profile: profile.name, region: context.regionOption),
      window: Self.window,
      read: read,
      needed: needed
    )
    return try await sharedFile.renewed(token, by: successor)
  }

  /// The token as it lies there; throws ``CloudError/Code/loginNeeded`` if there is none.
  @Sendable
  package func read() async throws(CloudError) -> SSOToken {
    switch try await file.read() {
    case .absent: throw needed("nobody is signed in to IAM Identity Center \(session.shownName)")
    case .damaged(let why): throw needed("the sign-in in \(file.path) is damaged: \(why)")
    case .members(let members):
      guard let token = SSOToken(members) else {
        throw needed("the sign-in in \(file.path) lacks its access token or the time of its end")
      }
      return token
    }
  }

  // MARK: renewal

  @Sendable
  private func successor(of old: SSOToken) async throws(CloudError) -> SSOToken {
    guard let (client, refreshToken) = old.renewal(at: effects.now()) else { throw ended }
    return old.renewed(by: try await grant(client, refreshToken), now: effects.now())
  }

  private func grant(
    _ client: SSOClient,
    _ refreshToken: Secret
  ) async throws(CloudError) -> SSOGrant {
    let base = try SignInService.ssoOIDC.base(region: session.region, profile: profile, in: context)
    let answer = try await Asking(effects: effects).send(
      SSOCall.refresh(base, client, refreshToken),
      for: "a new token of the sign-in",
      from: base,
      again: true
    )
    do throws(AWSRefusal) {
      return try SSOAnswer.grant(answer, now: effects.now())
    } catch {
      if error.isTemporary { throw error.error(from: base.host, remedy: "") }
      throw needed("IAM Identity Center does not renew the sign-in: \(error.words)")
    }
  }

  // MARK: what to do

  private var ended: CloudError {
    needed("the sign-in to IAM Identity Center \(session.shownName) has ended")
  }

  /// A failure that a sign-in repairs.
  @Sendable
  package func needed(_ what: String) -> CloudError {
    SignInCommand.sso(profile.name).needed(what, effects)
  }
}
