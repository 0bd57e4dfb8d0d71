// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth
package import SessionStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Short-lived secrets of clouds, encrypted in the session store by whose they are: what `CloudEffects.kept` does.
///
/// A role's credentials are kept so that a second factor is asked for once in their life, an access token so that one
/// identity serves all its clusters.
package struct KeptSecrets: Sendable {
  let store: SessionStore
  let effects: Effects
  /// Whether the API server seems to have refused what was made of what is kept.
  package let rejected: Bool

  /// The secrets of a store.
  ///
  /// `rejected`: client-go was served before and asks again, so that what is kept is not used a second time, unless it
  /// was obtained only minutes ago.
  package init(store: SessionStore, effects: Effects, rejected: Bool) {
    self.store = store
    self.effects = effects
    self.rejected = rejected
  }

  /// What is kept under an identity and meets the terms; else what `make` gives.
  ///
  /// What does not meet them but is good serves on while nothing newer can be had, or a person would have to sign in.
  /// A store that cannot keep anything costs time and nothing else.
  ///
  /// Throws what `make` throws, and a temporary failure of another asker that is shared.
  package func secret(
    of identity: KeptIdentity,
    terms: KeptTerms,
    make: @escaping @Sendable () async throws(CloudError) -> KeptSecret
  ) async throws(CloudError) -> KeptSecret {
    do throws(CredentialsError) {
      let id = try Self.id(identity)
      let turn = Turn(store: store, effects: effects, id: id, why: "token")
      return try await turn.take {
        recall(id).flatMap { isUsable($0, terms) ? $0 : nil }
      } serves: {
        // What the API server refused is worse than being asked to log in.
        $0.code == .temporary || $0.code == .loginNeeded && !rejected
      } old: {
        let least = min(terms.enough, Numbers.reportMargin)
        return recall(id).flatMap { isGood($0, enough: least) ? $0 : nil }
      } make: { patient throws(CredentialsError) -> KeptSecret in
        try await makeAndKeep(identity, id, patient || terms.spends || rejected, make)
      }
    } catch {
      throw CloudError(error)
    }
  }

  /// Runs `body` under the lock of an identity: what `CloudEffects.alone` does.
  ///
  /// A temporary failure is shared, if `sharesOutage`: not where a person waits for it. `body` may hand the lock over
  /// to a process that outlives this one; it is nil where there can be none.
  ///
  /// Throws what `body` throws, the shared failure, and what stands in the way of the lock.
  package func alone(
    _ identity: KeptIdentity,
    sharesOutage: Bool,
    _ body: @Sendable (HeldLock?) async throws(CloudError) -> KeptSecret
  ) async throws(CloudError) -> KeptSecret {
    let lock: HeldLock?
    let outage: SharedOutage
    do throws(CredentialsError) {
      let id = try Self.id(identity, label: "alone")
      outage = SharedOutage(store: store, id: id)
      if sharesOutage, let error = outage.inForce(at: effects.now()) { throw error }
      lock = try await self.lock(id)
      if sharesOutage, let error = outage.inForce(at: effects.now()) {
        lock?.release()
        throw error
      }
    } catch {
      throw CloudError(error)
    }
    defer { lock?.release() }
    do throws(CloudError) {
      let secret = try await body(lock)
      outage.clear()
      slowness(of: identity)?.clear()
      return secret
    } catch {
      if sharesOutage, error.code == .temporary {
        outage.note(CredentialsError(error), at: effects.now())
      }
      throw error
    }
  }

  /// Whether somebody in a hurry gave up on this a moment ago.
  package func isSlow(_ identity: KeptIdentity) -> Bool {
    slowness(of: identity)?.inForce(at: effects.now()) != nil
  }

  /// Notes that somebody in a hurry gave up on this.
  package func noteSlow(_ identity: KeptIdentity, _ error: CloudError) {
    slowness(of: identity)?.note(CredentialsError(error), at: effects.now())
  }

  private func slowness(of identity: KeptIdentity) -> SharedOutage? {
    (try? Self.id(identity, label: "alone")).map {
      SharedOutage(store: store, id: $0, kind: .hurried)
    }
  }

  /// Nil where there can be no lock; whoever holds one too long is an error, because two must not do this at once.
  private func lock(_ id: SessionID) async throws(CredentialsError) -> HeldLock? {
    do {
      try store.prepareFolders()
    } catch {
      effects.trace("no lock: \(error.what)")
      return nil
    }
    let queue = LockQueue(store: store, effects: effects)
    let taken: LockQueue.Taken<Never> = try await queue.take(
      store.lockPath(forSession: id),
      why: "renewal",
      seconds: Numbers.renewalWait
    ) { () throws(CredentialsError) -> Never? in nil }
    guard case .lock(let lock) = taken else {
      throw CredentialsError(
        .temporary,
        "another process is renewing this sign-in and has not finished",
        remedy: "try again in a moment"
      )
    }
    return lock
  }

  // MARK: what is kept

  private func isGood(_ kept: KeptSecret, enough: Double) -> Bool {
    let now = effects.now()
    return kept.expiry.timeIntervalSince(now) > enough
      && now >= kept.obtained.addingTimeInterval(-Double(Numbers.skew))
  }

  private func isUsable(_ kept: KeptSecret, _ terms: KeptTerms) -> Bool {
    let now = effects.now()
    let life = kept.expiry.timeIntervalSince(kept.obtained)
    let times = TokenTimes(life: .lasting(life), received: kept.obtained)
    let isOld = now.timeIntervalSince(kept.obtained) > Numbers.rejectionPause
    return isGood(kept, enough: terms.enough) && (terms.untilOver || !times.isDue(at: now))
      && !(rejected && isOld)
  }

  private func makeAndKeep(
    _ identity: KeptIdentity,
    _ id: SessionID,
    _ patient: Bool,
    _ make: @escaping @Sendable () async throws(CloudError) -> KeptSecret
  ) async throws(CredentialsError) -> KeptSecret {
    let made: KeptSecret
    do throws(CloudError) {
      made = patient ? try await make() : try await hurried(make)
    } catch {
      throw CredentialsError(error)
    }
    do {
      try await keep(made, identity, id)
    } catch {
      effects.trace("not kept: \((error as? StoreError)?.what ?? "\(error)")")
    }
    return made
  }

  /// What is made in the time that a person does not notice: with something good at hand nobody waits longer.
  private func hurried(
    _ make: @escaping @Sendable () async throws(CloudError) -> KeptSecret
  ) async throws(CloudError) -> KeptSecret {
    if let made = try await within(Numbers.patience, make) { return made }
    throw CloudError(
      .temporary,
      "no answer came in \(Int(Numbers.patience)) s",
      remedy: "try again in a moment",
      cause: GaveUp()
    )
  }

  /// Nil for whatever reason, a damaged file among them, which the store has set aside.
  private func recall(_ id: SessionID) -> KeptSecret? {
    guard let key = try? store.unlock(), let opened = try? store.open(id, key: key) else {
      return nil
    }
    return KeptRecord.read(opened)
  }

  private func keep(_ made: KeptSecret, _ identity: KeptIdentity, _ id: SessionID) async throws {
    try store.prepareFolders()
    let queue = LockQueue(store: store, effects: effects)
    let taken: LockQueue.Taken<Never> = try await queue.take(
      store.storeLockPath,
      why: "token",
      seconds: Numbers.commitWait
    ) { () throws(CredentialsError) -> Never? in nil }
    guard case .lock(let lock) = taken else { return }
    defer { lock.release() }
    // What a key file is worth is said at a person's login; a robot's kubectl is not to say more than it did.
    let key = try store.establish().key
    let generation = try store.open(id, key: key)?.generation
    _ = try store.commit(
      id,
      header: try KeptRecord.header(of: made, identity),
      payload: Payload(Array(made.secret.expose().utf8)),
      key: key,
      expecting: generation,
      using: nil
    )
    forgetEnded()
  }

  /// Removes what others kept and is over: nobody asks for it again, because digests of renewed tokens are in its name.
  ///
  /// The caller holds the store's lock. Its header tells when; where that is forged, something is had anew.
  private func forgetEnded() {
    let now = effects.now()
    for id in (try? store.list()) ?? [] {
      guard let sealed = try? store.peek(id), let end = KeptRecord.expiry(sealed.header),
        end < now.addingTimeInterval(-Double(Numbers.skew)),
        case .some(let lock) = try? effects.attemptLock(store.lockPath(forSession: id), "sweep")
      else { continue }
      try? store.remove(id, expecting: sealed.generation)
      store.forgetTraces(of: id)
      lock.release()
    }
  }

  private static func id(
    _ identity: KeptIdentity,
    label: String = "kept"
  ) throws(CredentialsError) -> SessionID {
    let parts = identity.parts.map { Array($0.utf8) }
    guard let id = SessionID(bytes: Fingerprint.bytes(of: parts, label: label)) else {
      throw CredentialsError(
        .failed,
        "the identity has no valid name",
        remedy: "please report this"
      )
    }
    return id
  }
}

/// The header of what is kept, which tells it from a session: JSON.
private struct KeptRecord: Codable {
  /// Whose it is.
  let kept: String
  let obtained: Date
  let expiry: Date

  static func header(of secret: KeptSecret, _ identity: KeptIdentity) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let record = KeptRecord(
      kept: identity.name,
      obtained: secret.obtained,
      expiry: secret.expiry
    )
    return Array(try encoder.encode(record))
  }

  /// When what a header describes ends; nil for a session, which has another header.
  static func expiry(_ header: [UInt8]) -> Date? {
    (try? JSONDecoder().decode(KeptRecord.self, from: Data(header)))?.expiry
  }

  static func read(_ opened: OpenSession) -> KeptSecret? {
    guard let record = try? JSONDecoder().decode(KeptRecord.self, from: Data(opened.header)),
      let text = String(validating: opened.payload.bytes, as: UTF8.self)
    else { return nil }
    return KeptSecret(secret: Secret(text), obtained: record.obtained, expiry: record.expiry)
  }
}
