// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken

/// Credentials of a console sign-in, made by `aws login`.
package enum LoginCredentials {
  /// The credentials of the session that a profile's `login_session` names.
  package static func credentials(
    of profile: AWSProfile,
    in context: AWSContext
  ) async throws(CloudError) -> AWSCredentials {
    throw CloudError(
      .loginNeeded,
      "profile \"\(profile.name)\" takes its credentials from a console sign-in",
      remedy: "sign in: aws login --profile \(profile.name)"
    )
  }
}
