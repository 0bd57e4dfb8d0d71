// SPDX-License-Identifier: Apache-2.0

import SessionStore

/// Waiting for a lock that another process may hold, with a deadline.
struct LockQueue: Sendable {
  let store: SessionStore
  let effects: Effects

  /// Takes a lock, looking every few milliseconds; nil when the time is over.
  ///
  /// `meanwhile` runs before each new attempt and ends the waiting by giving a value.
  func take<Found>(
    _ path: String,
    why: String,
    seconds: Double,
    meanwhile: () throws(CredentialsError) -> Found?
  ) async throws(CredentialsError) -> Taken<Found> {
    let start = effects.uptime()
    var pause = Numbers.pollLeast
    while true {
      do {
        if let lock = try effects.attemptLock(path, why) { return .lock(lock) }
      } catch {
        throw CredentialsError(error)
      }
      guard effects.uptime() - start < seconds else { return .late }
      do {
        try await effects.pause(pause)
      } catch {
        throw CredentialsError(.failed, "interrupted while waiting", remedy: "try again")
      }
      pause = min(pause * 2, Numbers.pollMost)
      if let found = try meanwhile() { return .found(found) }
    }
  }

  /// What waiting for a lock gave.
  enum Taken<Found> {
    case lock(HeldLock)
    case found(Found)
    case late
  }
}
