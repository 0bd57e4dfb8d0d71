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
    do throws(CloudError) {
      return try parsed(try await effects.alone(session.writer(file.path), renew))
    } catch {
      // Another process may take too long over it, which is no reason to fail before the token has ended.
      guard left > 0 else { throw error }
      return token
    }
  }

  /// The token as it lies there; throws ``CloudError/Code/loginNeeded`` if there is none.
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

  /// Alone with the file: what another process renewed meanwhile is taken as it is.
  @Sendable
  private func renew() async throws(CloudError) -> KeptSecret {
    let old = try await read()
    let now = effects.now()
    if old.left(at: now) >= Self.window { return kept(old) }
    do throws(CloudError) {
      guard let (client, refreshToken) = old.renewal(at: now) else { throw ended }
      // A refresh token is not spent before the place of its successor has proved to be writable.
      try effects.replaceFile(file.path, Array(old.document.expose().utf8))
      let grant = try await grant(client, refreshToken)
      return kept(try keep(old.renewed(by: grant, now: effects.now())))
    } catch {
      return kept(try await remaining(old, after: error))
    }
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

  private func keep(_ token: SSOToken) throws(CloudError) -> SSOToken {
    do {
      try effects.replaceFile(file.path, Array(token.document.expose().utf8))
    } catch {
      // The token itself is good; without its file the next renewal will ask for a sign-in.
      effects.tell("the renewed sign-in could not be written to \(file.path): \(error.what)")
    }
    return token
  }

  /// What can be gone on with after a renewal that failed.
  ///
  /// The AWS tools write the file without our lock, so it may have another token by now.
  private func remaining(
    _ old: SSOToken,
    after failure: CloudError
  ) async throws(CloudError) -> SSOToken {
    effects.trace("the sign-in was not renewed: \(failure.what)")
    let found = (try? await read()) ?? old
    guard found.left(at: effects.now()) > 0 else { throw failure }
    return found
  }

  private func kept(_ token: SSOToken) -> KeptSecret {
    KeptSecret(secret: token.document, obtained: effects.now(), expiry: token.expiry)
  }

  private func parsed(_ kept: KeptSecret) throws(CloudError) -> SSOToken {
    guard let members = (try? StrictJSON(parsing: kept.secret.expose().utf8))?.members,
      let token = SSOToken(members)
    else { throw needed("the renewed sign-in cannot be read") }
    return token
  }

  // MARK: what to do

  private var ended: CloudError {
    needed("the sign-in to IAM Identity Center \(session.shownName) has ended")
  }

  /// A failure that a sign-in repairs.
  package func needed(_ what: String) -> CloudError {
    SignInCommand.sso(profile.name).needed(what, effects)
  }
}
