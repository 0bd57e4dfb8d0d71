// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken
import OAuth

/// A role in an account that IAM Identity Center gives credentials for.
package struct SSORole: Sendable, Equatable {
  /// The account's 12 digits.
  package let account: String
  /// The name of the permission set's role.
  package let name: String

  /// The role that a profile names; nil if it names neither account nor role, and so is none of IAM Identity Center's.
  ///
  /// Throws ``CloudError/Code/configuration`` if it has one of the two only.
  package init?(of profile: AWSProfile) throws(CloudError) {
    let (account, name) = (profile["sso_account_id"], profile["sso_role_name"])
    if account == nil, name == nil { return nil }
    guard let account, let name, account.utf8.count <= 64, name.utf8.count <= 256 else {
      throw Self.missing(profile)
    }
    self.account = account
    self.name = name
  }

  /// A profile of IAM Identity Center that does not say which credentials it wants.
  static func missing(_ profile: AWSProfile) -> CloudError {
    CloudError(
      .configuration,
      "profile \"\(profile.name)\" needs both sso_account_id and sso_role_name",
      remedy: "set the profile up again: aws configure sso --profile \(profile.name)"
    )
  }

  /// What people call it.
  var words: String { "role \(name) in account \(account)" }

  /// Where the AWS CLI, version 2, keeps the role's credentials: `~/.aws/cli/cache/`, and the SHA-1 of a JSON text
  /// without white space and with its members sorted (botocore's `SSOCredentialFetcher._create_cache_key`).
  package func cacheFile(_ session: SSOSession) -> String {
    let members: [String: StrictJSON] = [
      "accountId": .string(account), "roleName": .string(name),
      session.name == nil ? "startUrl" : "sessionName": .string(session.shownName),
    ]
    return FileDigest.sha1(StrictJSON.object(members).text) + ".json"
  }
}
