// SPDX-License-Identifier: Apache-2.0

import SessionStore

/// Waiting for a lock that another process may hold, with a deadline.
struct LockQueue: Sendable {
  let store: SessionStore
  let effects: Effects

  /// Takes a lock, looking every few milliseconds; nil when the time is over.
  ///
  /// `meanwhile` runs before each new attempt and ends the waiting by giving a value. `notice` is told, with how long
  /// it may take, once a person would notice.
  func take<Found>(
    _ path: String,
    why: String,
    seconds: Double,
    notice: String? = nil,
    meanwhile: () throws(CredentialsError) -> Found?
  ) async throws(CredentialsError) -> Taken<Found> {
    let start = effects.uptime()
    var pause = Numbers.pollLeast
    var notice = seconds > Numbers.patience ? notice : nil
    while true {
      do {
        if let lock = try effects.attemptLock(path, why) { return .lock(lock) }
      } catch {
        throw CredentialsError(error)
      }
      let waited = effects.uptime() - start
      guard waited < seconds else { return .late }
      if let words = notice, waited > Numbers.patience {
        notice = nil
        effects.tell("\(words); waiting for at most \(Int((seconds - waited).rounded())) s more")
      }
      do {
        try await effects.pause(pause)
      } catch {
        throw CredentialsError(.failed, "interrupted while waiting", remedy: "try again")
      }
      pause = min(pause * 2, Numbers.pollMost)
      if let found = try meanwhile() { return .found(found) }
    }
  }

  /// Takes a lock to commit what has happened already; throws what there is to say if it cannot be had.
  func hold(_ path: String, why: String) async throws(CredentialsError) -> HeldLock {
    let taken: Taken<Never> = try await take(path, why: why, seconds: Numbers.commitWait) {
      () throws(CredentialsError) -> Never? in nil
    }
    guard case .lock(let lock) = taken else {
      throw CredentialsError(
        .store,
        "another process holds the lock of the session",
        remedy: "try again in a moment"
      )
    }
    return lock
  }

  /// What waiting for a lock gave.
  enum Taken<Found> {
    case lock(HeldLock)
    case found(Found)
    case late
  }
}
