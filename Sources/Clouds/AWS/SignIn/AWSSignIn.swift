// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken

/// What the credentials of an AWS profile begin with that a person has to sign in for.
package enum AWSSignIn: Sendable {
  /// IAM Identity Center.
  case identityCenter(AWSProfile)
  /// The console (`aws login`).
  case console(AWSProfile)

  /// How many profiles a `source_profile` may lead through.
  private static let longestChain = 16

  /// What the profile that holds, or the one at the end of its `source_profile`, is signed in with.
  ///
  /// Throws ``CloudError/Code/configuration`` if there is no such profile, or nothing to sign in for.
  package init(in context: AWSContext) throws(CloudError) {
    var name = context.profileName
    for _ in 0..<Self.longestChain {
      guard let profile = context.configuration.profile(name) else {
        throw CloudError(
          .configuration,
          "there is no profile \"\(name)\" in the AWS configuration",
          remedy: "make it: aws configure sso --profile \(name)"
        )
      }
      if let next = profile["source_profile"], profile["role_arn"] != nil, next != name {
        name = next
      } else if profile["sso_session"] != nil || profile["sso_start_url"] != nil {
        self = .identityCenter(profile)
        return
      } else if LoginAccess.session(of: profile) != nil {
        self = .console(profile)
        return
      } else {
        break
      }
    }
    throw CloudError(
      .configuration,
      "nobody signs in for profile \"\(name)\": it uses neither IAM Identity Center nor a console sign-in",
      remedy: "there is nothing to do; kubectl gets its token from lanyard get-token"
    )
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

  /// The AWS CLI's own command for it.
  package var command: SignInCommand {
    switch self {
    case .identityCenter(let profile): .sso(profile.name)
    case .console(let profile): .console(profile.name)
    }
  }
}
