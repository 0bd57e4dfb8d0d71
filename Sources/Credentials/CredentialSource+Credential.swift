// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth
import SessionStore

extension CredentialSource {
  /// The bytes to print for this request: design of the whole in docs/life-of-a-credential.md.
  ///
  /// Ready credential, else the session's token, else a renewal by a detached process, else a login if a person is
  /// there. Throws `CredentialsError`; nothing is to be printed then.
  package func credential(_ slot: ReadySlot) async throws(CredentialsError) -> [UInt8] {
    if request.grant.isUnattended { return try await unattendedCredential(slot) }
    var rejected = false
    switch slot.lookup(effects.now()) {
    case .hit(let body): return body
    case .miss(let wasRejected): rejected = wasRejected
    }
    if rejected { effects.trace("the caller was served this token before and asks again") }
    let record: Record?
    let damaged: String?
    do {
      (record, damaged) = try open()
    } catch {
      return try await logInWithoutStore(error, slot)
    }
    if let damaged { return try await logInAndHand(.damaged(path: damaged), slot) }
    return try await take(decide(record, rejected: rejected), rejected: rejected, slot)
  }

  /// Does what the session as it stands asks for.
  private func take(
    _ step: NextStep,
    rejected: Bool,
    _ slot: ReadySlot
  ) async throws(CredentialsError) -> [UInt8] {
    switch step {
    case .hand(let token, let times): return hand(token, times, slot)
    case .renew(let good): return try await renew(good, rejected: rejected, slot)
    case .share(let outage, let good):
      if let good, outage.code == .temporary { return hand(good.token, good.times, slot) }
      throw outage.shared(at: effects.now())
    case .logIn(let reason): return try await logInAndHand(reason, slot)
    case .otherAuthorities: throw otherAuthorities
    }
  }

  /// A store that this user cannot have keeps nothing, but whoever is there can log in all the same.
  private func logInWithoutStore(
    _ error: CredentialsError,
    _ slot: ReadySlot
  ) async throws(CredentialsError) -> [UInt8] {
    guard (error.cause as? StoreError)?.isNoStoreForUser == true,
      way != .none
    else { throw error }
    return try await logInAndHand(.noSession, slot)
  }

  func decide(_ record: Record?, rejected: Bool) -> NextStep {
    NextStep.decide(
      session: record?.session,
      request: request,
      rejected: rejected,
      now: effects.now()
    )
  }

  /// Renders a token, keeps it as ready credential while it is not due, and gives the bytes.
  func hand(_ token: Secret, _ times: TokenTimes, _ slot: ReadySlot) -> [UInt8] {
    slot.hand(token, times, effects)
  }

  // MARK: renewal

  private func renew(
    _ good: NextStep.Good?,
    rejected: Bool,
    _ slot: ReadySlot
  ) async throws(CredentialsError) -> [UInt8] {
    let path = store.lockPath(forSession: try request.sessionID)
    let patience = good == nil ? Numbers.renewalWait : Numbers.patience
    let start = effects.uptime()
    let taken: LockQueue.Taken<[UInt8]>
    do throws(CredentialsError) {
      try prepareFolders()
      taken = try await queue.take(
        path,
        why: "renewal",
        seconds: patience,
        notice: options.audience.terminal ? "another process is renewing this session" : nil
      ) { () throws(CredentialsError) -> [UInt8]? in
        try renewedMeanwhile(slot, rejected: rejected)
      }
    } catch {
      return try settleForOld(good, slot, error)
    }
    switch taken {
    case .found(let body): return body
    case .late:
      let error = CredentialsError(
        .temporary,
        "another process is renewing this session and has not finished",
        remedy: "try again in a moment"
      )
      let step = (try? stepNow(rejected)) ?? .renew(stillGood: good)
      guard case .renew(let good) = step else {
        return try await take(step, rejected: rejected, slot)
      }
      return try settleForOld(good, slot, error)
    case .lock(let lock):
      let left = max(patience - (effects.uptime() - start), 0.05)
      return try await renew(holding: lock, good, rejected: rejected, seconds: left, slot)
    }
  }

  /// Whether somebody else has renewed while this process waited for the lock.
  private func renewedMeanwhile(
    _ slot: ReadySlot,
    rejected: Bool
  ) throws(CredentialsError) -> [UInt8]? {
    if case .hit(let body) = slot.lookup(effects.now()) { return body }
    guard let record = try open().record,
      case .hand(let token, let times) = decide(record, rejected: rejected),
      !times.isDue(at: effects.now())
    else { return nil }
    return hand(token, times, slot)
  }

