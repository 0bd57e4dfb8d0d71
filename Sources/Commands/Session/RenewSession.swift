// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The detached renewal: what an asker starts, never a person.
///
/// Descriptor 3 gives the order, 4 takes the report, 5 holds the session lock. Not a command of the argument parser,
/// which would take a quarter of the time of the whole process.
enum RenewSession {
  /// The one argument of the process.
  static let name = "renew-session"

  /// The descriptors that the asker maps.
  static let order: Int32 = 3
  static let report: Int32 = 4
  static let lock: Int32 = 5

  /// Renews as ordered and reports; gives the exit code after telling what went wrong.
  static func run() async -> Int32 {
    do throws(Failure) {
      try await renew()
      return 0
    } catch {
      return ExitCodes.told(error)
    }
  }

  private static func renew() async throws(Failure) {
    SignalPolicy.outliveAsker()
    // The last resort against a renewal that hangs: SIGALRM ends it, and its lock with it.
    alarm(UInt32(Numbers.renewalLife))
    let lock: FileLock
    let order: RenewalOrder
    do {
      lock = try FileLock.adopt(descriptor: Self.lock)
      order = try RenewalOrder(
        decoding: try await Pipe.readAll(Self.order, limit: 1 << 21, deadline: 10)
      )
    } catch {
      throw Failure(
        exitCode: ExitCodes.usage,
        "renew-session is started by get-token only",
        remedy: "run lanyard get-token or lanyard login",
        cause: error
      )
    }
    let store = Live.store(folder: order.storeFolder)
    let effects = Live.effects(.current(), storeFolder: order.storeFolder, verbose: false)
    let report = await Renewal(order: order, store: store, effects: effects).run()
    lock.release()
    // The asker may be gone; what matters is on disk.
    try? await Pipe.writeAll(Self.report, try report.encoded())
  }
}
