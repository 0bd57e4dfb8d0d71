// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SessionStore

/// A temporary failure of something that has no session: everybody who wants the same shares it until its time is over.
///
/// Where nothing can be written nothing is shared, and each finds out for itself.
struct SharedOutage {
  let store: SessionStore
  /// What is wanted, by the name of its lock.
  let id: SessionID

  /// What it holds up: everybody, or only whoever has something good at hand and waits no longer than that takes.
  var kind = Kind.everybody

  enum Kind {
    case everybody
    case hurried
  }

  private var name: String {
    switch kind {
    case .everybody: SessionStore.outageName(of: id)
    case .hurried: SessionStore.slownessName(of: id)
    }
  }

  private func last() -> Session.Outage? {
    guard let bytes = store.readCache(name: name) else { return nil }
    return try? JSONDecoder().decode(Session.Outage.self, from: Data(bytes))
  }

  /// The failure that is still in force, as the error that whoever shares it is told.
  ///
  /// One from the future is what a clock that was set back leaves; it counts as none.
  func inForce(at now: Date) -> CredentialsError? {
    guard let outage = last(), now < outage.until,
      outage.until.timeIntervalSince(now) <= Numbers.retryAfterMost
    else { return nil }
    return outage.shared(at: now)
  }

  /// Notes a failure; the pauses of failures in a row double.
  func note(_ error: CredentialsError, at now: Date) {
    let failures = (last()?.failures ?? 0) + 1
    let pause = Backoff.outage(failures: failures, retryAfter: error.retryAfter)
    let outage = Session.Outage(
      code: error.code,
      failures: failures,
      until: now.addingTimeInterval(pause),
      what: error.what,
      remedy: error.remedy
    )
    guard let bytes = try? JSONEncoder().encode(outage) else { return }
    try? store.writeCache(name: name, Array(bytes))
  }

  /// Forgets earlier failures.
  func clear() {
    guard last() != nil else { return }
    try? store.writeCache(name: name, Array("{}".utf8))
  }
}
