// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken

/// What the credentials of an AWS profile begin with that a person has to sign in for.
package enum AWSSignIn: Sendable {
  /// IAM Identity Center.
  case identityCenter(AWSProfile)
  /// The console (`aws login`).
  case console(AWSProfile)

  /// What the credentials that the chain finds are signed in with, those at the end of a `source_profile` included.
  ///
  /// Throws what the chain throws, and ``CloudError/Code/configuration`` if nobody signs in for them.
  package init(in context: AWSContext) throws(CloudError) {
    switch try AWSChain(context).source().base {
    case .sso(let profile): self = .identityCenter(profile)
    case .login(let profile): self = .console(profile)
    default:
      throw CloudError(
        .configuration,
        "nobody signs in for these AWS credentials: they come neither from IAM Identity Center nor from the console",
        remedy: "there is nothing to do; kubectl gets its token from lanyard get-token"
      )
    }
  }

  /// Signs the person in; throws what ``SSOSignIn/signedIn()`` and ``LoginSignIn/signedIn()`` throw.
  package func signIn(
    in context: AWSContext,
    _ effects: SignInEffects
  ) async throws(CloudError) -> SignedIn {
    switch self {
    case .identityCenter(let profile):
      try await SSOSignIn(of: profile, in: context, effects).signedIn()
    case .console(let profile):
      try await LoginSignIn(of: profile, in: context, effects).signedIn()
    }
  }

  /// Signs the person out.
  ///
  /// The console has no way to end a session, so its file is removed. Throws what reading and removing throws.
  package func signOut(
    in context: AWSContext,
    _ effects: SignInEffects
  ) async throws(CloudError) -> SignedOut {
    switch self {
    case .identityCenter(let profile):
      return try await SSOSignOut(of: profile, in: context, effects).signedOut()
    case .console(let profile):
      return try await LoginAccess(of: profile, in: context).forget(effects)
    }
  }

  /// Sees whether the sign-in gives what the profile wants of it: credentials of its role.
  ///
  /// Throws what ``SSOCredentials/credentials(of:in:)`` throws.
  package func check(in context: AWSContext) async throws(CloudError) {
    guard case .identityCenter(let profile) = self, try SSORole(of: profile) != nil else { return }
    _ = try await SSOCredentials.credentials(of: profile, in: context)
  }

  /// The AWS CLI's own command for it.
  package var command: SignInCommand {
    switch self {
    case .identityCenter(let profile): .sso(profile.name)
    case .console(let profile): .console(profile.name)
    }
  }
}
