// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host

/// The detached renewal of a session, from both ends.
enum RenewSession {
  /// The one argument of its process.
  static let name = "renew-session"

  /// Starts it and gives what waits for its report.
  ///
  /// `waiting` is told, once a person would notice, how many seconds more that takes at most; nil: nobody is there.
  static func start(
    _ order: RenewalOrder,
    _ lock: HeldLock,
    environment: [String: String],
    waiting: (@Sendable (Double) -> Void)?
  ) async throws -> RenewalWatch {
    let report =
      try await DetachedRenewal.start(name, try order.encoded(), lock, environment: environment)
    return RenewalWatch { seconds in
      let notice = waiting.map { tell in
        Task {
          try await Task.sleep(for: .seconds(Numbers.patience))
          tell(seconds - Numbers.patience)
        }
      }
      defer { notice?.cancel() }
      guard let bytes = try await DetachedRenewal.report(from: report, seconds: seconds) else {
        return nil
      }
      guard let report = RenewalReport(decoding: bytes) else {
        throw HostError(.system, "the renewal ended without a report")
      }
      return report
    }
  }

  /// The process itself; gives its exit code.
  static func run() async -> Int32 {
    await DetachedRenewal.run(name) { bytes in
      let order = try RenewalOrder(decoding: bytes)
      let store = Live.store(folder: order.storeFolder)
      let effects = Live.effects(.current(), storeFolder: order.storeFolder, verbose: false)
      return try await Renewal(order: order, store: store, effects: effects).run().encoded()
    }
  }
}
