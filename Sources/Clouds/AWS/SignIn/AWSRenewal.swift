// SPDX-License-Identifier: Apache-2.0

package import Clouds
import EKSToken
import OAuth

/// The renewals of AWS sign-ins in the process that outlives its asker.
package enum AWSRenewal {
  /// Renews the sign-in of a profile at IAM Identity Center, if nobody did meanwhile.
  ///
  /// Throws what ``SSOAccess/token()`` throws.
  package static func identityCenter(
    profile: String,
    region: String?,
    effects: CloudEffects
  ) async throws(CloudError) {
    let (profile, context) = try await found(profile, region, effects)
    try await SSOAccess(of: profile, in: context).renew()
  }

  /// Renews the console sign-in of a profile, if nobody did meanwhile.
  ///
  /// Throws what ``LoginAccess/token()`` throws.
  package static func console(
    profile: String,
    region: String?,
    effects: CloudEffects
  ) async throws(CloudError) {
    let (profile, context) = try await found(profile, region, effects)
    try await LoginAccess(of: profile, in: context).renew()
  }

  private static func found(
    _ name: String,
    _ region: String?,
    _ effects: CloudEffects
  ) async throws(CloudError) -> (AWSProfile, AWSContext) {
    let context = try await AWSContext.read(profile: name, region: region, effects: effects)
    guard let profile = context.configuration.profile(name) else {
      throw CloudError(
        .configuration,
        "profile \"\(Text.line(name))\" is gone from the AWS configuration",
        remedy: "try again"
      )
    }
    return (profile, context)
  }
}
