// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host

/// Starts the detached renewal and watches for its report.
enum LiveRenewal {
  /// Variables that a renewal needs; everything else in an asker's environment is none of its business.
  ///
  /// `SSL_CERT_FILE` and `SSL_CERT_DIR` are not among them: the authorities come with the order, so that they are those
  /// which the session was checked against.
  private static let passed =
    ["HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "TZ"] + WebClient.variables

  /// Starts this program again in a session of its own, hands it the order by pipe and the lock by descriptor.
  static func start(
    _ order: RenewalOrder,
    _ lock: HeldLock,
    environment: [String: String]
  ) async throws -> RenewalWatch {
    guard let executable = Executable.path() else {
      throw HostError(.system, "this program cannot find its own file")
    }
    let orders = try Pipe.make()
    let reports = try Pipe.make()
    defer {
      Pipe.close(orders.readEnd)
      Pipe.close(reports.writeEnd)
    }
    do {
      _ = try DetachedProcess.start(
        executable: executable,
        arguments: [RenewSession.name],
        environment: environment.filter { passed.contains($0.key) },
        inherit: [
          RenewSession.order: orders.readEnd, RenewSession.report: reports.writeEnd,
          RenewSession.lock: lock.descriptor,
        ]
      )
      try await Pipe.writeAll(orders.writeEnd, try order.encoded())
    } catch {
      Pipe.close(orders.writeEnd)
      Pipe.close(reports.readEnd)
      throw error
    }
    Pipe.close(orders.writeEnd)
    return watch(reports.readEnd)
  }

  private static func watch(_ descriptor: Int32) -> RenewalWatch {
    RenewalWatch { seconds in
      defer { Pipe.close(descriptor) }
      let bytes: [UInt8]
      do throws(HostError) {
        bytes = try await Pipe.readAll(descriptor, limit: 1 << 20, deadline: seconds)
      } catch {
        guard error.code == .timedOut else { throw error }
        return nil
      }
      guard let report = RenewalReport(decoding: bytes) else {
        throw HostError(.system, "the renewal ended without a report")
      }
      return report
    }
  }
}
