// SPDX-License-Identifier: Apache-2.0
import CPlatform

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A process that outlives the one that started it.
package enum DetachedProcess {
  /// Which signals a child starts with.
  package enum Signals: Sendable {
    /// HUP, INT, TERM and PIPE blocked, until the child has told the system to ignore them.
    case shielded
    /// Nothing blocked, and those four at their defaults.
    case ordinary
  }

  /// Starts a program in a session of its own, with stdio on `/dev/null`.
  ///
  /// The child has exactly the descriptors of `inherit` besides stdio, and starts with HUP, INT, TERM and
  /// PIPE blocked until it
  /// calls ``SignalPolicy/outliveAsker()``.
  ///
  /// - Parameters:
  ///   - executable: The program's absolute path.
  ///   - arguments: Its arguments, without the program's own name.
  ///   - environment: Its whole environment.
  ///   - inherit: Descriptor in the child (3 or higher) to descriptor of ours. Ours stay open, and may have any number.
  ///   - folder: Where it runs.
  /// - Returns: The process id.
  /// - Throws: `.badArgument` for a mapping that cannot be, `.system` if the program cannot be started.
  package static func start(
    executable: String,
    arguments: [String],
    environment: [String: String],
    inherit: [Int32: Int32] = [:],
    folder: String = "/"
  ) throws(SpawnError) -> Int32 {
    guard inherit.keys.allSatisfy({ $0 >= 3 }) else {
      throw HostError(.badArgument, "a process that outlives its asker has no stdio of its own")
    }
    return try launch(
      executable: executable,
      arguments: arguments,
      environment: environment,
      inherit: inherit,
      signals: .shielded,
      folder: folder
    )
  }

  /// Starts a program as ``start(executable:arguments:environment:inherit:folder:)`` does, with a choice of signals.
  ///
  /// A browser must not start with signals blocked. `folder` is where it runs; `inherit` may name stdout and stderr.
  ///
  /// Throws `.badArgument` for a zero byte in a text, `.system` if the program cannot be started.
  package static func launch(
    executable: String,
    arguments: [String],
    environment: [String: String],
    inherit: [Int32: Int32],
    signals: Signals,
    folder: String = "/"
  ) throws(SpawnError) -> Int32 {
    let strings = [executable, folder] + arguments + environment.flatMap { [$0.key, $0.value] }
    guard strings.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw HostError(.badArgument, "an argument for a new process holds a zero byte")
    }
    let copies = try DescriptorCopies(inherit)
    defer { copies.close() }
    let plan = try SpawnPlan(copies: copies, signals: signals, folder: folder)
    defer { plan.destroy() }
    var arguments = CStrings([executable] + arguments)
    var environment = CStrings(environment.map { "\($0.key)=\($0.value)" })
    defer {
      arguments.free()
      environment.free()
    }
    return try plan.run(executable, &arguments, &environment)
  }
}

/// Copies of descriptors at numbers above every target, so that moving one never overwrites another.
private struct DescriptorCopies {
  private(set) var copies: [(target: Int32, copy: Int32)] = []
  /// The number of descriptors, gaps included, that the child may have.
  let end: Int32

  init(_ inherit: [Int32: Int32]) throws(SpawnError) {
    end = max(2, inherit.keys.max() ?? 2) + 1
    guard inherit.keys.allSatisfy({ $0 >= 1 && $0 < 256 }) else {
      throw HostError(.badArgument, "a child's descriptors must lie between 1 and 255")
    }
    for (target, source) in inherit.sorted(by: { $0.key < $1.key }) {
      let copy = fcntl(source, F_DUPFD_CLOEXEC, end)
      guard copy >= 0 else {
        let failure = HostError.system("cannot pass descriptor \(source) to a new process")
        close()
        throw failure
      }
      copies.append((target, copy))
    }
  }

  /// The numbers below ``end`` at which the child must have nothing.
  var gaps: [Int32] {
    (3..<max(end, 3)).filter { number in !copies.contains { $0.target == number } }
  }

