// SPDX-License-Identifier: Apache-2.0
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A program that is run to its end for what it prints.
package enum ProgramRun {
  /// What a program left.
  package struct Result: Sendable, Equatable {
    /// The exit status; 128 and the signal's number if one ended it.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: [UInt8]
    /// What it wrote to standard error.
    package let errors: [UInt8]
  }

  /// The most bytes of standard output.
  package static let outputLimit = 1 << 20
  /// The most bytes of standard error.
  package static let errorLimit = 1 << 16

  /// Runs a program without a shell, in a session of its own and with nothing on standard input.
  ///
  /// - Parameters:
  ///   - executable: The program's absolute path.
  ///   - arguments: Its arguments, without the program's own name.
  ///   - environment: Its whole environment.
  ///   - folder: Where it runs.
  ///   - seconds: After so long it is killed, with whatever it has started in its session. What it leaves behind when
  ///     it ends is neither waited for nor killed.
  /// - Returns: What it left.
  /// - Throws: `.timedOut`, `.tooLarge`, `.cancelled`, `.badArgument`, and `.system` if it cannot be started.
  package static func run(
    executable: String,
    arguments: [String],
    environment: [String: String],
    folder: String,
    deadline seconds: Double
  ) async throws(HostError) -> Result {
    let output = try Pipe.make()
    defer { Pipe.close(output.readEnd) }
    let errors: Pipe
    do throws(HostError) {
      errors = try Pipe.make()
    } catch {
      Pipe.close(output.writeEnd)
      throw error
    }
    defer { Pipe.close(errors.readEnd) }
    let started = start(executable, arguments, environment, folder, output, errors)
    Pipe.close(output.writeEnd)
    Pipe.close(errors.writeEnd)
    return try await collect(try started.get(), output.readEnd, errors.readEnd, seconds)
  }

  private static func start(
    _ executable: String,
    _ arguments: [String],
    _ environment: [String: String],
    _ folder: String,
    _ output: Pipe,
    _ errors: Pipe
  ) -> Swift.Result<Int32, HostError> {
    do throws(HostError) {
      return .success(
        try DetachedProcess.launch(
          executable: executable,
          arguments: arguments,
          environment: environment,
          inherit: [STDOUT_FILENO: output.writeEnd, STDERR_FILENO: errors.writeEnd],
          signals: .ordinary,
          folder: folder
        )
      )
    } catch {
      return .failure(error)
    }
  }

  /// Ends with the program, not with whatever it left behind that holds its outputs open.
  private static func collect(
    _ pid: Int32,
    _ output: Int32,
    _ errors: Int32,
    _ seconds: Double
  ) async throws(HostError) -> Result {
    let program = Ending()
    async let said = read(output, outputLimit, dropping: false, seconds, program)
    // Complaints are for messages only: too many of them are no failure.
    async let complained = read(errors, errorLimit, dropping: true, seconds, program)
    async let ended = status(of: pid, seconds: seconds, program)
    let (bytes, complaints, status) = await (said, complained, ended)
    if (try? bytes.get())?.isCut == true {
      if status == nil { end(pid) }
      throw HostError(.tooLarge, "the program printed more than \(outputLimit) bytes")
    }
    guard let status else {
      end(pid)
      if Task.isCancelled { throw HostError(.cancelled, "the program was not waited for") }
      throw HostError(.timedOut, "the program did not end in \(Int(seconds.rounded(.up))) s")
    }
    return Result(
      status: status,
      output: try bytes.get().bytes,
      errors: (try? complaints.get())?.bytes ?? []
    )
  }

  private static func read(
    _ descriptor: Int32,
    _ limit: Int,
    dropping: Bool,
    _ seconds: Double,
    _ program: Ending
  ) async -> Swift.Result<Pipe.Drained, HostError> {
    do throws(HostError) {
      let drained = try await Pipe.drain(
        descriptor,
        limit: limit,
        dropping: dropping,
        // A second more than the program has: it is its end that decides.
        deadline: seconds + 1
      ) { program.isOver }
      if drained.isCut, !dropping { program.note() }
      return .success(drained)
    } catch {
      return .failure(error)
    }
  }

  /// Nil if it has not ended by then; either way its outputs are not waited for any longer.
  private static func status(of pid: Int32, seconds: Double, _ program: Ending) async -> Int32? {
    defer { program.note() }
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      if let status = reaped(pid) { return status }
      guard !program.isOver, ContinuousClock.now < end,
        (try? await Task.sleep(for: .milliseconds(5))) != nil
      else {
        return nil
      }
    }
  }

  private static func reaped(_ pid: Int32) -> Int32? {
    var status: Int32 = 0
    guard unsafe waitpid(pid, &status, WNOHANG) == pid else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  private static func end(_ pid: Int32) {
    _ = kill(-pid, SIGKILL)
    var status: Int32 = 0
    unsafe _ = waitpid(pid, &status, 0)
  }
}

/// Whether a program has ended, or printed too much to go on.
private final class Ending: Sendable {
  private let ended = Atomic(false)

  var isOver: Bool { ended.load(ordering: .acquiring) }

  func note() { ended.store(true, ordering: .releasing) }
}

extension Executable {
  /// The absolute path of a program: a path as it is, a name where one of these folders has it, the first one first.
  ///
  /// Relative folders are passed over: what is run must not depend on the folder that kubectl was called in.
  package static func find(_ name: String, in folders: [String]) -> String? {
    if name.contains("/") { return name.hasPrefix("/") && Files.isProgram(name) ? name : nil }
    return folders.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first {
      Files.isProgram($0)
    }
  }

  /// Where programs of the system and of an account lie, whatever `PATH` says.
  package static func folders(accountHome: String?) -> [String] {
    let own = accountHome.map { ["\($0)/.local/bin", "\($0)/bin"] } ?? []
    return ["/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin", "/snap/bin"] + own
  }
}
