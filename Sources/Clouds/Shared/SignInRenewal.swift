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

/// That a process which outlives this one is to renew, and how long this one waits for it.
package struct Outliving: Sendable {
  /// How long nobody notices a wait, in seconds.
  package static let unnoticed = 2.0

  /// What is to be renewed.
  package let renewal: SignInRenewal
  /// Seconds that its asker waits; nil where nothing good is at hand meanwhile, and it takes what it takes.
  package let patience: Double?

  /// States it; `hasGood`: something good is at hand meanwhile.
  package init(_ renewal: SignInRenewal, hasGood: Bool) {
    self.renewal = renewal
    patience = hasGood ? Self.unnoticed : nil
  }
}
