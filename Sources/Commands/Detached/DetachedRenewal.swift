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

/// A renewal in a process of its own, which outlives whoever wants it: what its two ends have in common.
///
/// Descriptor 3 gives the order, 4 takes the report, 5 holds the lock. Such a process is no command of the argument
/// parser, which would take a quarter of its time.
enum DetachedRenewal {
  private static let order: Int32 = 3
  private static let report: Int32 = 4
  private static let lock: Int32 = 5

  /// Variables that a renewal needs; everything else in an asker's environment is none of its business.
  ///
  /// `SSL_CERT_FILE` and `SSL_CERT_DIR` are not among them: the authorities come with the order, so that they are those
  /// which the session was checked against.
  private static let passed =
    ["HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "TZ"] + WebClient.variables

  /// Starts this program again in a session of its own, hands it the order by pipe and the lock by descriptor.
  ///
  /// `name` is its one argument, `folder` where it runs. Gives the descriptor that its report comes from.
  static func start(
    _ name: String,
    _ order: [UInt8],
    _ lock: HeldLock,
    environment: [String: String],
    folder: String = "/"
  ) async throws -> Int32 {
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
        arguments: [name],
        environment: environment.filter { passed.contains($0.key) },
        inherit: [
          Self.order: orders.readEnd, Self.report: reports.writeEnd, Self.lock: lock.descriptor,
        ],
        folder: folder
      )
      try await Pipe.writeAll(orders.writeEnd, order, deadline: Numbers.handOver)
    } catch {
      Pipe.close(orders.writeEnd)
      Pipe.close(reports.readEnd)
      throw error
    }
    Pipe.close(orders.writeEnd)
    return reports.readEnd
  }

  /// What the process reported, which is closed then; nil if that takes longer than so many seconds.
  ///
  /// Empty if it ended without a report. Throws `HostError`.
  static func report(from descriptor: Int32, seconds: Double) async throws(HostError) -> [UInt8]? {
    defer { Pipe.close(descriptor) }
    do throws(HostError) {
      return try await Pipe.readAll(descriptor, limit: 1 << 20, deadline: seconds)
    } catch {
      guard error.code == .timedOut else { throw error }
      return nil
    }
  }

  /// The new process: takes the order over, carries it out and reports; gives the exit code.
  ///
  /// `body` turns an order into a report; what it throws says that nobody ordered anything.
  static func run(_ name: String, _ body: ([UInt8]) async throws -> [UInt8]) async -> Int32 {
    SignalPolicy.outliveAsker()
    // The last resort against a renewal that hangs: SIGALRM ends it, and its lock with it.
    alarm(UInt32(Numbers.renewalLife))
    do {
      let lock = try FileLock.adopt(descriptor: lock)
      let answer = try await body(
        try await Pipe.readAll(order, limit: 1 << 21, deadline: Numbers.handOver)
      )
      lock.release()
      // The asker may be gone; what matters is on disk.
      try? await Pipe.writeAll(report, answer, deadline: Numbers.handOver)
      return 0
    } catch {
      return ExitCodes.told(
        Failure(
          exitCode: ExitCodes.usage,
          "\(name) is started by get-token only",
          remedy: "run lanyard get-token or lanyard login",
          cause: error
        )
      )
    }
  }
}
