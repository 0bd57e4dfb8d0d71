// SPDX-License-Identifier: Apache-2.0

/// The times of ready credentials, each with its reason; other deadlines stand in `Credentials/Numbers.swift`.
extension ReadyFolder {
  /// How long after a caller was served its asking again means a rejection, in milliseconds.
  ///
  /// client-go keeps a credential until it expires or gets a 401, so one that asks again has a reason; but programs
  /// with several clients ask several times as they start.
  package static let rejectionDistance: Int64 = 2000

  /// How long a file whose renew-at has passed is left, in milliseconds: a day, so that one that is due can still serve
  /// through an outage.
  package static let sweepDistance: Int64 = 24 * 60 * 60 * 1000
}
