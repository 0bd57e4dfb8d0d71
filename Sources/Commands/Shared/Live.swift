// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTypes
import Host
import OAuth
import ReadyCredential
import SessionStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The one place where the effects of `Credentials` are made of `Host`.
enum Live {
  /// The machine id, hashed so that it names nothing outside; nil where there is none.
  static var hostID: String? {
    HostName.machineID().map { id in
      HexDigits.text(SHA256.hash(Array("lanyard/host/1\n\(id)".utf8)).prefix(8))
    }
  }

  /// The store in a folder.
  static func store(folder: String) -> SessionStore {
    SessionStore(folder: folder, hostID: hostID, random: { Randomness.bytes($0) })
  }

  /// The effects of the running process.
  ///
  /// `byHand`: a person typed the command, so that what their own environment says about the browser counts, without
  /// what a context's `exec.env` adds to it; in `get-token` the two cannot be told apart.
  static func effects(
    _ surroundings: ProcessSurroundings,
    storeFolder: String,
    verbose: Bool,
    byHand: Bool = false
  ) -> Effects {
    let web = WebClients(environment: surroundings.environment)
    // A context's exec.env is in the surroundings, also when a person typed the command; what may choose a program is
    // not taken from there.
    let own = byHand ? ProcessEnvironment.all() : surroundings.environment
    return Effects(
      now: { Clock.now() },
      uptime: { uptime() },
      random: { Randomness.bytes($0) },
      pause: { try await Task.sleep(for: .seconds($0)) },
      send: { trust, call async throws(TransportFailure) in
        try await web.send(call, with: trust)
      },
      attemptLock: { path, why throws(LockProblem) in try attemptLock(path, why) },
      lockHolder: { path in lockHolder(path) },
      startRenewal: { order, lock in try await startRenewal(order, lock, surroundings) },
      listen: { addresses async throws(ListenProblem) in try await LiveListener.bind(addresses) },
      openBrowser: { url in
        Browser.open(
          url: url,
          environment: own,
          surroundings: byHand ? .observe(environment: own) : surroundings.host,
          allowBrowserVariable: byHand
        )
      },
      ask: { question, echoes in try await LiveTerminal.ask(question, echoes: echoes) },
      showQRCode: { LiveTerminal.showQRCode($0, surroundings.environment) },
      tell: { StandardError.write(Terminal.escape($0)) },
      trace: { if verbose { StandardError.write("lanyard: \(Terminal.escape($0))") } }
    )
  }

  /// Somebody at a terminal is told what is waited for.
  private static func startRenewal(
    _ order: RenewalOrder,
    _ lock: HeldLock,
    _ surroundings: ProcessSurroundings
  ) async throws -> RenewalWatch {
    let host = Terminal.escape(order.request.issuer.host)
    let tell: @Sendable (Double) -> Void = {
      StandardError.write("waiting for the answer of \(host), at most \(Int($0.rounded())) s more")
    }
    return try await RenewSession.start(
      order,
      lock,
      environment: surroundings.environment,
      waiting: surroundings.host.stderrIsTerminal ? tell : nil
    )
  }

  private static func uptime() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func attemptLock(_ path: String, _ why: String) throws(LockProblem) -> HeldLock? {
    let lock: FileLock?
    do {
      lock = try FileLock.attempt(path: path)
    } catch {
      throw lockFailure(error, path)
    }
    guard let lock else { return nil }
    lock.note(pid: getpid(), why: why)
    return HeldLock(
      descriptor: lock.descriptor,
      release: { lock.release() },
      handOver: { lock.abandon() }
    )
  }

  /// A lock file that cannot be used at all, told like every other failure of the store.
  private static func lockFailure(_ error: HostError, _ path: String) -> LockProblem {
    if error.code == .notOurFile {
      return LockProblem(.folderUnsafe, what: error.message, remedy: error.remedy ?? "remove it")
    }
    return LockProblem(FileFault(error.systemError ?? EIO), doing: "lock", path: path)
  }

  /// The holder of a lock, if the lock is really held: a note alone may be left over from a killed process.
  private static func lockHolder(_ path: String) -> LockHolder? {
    guard let note = FileLock.holder(path: path) else { return nil }
    if let lock = try? FileLock.attempt(path: path) {
      lock.release()
      return nil
    }
    return LockHolder(
      process: note.pid,
      since: .init(timeIntervalSince1970: Double(note.since))
    )
  }
}
