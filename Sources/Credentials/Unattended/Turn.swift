// SPDX-License-Identifier: Apache-2.0

import Clouds
import SessionStore

/// Something that several processes may want at the same moment and that has no session: one of them makes it, and
/// the others find what it made, or share its temporary failure.
struct Turn: Sendable {
  let store: SessionStore
  let effects: Effects
  /// Names what is wanted.
  let id: SessionID
  /// What the lock's file says of its holder.
  let why: String

  private var outage: SharedOutage { SharedOutage(store: store, id: id) }
  private var slowness: SharedOutage { SharedOutage(store: store, id: id, kind: .hurried) }

  /// What holds up whoever asks now: that somebody in a hurry gave up is nothing to one who is not.
  private func shared(_ patient: Bool) -> CredentialsError? {
    let now = effects.now()
    return outage.inForce(at: now) ?? (patient ? nil : slowness.inForce(at: now))
  }

  /// What `find` finds, now or while others make it, else what `make` gives.
  ///
  /// `make` is told whether there is all the time in the world, because nothing will do otherwise.
  /// `old` is what will do if it cannot be had for now: with it nobody waits longer than a person would not notice, and
  /// a failure that it `serves` for is not seen: a temporary one, or that somebody would have to log in. A lock that is
  /// never freed holds up but does not stop, and neither does a place where there can be none.
  func take<Value>(
    find: () throws(CredentialsError) -> Value?,
    serves: (CredentialsError) -> Bool = { $0.isForNow },
    old: () -> Value?,
    make: (_ patient: Bool) async throws(CredentialsError) -> Value
  ) async throws(CredentialsError) -> Value {
    if let found = try find() { return found }
    do throws(CredentialsError) {
      return try await takeTurn(patient: old() == nil, find, make)
    } catch {
      guard serves(error), let old = old() else { throw error }
      effects.trace("handing out the old token, which is still good: \(error.what)")
      return old
    }
  }

  private func takeTurn<Value>(
    patient: Bool,
    _ find: () throws(CredentialsError) -> Value?,
    _ make: (_ patient: Bool) async throws(CredentialsError) -> Value
  ) async throws(CredentialsError) -> Value {
    if let error = shared(patient) { throw error }
    guard let taken = try await lock(patient: patient, find) else {
      return try await make(patient)
    }
    switch taken {
    case .found(let value): return value
    case .late:
      guard patient else { throw Self.unfinished }
      return try await make(patient)
    case .lock(let lock):
      defer { lock.release() }
      if let found = try find() { return found }
      if let error = shared(patient) { throw error }
      return try await makeAndNote { () throws(CredentialsError) -> Value in try await make(patient)
      }
    }
  }

  private func makeAndNote<Value>(
    _ make: () async throws(CredentialsError) -> Value
  ) async throws(CredentialsError) -> Value {
    do throws(CredentialsError) {
      let value = try await make()
      outage.clear()
      slowness.clear()
      return value
    } catch {
      if error.code == .temporary {
        (error.cause is GaveUp ? slowness : outage).note(error, at: effects.now())
      }
      throw error
    }
  }

  /// Nil where there can be no lock.
  private func lock<Value>(
    patient: Bool,
    _ find: () throws(CredentialsError) -> Value?
  ) async throws(CredentialsError) -> LockQueue.Taken<Value>? {
    do {
      try store.prepareFolders()
    } catch {
      return nil
    }
    let queue = LockQueue(store: store, effects: effects)
    do throws(CredentialsError) {
      return try await queue.take(
        store.lockPath(forSession: id),
        why: why,
        seconds: patient ? Numbers.renewalWait : Numbers.patience
      ) { () throws(CredentialsError) -> Value? in
        if let found = try find() { return found }
        if let error = shared(patient) { throw error }
        return nil
      }
    } catch {
      guard error.code == .store else { throw error }
      return nil
    }
  }

  private static var unfinished: CredentialsError {
    CredentialsError(
      .temporary,
      "another process is asking for this token and has not finished",
      remedy: "try again in a moment"
    )
  }
}
