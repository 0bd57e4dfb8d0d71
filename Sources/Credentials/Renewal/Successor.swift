// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth
import SessionStore

/// The record of a session whose refresh token is being spent, with the disk space that its successor will need.
struct Successor: Sendable {
  private(set) var record: Record
  /// What was last tried to be written; what an orphan is made of if that failed.
  private(set) var next: Session?
  /// What the refresh token is bound to, with the nonce of the last answer.
  var binding: DPoPBinding?
  /// What the last answer said about this clock.
  var skew: ClockSkew?
  /// What the last answer wants of the next login.
  var challenge: String?
  private var reservation: Reservation?
  private var spent: Secret?

  init(record: Record, reservation: Reservation) {
    self.record = record
    self.reservation = reservation
    spent = record.session?.refreshToken
    binding = record.session?.binding
  }

  /// The refresh token to send now.
  var refreshToken: Secret? { record.session?.refreshToken }

  /// Persists that the refresh token is about to be sent, unless that is on disk already; nothing is sent without space
  /// for its successor, the second time neither.
  mutating func announce(at now: Date) throws(StoreError) {
    guard var session = record.session, session.summary.intent == nil else { return }
    if reservation == nil {
      reservation = try record.store.reserve(record.id, capacity: Numbers.reservedBytes)
    }
    session.summary.intent = now
    try record.commit(session)
  }

  /// Reads the store again; whether it holds another refresh token than the one that was spent.
  mutating func reread() throws(StoreError) -> Bool {
    try record.reread()
    let stored = record.session?.refreshToken
    defer { spent = stored }
    return stored != nil && stored != spent
  }

  /// Persists the successor: the new refresh token if there is one (RFC 6749 §6: else the old one stays).
  ///
  /// The access tokens are left as they were, because they have not been judged yet.
  mutating func keep(_ tokens: TokenResponse) throws(StoreError) {
    guard var session = record.session else { return }
    session.refreshToken = tokens.refreshToken ?? session.refreshToken
    session.summary.intent = nil
    session.summary.uncertain = false
    session.summary.state = .active
    session.binding = binding
    next = session
    let space = reservation
    reservation = nil
    try record.commit(session, using: space)
    spent = session.refreshToken
  }

  /// Gives back the space if it was not needed.
  mutating func discardReservation() {
    reservation?.discard()
    reservation = nil
  }
}
