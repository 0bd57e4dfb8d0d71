// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken

/// Credentials of a role that IAM Identity Center gives.
package enum SSOCredentials {
  /// The credentials of the role that an SSO profile names (`sso_session` or `sso_start_url`, and account and role).
  package static func credentials(
    of profile: AWSProfile,
    in context: AWSContext
  ) async throws(CloudError) -> AWSCredentials {
    throw CloudError(
      .loginNeeded,
      "profile \"\(profile.name)\" takes its credentials from IAM Identity Center",
      remedy: "sign in: aws sso login --profile \(profile.name)"
    )
  }
}