  private func renew(
    holding lock: HeldLock,
    _ good: NextStep.Good?,
    rejected: Bool,
    seconds: Double,
    _ slot: ReadySlot
  ) async throws(CredentialsError) -> [UInt8] {
    let step: NextStep
    do throws(CredentialsError) {
      step = try stepNow(rejected)
    } catch {
      lock.release()
      return try settleForOld(good, slot, error)
    }
    guard case .renew(let good) = step else {
      lock.release()
      return try await take(step, rejected: rejected, slot)
    }
    let watch: RenewalWatch
    do throws(CredentialsError) {
      watch = try await start(lock, rejected: rejected)
    } catch {
      return try settleForOld(good, slot, error)
    }
    return try await follow(watch, good, seconds: seconds, slot)
  }

  /// What the store, read again after a wait, asks for.
  ///
  /// That is final, whatever was good before: a logout or another person's login may have come between.
  private func stepNow(_ rejected: Bool) throws(CredentialsError) -> NextStep {
    decide(try open().record, rejected: rejected)
  }

  /// Proves that the store can be written, then starts the detached renewal and leaves the lock to it.
  private func start(
    _ lock: HeldLock,
    rejected: Bool
  ) async throws(CredentialsError) -> RenewalWatch {
    do {
      let id = try request.sessionID
      store.sweep(id)
      try store.reserve(id, capacity: Numbers.reservedBytes).discard()
      let order = RenewalOrder(
        request: request,
        storeFolder: store.folder,
        hostID: options.hostID,
        runtimeFolder: options.runtimeFolder,
        dataKey: try store.unlock(),
        rejected: rejected
      )
      let watch = try await effects.startRenewal(order, lock)
      lock.handOver()
      effects.trace("a detached process renews the session")
      return watch
    } catch let error as StoreError {
      lock.release()
      throw CredentialsError(error)
    } catch let error as CredentialsError {
      lock.release()
      throw error
    } catch {
      lock.release()
      throw CredentialsError(
        .failed,
        "the renewal could not be started: \(error)",
        remedy: "try again",
        cause: error
      )
    }
  }

  private func follow(
    _ watch: RenewalWatch,
    _ good: NextStep.Good?,
    seconds: Double,
    _ slot: ReadySlot
  ) async throws(CredentialsError) -> [UInt8] {
    let report: RenewalReport
    do throws(CredentialsError) {
      report = try await self.report(of: watch, seconds: seconds)
    } catch {
      return try settleForOld(good, slot, error)
    }
    switch report {
    case .renewed: return try handRenewed(slot)
    case .notKept(let token, let times, let why):
      effects.tell("the renewed session could not be kept: \(why)")
      effects.tell("  this token is good, but you may have to log in again when it ends")
      return hand(token, times, slot)
    case .ended(let why), .noToken(let why):
      if let good, good.times.isGood(at: effects.now()) {
        return hand(good.token, good.times, slot)
      }
      return try await logInAndHand(.ended(at: effects.now(), why: why), slot)
    case .store(let error): return try settleForOld(good, slot, CredentialsError(error))
    case .failed(let code, let what, let remedy):
      let error = CredentialsError(code, what, remedy: remedy)
      // A token that failed its verdict says that something is wrong now; an old one would hide it.
      guard code != .verdict else { throw error }
      return try settleForOld(good, slot, error)
    }
  }

  private func report(
    of watch: RenewalWatch,
    seconds: Double
  ) async throws(CredentialsError) -> RenewalReport {
    let report: RenewalReport?
    do {
      report = try await watch.report(seconds)
    } catch {
      throw CredentialsError(
        .failed,
        "the renewal ended without a report",
        remedy: "try again; the session is kept",
        cause: error
      )
    }
    guard let report else {
      throw CredentialsError(
        .temporary,
        "the renewal has not finished",
        remedy: "try again in a moment; it goes on"
      )
    }
    return report
  }

  /// What a renewal has just put into the store: handed out as long as it is good, however short its life.
  private func handRenewed(_ slot: ReadySlot) throws(CredentialsError) -> [UInt8] {
    if case .hit(let body) = slot.lookup(effects.now()) { return body }
    guard let (token, times) = try open().record?.session?.token(request.token) else {
      throw CredentialsError(
        .configuration,
        "the issuer gave no \(request.token.rawValue) token",
        remedy: "check the scopes and --token"
      )
    }
    guard times.isGood(at: effects.now()) else {
      throw CredentialsError(
        .temporary,
        "the renewed token had expired before it could be handed out",
        remedy: "try again; if that stays so, the issuer's tokens live too short"
      )
    }
    return hand(token, times, slot)
  }

  /// The old token if it is still good, with the reason told only under `-v`; else the reason.
  private func settleForOld(
    _ good: NextStep.Good?,
    _ slot: ReadySlot,
    _ error: CredentialsError
  ) throws(CredentialsError) -> [UInt8] {
    guard let good, good.times.isGood(at: effects.now()) else { throw error }
    effects.trace("handing out the old token, which is still good: \(error.what)")
    return hand(good.token, good.times, slot)
  }

  /// Why a session that was made with other certificates is not used.
  var otherAuthorities: CredentialsError {
    .otherAuthorities(from: options.certificatesFrom(), loginCommand: options.loginCommand())
  }
}
