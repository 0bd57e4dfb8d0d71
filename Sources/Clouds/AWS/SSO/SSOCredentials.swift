// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Credentials of a role that IAM Identity Center gives.
package enum SSOCredentials {
  /// Seconds that credentials must have left, or new ones are asked for: a token of EKS lives almost as long.
  private static let enough = 15.0 * 60

  /// The credentials of the role that an SSO profile names (`sso_session` or `sso_start_url`, and account and role).
  ///
  /// They are kept for the very sign-in they were given to, so that a sign-in as somebody else does not find them.
  /// Throws ``CloudError/Code/loginNeeded`` without a sign-in, ``CloudError/Code/refused`` if the person may not have
  /// the role, ``CloudError/Code/temporary`` and ``CloudError/Code/configuration``.
  package static func credentials(
    of profile: AWSProfile,
    in context: AWSContext
  ) async throws(CloudError) -> AWSCredentials {
    guard let role = try SSORole(of: profile) else { throw SSORole.missing(profile) }
    let source = SSORoleSource(
      role: role,
      session: try SSOSession(of: profile, in: context.configuration),
      access: try SSOAccess(of: profile, in: context),
      portal: try SignInService.ssoPortal.base(
        region: SSOSession(of: profile, in: context.configuration).region,
        profile: profile,
        in: context
      ),
      context: context
    )
    return try await source.credentials(enough: enough)
  }

  /// The files of the AWS tools that these credentials depend on, absolute: the sign-in's.
  package static func files(of profile: AWSProfile, in context: AWSContext) -> [String] {
    guard let session = try? SSOSession(of: profile, in: context.configuration),
      let path = try? session.tokenPath(context.environment)
    else { return [] }
    return [path]
  }
}

/// Where a role's credentials come from: what was kept, the cache of the AWS CLI, the portal.
struct SSORoleSource: Sendable {
  let role: SSORole
  let session: SSOSession
  let access: SSOAccess
  let portal: Issuer
  let context: AWSContext

  private var effects: CloudEffects { context.effects }

  /// A sign-in that has ended keeps nobody from the credentials that it got earlier.
  ///
  /// Nothing is asked for while they last.
  func credentials(enough: Double) async throws(CloudError) -> AWSCredentials {
    let found = try await access.read()
    let obtain: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try await obtained(found, enough: enough)
    }
    let kept = try await effects.kept(
      identity(found.accessToken),
      KeptTerms(enough: enough),
      obtain
    )
    guard let credentials = CredentialsDocument.credentials(kept) else {
      throw CloudError(
        .failed,
        "the kept credentials of \(role.words) cannot be read",
        remedy: "try again in a moment"
      )
    }
    return credentials
  }

  /// A renewal changes the name that the credentials are kept under, and whoever comes next looks under the new one.
  private func obtained(
    _ found: SSOToken,
    enough: Double
  ) async throws(CloudError) -> KeptSecret {
    let token = try await access.token()
    guard token.accessToken != found.accessToken else {
      return try await make(token, enough: enough)
    }
    let again: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try await make(token, enough: enough)
    }
    return try await effects.kept(
      identity(token.accessToken),
      KeptTerms(enough: enough),
      again
    )
  }

  private func identity(_ accessToken: Secret) -> KeptIdentity {
    KeptIdentity(
      name: "AWS \(role.words) (IAM Identity Center \(session.shownName))",
      parts: [
        "aws-sso-role", portal.text, session.shownName, session.startURL, role.account, role.name,
        FileDigest.sha256(accessToken.expose()),
      ]
    )
  }

  private func make(_ token: SSOToken, enough: Double) async throws(CloudError) -> KeptSecret {
    let credentials: AWSCredentials
    if let cached = try await cached(enough: enough) {
      credentials = cached
    } else {
      credentials = try await asked(token)
    }
    return CredentialsDocument.kept(credentials, obtained: effects.now())
  }

  /// What the AWS CLI, version 2, keeps; it is read only.
  private func cached(enough: Double) async throws(CloudError) -> AWSCredentials? {
    guard let folder = context.environment.expanded("~/.aws/cli/cache") else { return nil }
    let file = CacheDocument(path: "\(folder)/\(role.cacheFile(session))", effects: effects)
    guard let members = try await file.read().members?["Credentials"]?.members,
      let credentials = CredentialsDocument.credentials(members), let end = credentials.expiration,
      Double(end) - effects.now().timeIntervalSince1970 > enough
    else { return nil }
    return credentials
  }

  private func asked(_ token: SSOToken) async throws(CloudError) -> AWSCredentials {
    let answer = try await Asking(effects: effects).send(
      SSOCall.roleCredentials(portal, role: role.name, account: role.account, token.accessToken),
      for: "the credentials of \(role.words)",
      from: portal
    )
    do throws(AWSRefusal) {
      return try SSOAnswer.credentials(answer, now: effects.now())
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ refusal: AWSRefusal) -> CloudError {
    switch refusal.status {
    case 401:
      return access.needed(
        "IAM Identity Center does not take the sign-in any more: \(refusal.words)"
      )
    case 403, 404:
      return CloudError(
        .refused,
        "IAM Identity Center gives you no credentials of \(role.words): \(refusal.words)",
        remedy: "choose another role in the profile, or ask the organization's administrator for it"
      )
    default:
      return refusal.error(from: portal.host, remedy: "check account and role in the profile")
    }
  }
}