  func close() {
    for entry in copies { systemClose(entry.copy) }
  }
}

/// Null-terminated C strings in an array that a null ends.
@safe private struct CStrings {
  var pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) {
    unsafe pointers = strings.map { unsafe strdup($0) } + [nil]
  }

  mutating func free() {
    for index in unsafe pointers.indices { unsafe systemFree(pointers[index]) }
    unsafe pointers = []
  }
}

/// What `posix_spawn(3)` is told to do.
@safe private final class SpawnPlan {
  #if canImport(Darwin)
  private var actions: posix_spawn_file_actions_t?
  private var attributes: posix_spawnattr_t?
  #else
  private var actions = unsafe posix_spawn_file_actions_t()
  private var attributes = posix_spawnattr_t()
  #endif

  init(
    copies: DescriptorCopies,
    signals: DetachedProcess.Signals,
    folder: String
  ) throws(SpawnError) {
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    do throws(SpawnError) {
      try arrangeDescriptors(copies, folder)
      try arrangeSignals(signals)
    } catch {
      destroy()
      throw error
    }
  }

  func destroy() {
    unsafe posix_spawn_file_actions_destroy(&actions)
    unsafe posix_spawnattr_destroy(&attributes)
  }

  private func check(_ status: Int32) throws(SpawnError) {
    guard status == 0 else { throw .system("cannot prepare a new process", status) }
  }

  private func arrangeDescriptors(
    _ copies: DescriptorCopies,
    _ folder: String
  ) throws(SpawnError) {
    try check(unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0))
    for number: Int32 in 1...2 where !copies.copies.contains(where: { $0.target == number }) {
      try check(
        unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
      )
    }
    for entry in copies.copies {
      try check(unsafe posix_spawn_file_actions_adddup2(&actions, entry.copy, entry.target))
    }
    #if os(Linux)
    for number in copies.gaps {
      try check(unsafe posix_spawn_file_actions_addclose(&actions, number))
    }
    #endif
    try check(unsafe platform_spawn_close_from(&actions, copies.end))
    try check(unsafe platform_spawn_chdir(&actions, folder))
  }

  private func arrangeSignals(_ signals: DetachedProcess.Signals) throws(SpawnError) {
    var flags = Int16(platform_spawn_setsid()) | Int16(POSIX_SPAWN_SETSIGMASK)
    #if canImport(Darwin)
    flags |= Int16(POSIX_SPAWN_CLOEXEC_DEFAULT)
    #endif
    var mask = SignalPolicy.signalSet(signals == .shielded ? SignalPolicy.outlived : [])
    if signals == .ordinary {
      flags |= Int16(POSIX_SPAWN_SETSIGDEF)
      var defaults = SignalPolicy.signalSet(SignalPolicy.outlived)
      try check(unsafe posix_spawnattr_setsigdefault(&attributes, &defaults))
    }
    try check(unsafe posix_spawnattr_setsigmask(&attributes, &mask))
    try check(unsafe posix_spawnattr_setflags(&attributes, flags))
  }

  func run(
    _ executable: String,
    _ arguments: inout CStrings,
    _ environment: inout CStrings
  ) throws(SpawnError) -> Int32 {
    var pid: pid_t = 0
    let status = unsafe posix_spawn(
      &pid,
      executable,
      &actions,
      &attributes,
      &arguments.pointers,
      &environment.pointers
    )
    guard status == 0 else {
      throw .system("cannot start \(Terminal.escape(executable))", status)
    }
    return pid
  }
}

/// `close(2)`, named so that methods called `close` do not hide it.
private func systemClose(_ descriptor: Int32) {
  close(descriptor)
}

/// `free(3)`, named so that methods called `free` do not hide it.
private func systemFree(_ pointer: UnsafeMutablePointer<CChar>?) {
  unsafe free(pointer)
}
