// SPDX-License-Identifier: Apache-2.0

/// A renewal that spends a refresh token of a vendor's file: all that another process has to know to do it.
///
/// It names and never holds a secret; whoever renews reads the file itself.
package enum SignInRenewal: Sendable, Equatable, Codable {
  /// The sign-in at IAM Identity Center of an AWS profile; `region` is what `--region` says.
  case identityCenter(profile: String, region: String?)
  /// The console sign-in (`aws login`) of an AWS profile; `region` is what `--region` says.
  case console(profile: String, region: String?)
  /// The workforce login (`external_account_authorized_user`) in a file of Google's; the rest is for messages: where it
  /// lies, the command that makes it anew, and whom it is for.
  case workforce(file: String, place: String, signIn: String, who: String)
}
