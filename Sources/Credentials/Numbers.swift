// SPDX-License-Identifier: Apache-2.0

import Clouds

/// Every deadline, margin and back-off of the life of a credential, with its reason.
///
/// All values are seconds unless the name says otherwise. Those of ready credentials stand in
/// `ReadyCredential/Numbers.swift`, because that module imports nothing; sizes of what an issuer sends in
/// `OAuth/Limits.swift`.
package enum Numbers {
  // MARK: when a token is renewed

  /// Share of a token's life after which it is renewed: early enough that an outage of some minutes goes unnoticed.
  package static let renewAtShare = 0.8
  /// A token is renewed at the latest this long before it expires.
  package static let renewMargin = 120.0
  /// Below this life the margin above would renew too often; only the share counts.
  package static let shortLife = 600.0
  /// `expirationTimestamp` lies this long before expiry, because client-go compares without any skew (exec.go).
  package static let reportMargin = 30.0
  /// …but never more than this share of the life.
  package static let reportMarginShare = 0.1
  /// A token whose life is unknown is ready for this long.
  package static let unknownLife = 300.0
  /// In the last margin of an outage client-go is told to come back after this long.
  package static let outageReport = 5.0

  // MARK: clocks

  /// Difference of clocks that verdicts tolerate (OpenID Connect leaves it open; five minutes is the usual bound).
  package static let skew = 300

  // MARK: waiting

  /// One HTTP request, from connect to the last byte.
  package static let request = 30.0
  /// A whole login, because a person may have to look for a phone.
  package static let login = 600.0
  /// Waiting for another process's renewal when there is nothing good to print meanwhile:
  /// two requests and the writing.
  package static let renewalWait = 75.0
  /// Waiting for a renewal while the old token is still good: a person should not notice.
  package static let patience = Outliving.unnoticed
  /// The whole of a detached renewal, after which it ends itself.
  ///
  /// It must not end between an answer and the disk, so this is for metadata, the token sent twice, another one that
  /// was found in the store sent twice, and keys, each as slow as a request may be, and the writing.
  package static let renewalLife = 240.0
  /// Handing the order to a detached renewal, or its report back: both ends are ours, so this is for a busy machine.
  package static let handOver = 10.0
  /// Taking the session lock to commit a login; a renewal may be in the way.
  package static let commitWait = 90.0
  /// First pause between two looks at a lock that another process holds; it doubles up to `pollMost`.
  package static let pollLeast = 0.01
  /// Longest pause between two looks at a lock.
  package static let pollMost = 0.1

  // MARK: back-off

  /// First pause after a temporary failure; it doubles up to `outageMost`.
  package static let outageLeast = 5.0
  /// Longest pause after temporary failures, so that a network that came back is noticed soon.
  package static let outageMost = 60.0
  /// Longest `Retry-After` that is believed: an issuer must not be able to park a session.
  package static let retryAfterMost = 600.0
  /// First pause of background callers after a login that failed or was refused; it doubles up to `loginBackoffMost`.
  package static let loginBackoffLeast = 30.0
  /// Longest pause of background callers after failed logins.
  package static let loginBackoffMost = 1800.0

  // MARK: rejected tokens

  /// A rejected token is renewed at most once in this long per session.
  package static let rejectionPause = 600.0

  // MARK: documents

  /// Keys are fetched again for an unknown key id at most once in this long.
  package static let keyRefetch = 60.0

  // MARK: leftovers

  /// An unfinished file that nobody has written to for this long is a killed writer's: no write takes longer than a
  /// renewal lives.
  package static let leftover = 3600.0

  // MARK: sizes

  /// Bytes reserved on disk before a refresh token is spent: a record with the largest tokens that are accepted.
  package static let reservedBytes = 256 * 1024
}
