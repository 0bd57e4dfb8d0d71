// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken

/// Credentials of a console sign-in, made by `aws login`.
package enum LoginCredentials {
  /// The credentials of the session that a profile's `login_session` names.
  ///
  /// Throws ``CloudError/Code/loginNeeded`` without a sign-in, ``CloudError/Code/refused`` if the person may not have
  /// credentials for programs, ``CloudError/Code/temporary`` and ``CloudError/Code/configuration``.
  package static func credentials(
    of profile: AWSProfile,
    in context: AWSContext
  ) async throws(CloudError) -> AWSCredentials {
    try await LoginAccess(of: profile, in: context).token().credentials
  }

  /// The files of the AWS tools that these credentials depend on, absolute: the session's.
  package static func files(of profile: AWSProfile, in context: AWSContext) -> [String] {
    (try? LoginAccess(of: profile, in: context)).map { [$0.path] } ?? []
  }
}
