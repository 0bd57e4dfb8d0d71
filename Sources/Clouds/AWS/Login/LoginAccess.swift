// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The session of a console sign-in, read from the cache of the AWS tools and renewed there.
///
/// Its refresh token is another after every renewal, and the AWS CLI renews without a lock (aws-cli issue 10628):
/// here one process at a time does, and looks at the file again first.
package struct LoginAccess: Sendable {
  /// Seconds before their end from which on credentials are renewed: those of botocore's `LoginCredentialFetcher`.
  private static let window = 5.0 * 60

  let session: String
  private let profile: AWSProfile
  private let context: AWSContext
  private let file: CacheDocument

  var effects: CloudEffects { context.effects }

  /// The access of the session that a profile names with `login_session`.
  ///
  /// Throws ``CloudError/Code/configuration`` if it names none, or there is no place to look for it.
  package init(of profile: AWSProfile, in context: AWSContext) throws(CloudError) {
    guard let session = Self.session(of: profile) else {
      throw CloudError(
        .configuration,
        "profile \"\(profile.name)\" has no login_session",
        remedy: "make one: \(SignInCommand.console(profile.name).text)"
      )
    }
    self.session = session
    self.profile = profile
    self.context = context
    file = CacheDocument(
      path: try Self.path(session, context.environment),
      effects: context.effects
    )
  }

  /// What a profile says under `login_session`: the ARN of a user or role.
  static func session(of profile: AWSProfile) -> String? { profile["login_session"] }

  /// Where a session lies: its SHA-256, in `AWS_LOGIN_CACHE_DIRECTORY` or `~/.aws/login/cache`.
  ///
  /// Throws ``CloudError/Code/configuration`` without a home folder.
  package static func path(
    _ session: String,
    _ environment: AWSEnvironment
  ) throws(CloudError) -> String {
    "\(try folder(environment))/\(FileDigest.sha256(session)).json"
  }

  /// The folder of the sessions.
  static func folder(_ environment: AWSEnvironment) throws(CloudError) -> String {
    let named = environment.variable("AWS_LOGIN_CACHE_DIRECTORY") ?? "~/.aws/login/cache"
    guard let folder = environment.expanded(named) else { throw NoHome.error }
    return folder
  }

  /// The session's file.
  package var path: String { file.path }

  /// Names whoever writes a session's file, which one process at a time may do.
  static func writer(_ session: String, _ path: String) -> KeptIdentity {
    KeptIdentity(name: "AWS console sign-in \(session)", parts: ["aws-login-session", path])
  }

  /// The session, renewed if its credentials are about to end.
  ///
  /// While they are good, a renewal that fails is none of the caller's business. Throws
  /// ``CloudError/Code/loginNeeded``, ``CloudError/Code/refused`` and ``CloudError/Code/temporary``.
  package func token() async throws(CloudError) -> LoginToken {
    let token = try await read()
    if token.left(at: effects.now()) >= Self.window { return token }
    return try await renewed(token)
  }

  /// The session renewed, unless another process did meanwhile; throws what ``token()`` throws.
  func renew() async throws(CloudError) {
    _ = try await renewed(try await read())
  }

  private func renewed(_ token: LoginToken) async throws(CloudError) -> LoginToken {
    let sharedFile = RenewedFile(
      file: file,
      writer: Self.writer(session, file.path),
      renewal: .console(profile: profile.name, region: context.regionOption),
      window: Self.window,
      read: read,
      needed: needed
    )
    return try await sharedFile.renewed(token, by: successor)
  }

  /// The session as it lies there; throws ``CloudError/Code/loginNeeded`` if there is none.
  @Sendable
  package func read() async throws(CloudError) -> LoginToken {
    switch try await file.read() {
    case .absent: throw needed("nobody is signed in as \(session)")
    case .damaged(let why): throw needed("the sign-in in \(file.path) is damaged: \(why)")
    case .members(let members):
      guard let token = LoginToken(members) else {
        throw needed("the sign-in in \(file.path) is not complete")
      }
      return token
    }
  }

  // MARK: renewal

  @Sendable
  private func successor(of old: LoginToken) async throws(CloudError) -> LoginToken {
    let base = try self.base()
    let answer = try await Asking(effects: effects).send(
      try call(base, old),
      for: "new credentials of the console sign-in",
      from: base,
      again: true
    )
    do throws(AWSRefusal) {
      if let token = old.renewed(by: try LoginAnswer.grant(answer, now: effects.now())) {
        return token
      }
    } catch {
      throw failure(error, base)
    }
    throw needed("the renewed sign-in cannot be read")
  }

  private func call(_ base: Issuer, _ old: LoginToken) throws(CloudError) -> HTTPCall {
    do {
      let proof = try DPoPProof(now: effects.now(), random: effects.random(16))
      return try LoginCall.refresh(base, old, proof: proof)
    } catch {
      throw CloudError(.failed, error.what, remedy: error.remedy, cause: error)
    }
  }

  /// The service in the region that the AWS CLI would take.
  func base() throws(CloudError) -> Issuer {
    guard
      let region = context.environment.region(option: context.regionOption, profile: profile)
    else {
      throw CloudError(
        .configuration,
        "there is no region for the console sign-in of profile \"\(profile.name)\"",
        remedy: "set one: aws configure set region REGION --profile \(profile.name)"
      )
    }
    return try SignInService.signIn.base(region: region, profile: profile, in: context)
  }

  /// The codes are those of the API reference.
  private func failure(_ refusal: AWSRefusal, _ base: Issuer) -> CloudError {
    switch refusal.code {
    case "TOKEN_EXPIRED": needed("the console sign-in as \(session) has ended")
    case "USER_CREDENTIALS_CHANGED":
      needed("the password of \(session) has changed since the console sign-in")
    case "INSUFFICIENT_PERMISSIONS":
      CloudError(
        .refused,
        "\(session) may not have credentials for programs: \(refusal.words)",
        remedy: "ask for the managed policy SignInLocalDevelopmentAccess"
      )
    default:
      refusal.isTemporary
        ? refusal.error(from: base.host, remedy: "")
        : needed("the console does not renew the sign-in as \(session): \(refusal.words)")
    }
  }

  @Sendable
  private func needed(_ what: String) -> CloudError {
    SignInCommand.console(profile.name).needed(what, effects)
  }
}
