// SPDX-License-Identifier: Apache-2.0

import Host
import Testing

/// Programs that are run for what they print.
@Suite struct ProgramRunTests {
  private func run(
    _ script: String,
    environment: [String: String] = [:],
    folder: String = "/",
    seconds: Double = 60
  ) async throws(HostError) -> ProgramRun.Result {
    try await ProgramRun.run(
      executable: "/bin/sh",
      arguments: ["-c", script],
      environment: environment,
      folder: folder,
      deadline: seconds
    )
  }

  @Test func `both outputs and the status come back`() async throws {
    let result = try await run("echo out; echo err >&2; exit 3")
    #expect(String(decoding: result.output, as: UTF8.self) == "out\n")
    #expect(String(decoding: result.errors, as: UTF8.self) == "err\n")
    #expect(result.status == 3)
  }

  @Test func `a signal is 128 and its number`() async throws {
    #expect(try await run("kill -TERM $$").status == 143)
  }

  @Test func `it has the environment that it is given, and no input`() async throws {
    let result = try await run(
      "cat; echo $WORD-$HOME; pwd",
      environment: ["WORD": "a"],
      folder: "/tmp"
    )
    #expect(String(decoding: result.output, as: UTF8.self) == "a-\n/tmp\n")
  }

  @Test func `much output is read to its end`() async throws {
    let result = try await run("head -c 300000 /dev/zero; head -c 60000 /dev/zero >&2")
    #expect(result.output.count == 300_000)
    #expect(result.errors.count == 60_000)
  }

  @Test func `too much output is refused`() async throws {
    let error = await #expect(throws: HostError.self) {
      try await run("head -c 2000000 /dev/zero")
    }
    #expect(error?.code == .tooLarge)
  }

  @Test(arguments: ["", ">/dev/null", "2>/dev/null"])
  func `what it leaves behind is not waited for`(redirection: String) async throws {
    let result = try await run("sleep 40 \(redirection) & echo out; echo err >&2", seconds: 30)
    #expect(String(decoding: result.output, as: UTF8.self) == "out\n")
    #expect(String(decoding: result.errors, as: UTF8.self) == "err\n")
  }

  @Test func `complaints without end do not hold it up`() async throws {
    let result = try await run("head -c 2000000 /dev/zero >&2; echo out")
    #expect(String(decoding: result.output, as: UTF8.self) == "out\n")
    #expect(result.errors.count == ProgramRun.errorLimit)
  }

  @Test func `what does not end is killed`() async throws {
    let error = await #expect(throws: HostError.self) {
      try await run("sleep 1000 & sleep 1000", seconds: 0.3)
    }
    #expect(error?.code == .timedOut)
  }

  @Test func `what is no program is an error`() async throws {
    await #expect(throws: HostError.self) {
      try await ProgramRun.run(
        executable: "/nowhere/program",
        arguments: [],
        environment: [:],
        folder: "/",
        deadline: 10
      )
    }
  }

  @Test(
    arguments: [
      ("sh", ["/bin"], "/bin/sh"), ("sh", ["relative", "/nowhere", "/bin", "/usr/bin"], "/bin/sh"),
      ("/bin/sh", [], "/bin/sh"), ("bin/sh", ["/"], nil), ("sh", ["bin", ""], nil),
      ("etc", ["/"], nil),
    ] as [(String, [String], String?)]
  )
  func `where a program lies`(name: String, folders: [String], found: String?) {
    #expect(Executable.find(name, in: folders) == found)
  }
}
