// SPDX-License-Identifier: Apache-2.0
import Host
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct DetachedProcessTests {
  /// What a shell script writes to the descriptor `out`, with these descriptors besides.
  private func output(
    of script: String,
    inherit: [Int32: Int32] = [:],
    out: Int32 = 3,
    environment: [String: String] = ["PATH": "/usr/bin:/bin"]
  ) async throws -> String {
    let pipe = try Pipe.make()
    defer { Pipe.close(pipe.readEnd) }
    var map = inherit
    map[out] = pipe.writeEnd
    let pid = try DetachedProcess.start(
      executable: "/bin/sh",
      arguments: ["-c", script],
      environment: environment,
      inherit: map
    )
    Pipe.close(pipe.writeEnd)
    let bytes = try await Pipe.readAll(pipe.readEnd, limit: 65536, deadline: 60)
    _ = exitStatus(of: pid)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func theChildHasItsDescriptorsAndNoOthers() async throws {
    // Without close-on-exec, as a careless parent may hand them to us.
    let leaked = unsafe open("/dev/zero", O_RDONLY)
    let high = fcntl(leaked, F_DUPFD, 200)
    defer {
      close(leaked)
      close(high)
    }
    let listing = try await output(
      of: "for d in 0 1 2 4 5 6 7 8 9; do [ -e /proc/$$/fd/$d ] && echo $d; done >&3; "
        + "ls /proc/$$/fd | sort -n | tail -1 >&3",
      inherit: [7: leaked]
    )
    // A shell may keep a descriptor for its script above 9, but it reads none with -c.
    #expect(listing == "0\n1\n2\n7\n7\n")
  }

  @Test func standardStreamsLeadNowhere() throws {
    let pid = try DetachedProcess.start(
      executable: "/bin/sleep",
      arguments: ["600"],
      environment: [:]
    )
    let streams = (0...2).map { number in
      var buffer = [CChar](repeating: 0, count: 256)
      let count = unsafe readlink("/proc/\(pid)/fd/\(number)", &buffer, buffer.count)
      return String(
        decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) },
        as: UTF8.self
      )
    }
    kill(pid, SIGKILL)
    _ = exitStatus(of: pid)
    #expect(streams == ["/dev/null", "/dev/null", "/dev/null"])
  }

  @Test func swappedDescriptorsDoNotOverwriteEachOther() async throws {
    let scratch = try Scratch()
    let first = unsafe open(try scratch.write("first", ""), O_RDWR | O_CLOEXEC)
    let second = unsafe open(try scratch.write("second", ""), O_RDWR | O_CLOEXEC)
    defer {
      close(first)
      close(second)
    }
    try #require(first != second && first < 250 && second < 250)
    let out: Int32 = first == 3 || second == 3 ? (first == 4 || second == 4 ? 5 : 4) : 3
    let listing = try await output(
      of: "readlink /proc/$$/fd/\(first) /proc/$$/fd/\(second) >&\(out)",
      inherit: [first: second, second: first],
      out: out
    )
    #expect(listing == "\(scratch.file("second"))\n\(scratch.file("first"))\n")
    #expect(fcntl(first, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test func itLeadsASessionOfItsOwnInTheRootFolder() async throws {
    let words = try await output(
      of: "ps_stat=$(cat /proc/$$/stat); set -- ${ps_stat##*) }; echo $$ $3 $4 $(pwd -P) >&3"
    ).split(separator: " ")
    try #require(words.count == 4)
    #expect(words[0] == words[1])
    #expect(words[0] == words[2])
    #expect(words[3] == "/\n")
  }

  @Test func theEnvironmentIsExactlyWhatWasGiven() async throws {
    let listing = try await output(
      of: "/usr/bin/env >&3",
      environment: ["ONLY": "this one", "PWD": "/"]
    )
    let names = listing.split(separator: "\n").map { $0.prefix { $0 != "=" } }.sorted()
    #expect(listing.contains("ONLY=this one\n"))
    // The shell adds OLDPWD, SHLVL and _ of its own.
    #expect(Set(names).subtracting(["ONLY", "PWD", "OLDPWD", "SHLVL", "_"]).isEmpty)
  }

  @Test func theFourSignalsAreBlockedAtFirst() async throws {
    // A shell would clear the mask of what it runs.
    let pid = try DetachedProcess.start(
      executable: "/bin/sleep",
      arguments: ["600"],
      environment: [:]
    )
    let status = try #require(try Files.readBounded("/proc/\(pid)/status", limit: 65536))
    kill(pid, SIGKILL)
    _ = exitStatus(of: pid)
    let mask = try Self.mask("SigBlk", in: status)
    for number in [SIGHUP, SIGINT, SIGTERM, SIGPIPE] {
      #expect(mask & (1 << UInt64(number - 1)) != 0, "signal \(number)")
    }
    #expect(mask & (1 << UInt64(SIGKILL - 1)) == 0)
  }

  @Test func itOutlivesWhatEndsItsAskersGroup() async throws {
    let pipe = try Pipe.make()
    let scratch = try Scratch()
    let go = scratch.file("go")
    let pid = try DetachedProcess.start(
      executable: "/bin/sh",
      arguments: [
        "-c",
        "trap '' HUP INT TERM PIPE; until [ -e \(go) ]; do sleep 0.05; done; echo survived >&3",
      ],
      environment: ["PATH": "/usr/bin:/bin"],
      inherit: [3: pipe.writeEnd]
    )
    Pipe.close(pipe.writeEnd)
    #expect(getpgid(pid) == pid)
    #expect(getsid(pid) != getsid(0))
    for number in [SIGINT, SIGHUP, SIGTERM, SIGPIPE] { #expect(kill(pid, number) == 0) }
    _ = try scratch.write("go", "")
    let bytes = try await Pipe.readAll(pipe.readEnd, limit: 100, deadline: 60)
    Pipe.close(pipe.readEnd)
    #expect(String(decoding: bytes, as: UTF8.self) == "survived\n")
    #expect(exitStatus(of: pid) == 0)
  }

  /// Not an exit test: its monitor spins while any other child of this process waits to be reaped.
  @Test func theFourSignalsAreIgnoredAfterwards() throws {
    SignalPolicy.block()
    SignalPolicy.outliveAsker()
    defer { for number in [SIGHUP, SIGINT, SIGTERM] { signal(number, SIG_DFL) } }
    let status = try #require(try Files.readBounded("/proc/thread-self/status", limit: 65536))
    for number in [SIGHUP, SIGINT, SIGTERM, SIGPIPE] {
      #expect(try Self.mask("SigIgn", in: status) & (1 << UInt64(number - 1)) != 0)
      #expect(try Self.mask("SigBlk", in: status) & (1 << UInt64(number - 1)) == 0)
    }
  }

  /// A signal mask from a process's status file: proc(5).
  private static func mask(_ name: String, in status: [UInt8]) throws -> UInt64 {
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix(name + ":") }
    let digits = line.map { $0.dropFirst(name.count + 1).filter(\.isHexDigit) }
    return try #require(digits.flatMap { UInt64($0, radix: 16) })
  }

  @Test func ordinarySignalsEndAnOrdinaryChild() throws {
    SignalPolicy.ignorePipe()
    let pid = try DetachedProcess.launch(
      executable: "/bin/sleep",
      arguments: ["600"],
      environment: [:],
      inherit: [:],
      signals: .ordinary
    )
    kill(pid, SIGPIPE)
    #expect(exitStatus(of: pid) == 128 + SIGPIPE)
  }

  @Test func whatCannotBeStartedIsReported() throws {
    #expect {
      try DetachedProcess.start(executable: "/no/such/program", arguments: [], environment: [:])
    } throws: { error in
      (error as? HostError)?.systemError == ENOENT
        && "\(error)".contains("cannot start /no/such/program: no such file")
    }
  }

  @Test(arguments: [[0: 1], [2: 1], [-1: 1], [256: 1], [3: -1], [3: 9999]] as [[Int32: Int32]])
  func impossibleDescriptorsAreRefused(_ inherit: [Int32: Int32]) {
    let error = #expect(throws: HostError.self) {
      try DetachedProcess.start(
        executable: "/bin/true",
        arguments: [],
        environment: [:],
        inherit: inherit
      )
    }
    // -1 and 9999 are no open descriptors, which only the system knows.
    let isTarget = inherit.keys.contains { !(3...255).contains($0) }
    #expect(error?.code == (isTarget ? .badArgument : .system))
  }

  @Test func zeroBytesAreRefused() {
    let error = #expect(throws: HostError.self) {
      try DetachedProcess.start(
        executable: "/bin/true",
        arguments: ["a\0b"],
        environment: [:]
      )
    }
    #expect(error?.code == .badArgument)
  }

  @Test func thisProgramIsFound() throws {
    let path = try #require(Executable.path())
    #expect(path.hasPrefix("/"))
    #expect(Files.isProgram(path))
  }
}
