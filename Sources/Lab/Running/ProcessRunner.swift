// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs other programs, for the tour and for tests: kubectl, lanyard.
package enum ProcessRunner {
  /// What a program left behind.
  package struct Result: Sendable {
    /// The exit code, or 128 plus the signal that ended it, as a shell says it.
    package let status: Int
    package let output: String
    package let errors: String
  }

  /// The full path of a program: `name` itself if it has a slash, else the first executable in
  /// `$PATH`; nil when there is none.
  package static func find(_ name: String) -> String? {
    if name.contains("/") { return isExecutable(name) ? name : nil }
    return environment["PATH", default: ""].split(separator: ":").map { "\($0)/\(name)" }
      .first(where: isExecutable)
  }

  /// The environment of this process.
  package static var environment: [String: String] {
    var result: [String: String] = [:]
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      let pair = unsafe String(cString: entry).split(
        separator: "=",
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
      unsafe next += 1
    }
    return result
  }

  /// Runs a program to its end with nothing on its standard input.
  ///
  /// `environment` is all it gets; without it, this process's own is handed down.
  /// Throws `LabError.process` when it cannot be started, or did not end in time and was killed,
  /// and `CancellationError` after killing it when the task was cancelled.
  package static func run(
    _ arguments: [String],
    environment: [String: String]? = nil,
    timeout: Duration = .seconds(180)
  ) async throws -> Result {
    var child = try ChildProcess(arguments, environment: environment ?? self.environment)
    let deadline = ContinuousClock.now + timeout
    while true {
      if let result = child.collect() { return result }
      guard ContinuousClock.now < deadline else {
        child.kill()
        throw LabError(.process, "\(arguments.first ?? "") did not end within \(timeout)")
      }
      do {
        try await Task.sleep(for: .milliseconds(2))
      } catch {
        child.kill()
        throw error
      }
    }
  }

  private static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && access(path, X_OK) == 0
  }
}

#if canImport(Darwin)
private typealias SpawnAttributes = posix_spawnattr_t?
#else
private typealias SpawnAttributes = posix_spawnattr_t
#endif

/// A program that was started, with pipes from its output and its errors.
package struct ChildProcess: ~Copyable {
  /// The process id, for signals.
  package let processID: Int32
  private var output: PipeReader
  private var errors: PipeReader
  private var status: Int?

  /// Starts a program in a process group of its own; throws `LabError.process`.
  package init(_ arguments: [String], environment: [String: String]) throws {
    guard let name = arguments.first, let path = ProcessRunner.find(name) else {
      throw LabError(.process, "there is no program \(arguments.first ?? "")")
    }
    let output = try PipeReader()
    let errors = try PipeReader()
    let entries = environment.map { "\($0.key)=\($0.value)" }
    let (failure, processID) = Self.spawn(
      path,
      arguments,
      entries,
      output: output.writeEnd,
      errors: errors.writeEnd
    )
    output.closeWriteEnd()
    errors.closeWriteEnd()
    guard failure == 0 else {
      output.closeReadEnd()
      errors.closeReadEnd()
      throw LabError(.process, "cannot start \(path) (errno \(failure))")
    }
    self.processID = processID
    self.output = output
    self.errors = errors
  }

  private static func spawn(
    _ path: String,
    _ arguments: [String],
    _ environment: [String],
    output: Int32,
    errors: Int32
  ) -> (failure: Int32, processID: Int32) {
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    var attributes: SpawnAttributes = nil
    #else
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = SpawnAttributes()
    #endif
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
    standAlone(&attributes)
    var processID: Int32 = 0
    var argumentPointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var environmentPointers = unsafe environment.map { unsafe strdup($0) } + [nil]
    let failure = unsafe posix_spawn(
      &processID,
      path,
      &actions,
      &attributes,
      &argumentPointers,
      &environmentPointers
    )
    for index in unsafe argumentPointers.indices { unsafe free(argumentPointers[index]) }
    for index in unsafe environmentPointers.indices { unsafe free(environmentPointers[index]) }
    return (failure, processID)
  }

  /// A process group of its own, and signals that end the program even where this process ignores
  /// them, as under nohup.
  private static func standAlone(_ attributes: inout SpawnAttributes) {
    var ending = sigset_t()
    unsafe sigemptyset(&ending)
    for signal in [SIGHUP, SIGINT, SIGTERM] { unsafe sigaddset(&ending, signal) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &ending)
    // Threads of the Swift runtime block most signals, which a program that they start would inherit.
    var blocked = sigset_t()
    unsafe sigemptyset(&blocked)
    unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags =
      Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF)
      | Int16(POSIX_SPAWN_SETSIGMASK)
    unsafe posix_spawnattr_setflags(&attributes, flags)
  }

  /// Reads what there is; the result once the program has ended, nil before.
  package mutating func collect() -> ProcessRunner.Result? {
    output.drain()
    errors.drain()
    if status == nil {
      var code: Int32 = 0
      guard unsafe waitpid(processID, &code, WNOHANG) == processID else { return nil }
      let signal = code & 0x7f
      status = signal == 0 ? Int(code >> 8) & 0xff : 128 + Int(signal)
    }
    output.drain()
    errors.drain()
    return status.map { .init(status: $0, output: output.text, errors: errors.text) }
  }

  /// What the program had written to its standard error at the last `collect()`.
  package var errorsSoFar: String { errors.text }

  /// Sends a signal to the program alone.
  package func send(_ signal: Int32) {
    _ = Self.sendSignal(processID, signal)
  }

  /// Kills the program's process group and reaps the program.
  package mutating func kill() {
    guard status == nil else { return }
    _ = Self.sendSignal(-processID, SIGKILL)
    var code: Int32 = 0
    while unsafe waitpid(processID, &code, 0) < 0 && errno == EINTR {}
    status = 128 + Int(SIGKILL)
  }

  private static func sendSignal(_ target: Int32, _ signal: Int32) -> Int32 {
    #if canImport(Glibc)
    Glibc.kill(target, signal)
    #elseif canImport(Musl)
    Musl.kill(target, signal)
    #else
    Darwin.kill(target, signal)
    #endif
  }
}
