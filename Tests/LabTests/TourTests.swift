// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The program `lanyard-lab tour` as it is built, with the built lanyard beside it.
@Suite(.timeLimit(.minutes(5))) struct TourTests {
  @Test func theWholeTourBehaves() async throws {
    let result = try await tour([])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("All 8 steps behaved as told"))
    #expect(result.output.contains("refused with 401; API server's log: expired"))
    // On a busy machine a token is renewed once more while it is copied, so that the numbers may differ.
    let renewals = result.output.split(separator: "\n").filter {
      $0.contains("renewed without a login; issuer's log: refresh token ")
        && $0.contains(" spent, ")
    }
    #expect(renewals.count == 2 && Set(renewals).count == 2)
    #expect(result.output.contains("log in: lanyard login lab"))
    #expect(result.output.contains("The issuer saw 2 logins and "))
    #expect(!result.output.contains("\u{1b}"), "there is no terminal to colour")
    #expect(!result.output.contains("eyJhbGciOi"), "a token is shown")
  }

  @Test func withoutKubectlItBringsItsOwnClientAndSaysSo() async throws {
    let result = try await tour(["--tls"], path: "/nowhere")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("a small client of the lab's own"))
    #expect(result.output.contains("$ (own client) get pods"))
    #expect(!result.output.contains("$ kubectl"))
  }

  /// A fault of the lab, and the step that has to notice it.
  struct Breach: Sendable, CustomTestStringConvertible {
    let fault: String
    let step: String
    let reason: String

    var testDescription: String { fault }
  }

  static let breaches = [
    Breach(
      fault: "oauth-error:grant=authorization_code",
      step: "step 1, \"log in\"",
      reason: "`lanyard login` failed with exit code"
    ),
    Breach(
      fault: "expires:seconds=600,grant=authorization_code",
      step: "step 4, \"the access token expires, and the copy is worthless\"",
      reason: "the copy had to be refused with 401, but was not"
    ),
    Breach(
      fault: "oauth-error:grant=refresh_token",
      step: "step 5, \"with lanyard the same command goes on working\"",
      reason: "`get pods` had to work, but failed with exit code 1"
    ),
  ]

  @Test(arguments: breaches)
  func aBrokenStepFailsTheTourAndIsNamed(breach: Breach) async throws {
    // Long enough that a slow machine copies the token of the login, and renews in step 5.
    let lifetimes = ["--access-lifetime", "10", "--refresh-lifetime", "40"]
    let result = try await tour(["--fault", breach.fault] + lifetimes)
    #expect(result.status == 1)
    #expect(
      result.errors.contains("the tour stopped at \(breach.step): \(breach.reason)"),
      "\(result.output)\(result.errors)"
    )
    #expect(result.output.contains("✗ \(breach.reason)"))
    #expect(!result.output.contains("behaved as told"))
  }

  @Test func aMissingLanyardIsNamed() async throws {
    let result = try await tour(["--lanyard", "/nowhere/lanyard"])
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("lanyard-lab: there is no lanyard at /nowhere/lanyard\n  "))
  }

  @Test func nothingIsLeftBehind() async throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "tour-test")
    defer { PrivateFile.removeFolder(folder) }
    let result = try await tour(
      ["--fault", "oauth-error:grant=authorization_code"],
      temporary: folder
    )
    #expect(result.output.contains("\(folder)/lanyard-tour-"), "the folder is named and used")
    let left = try await ProcessRunner.run(["/bin/ls", "-A", folder])
    #expect(left.output.isEmpty, "\(left.output)")
  }

  /// In place of lanyard runs a program that only says which process it is, and stays.
  @Test(arguments: [SIGINT, SIGHUP])
  func aSignalLeavesNoFolderAndNoProcess(signal: Int32) async throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "tour-test")
    defer { PrivateFile.removeFolder(folder) }
    let temporary = "\(folder)/temporary"
    try PrivateFile.makeFolder(temporary)
    let said = "\(folder)/said"
    let stub = try executable("#!/bin/sh\necho $$ >'\(said)'\nexec /bin/sleep 600\n", in: folder)
    var environment = ProcessRunner.environment
    environment["TMPDIR"] = temporary
    // A kubectl that asks the cluster for its version would be the first to run it.
    environment["PATH"] = "/nowhere"
    var tour = try ChildProcess(
      ["\(try built())/lanyard-lab", "tour", "--lanyard", stub],
      environment: environment
    )
    var result: ProcessRunner.Result?
    var process: Int32?
    while process == nil, result == nil {
      result = tour.collect()
      let text = (try? PrivateFile.read(said)) ?? ""
      if text.hasSuffix("\n") { process = Int32(text.dropLast()) }
      try await Task.sleep(for: .milliseconds(10))
    }
    tour.send(signal)
    while result == nil {
      result = tour.collect()
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(result?.status == 130, "\(result?.errors ?? "")")
    #expect(result?.output.hasSuffix("the tour was interrupted\n") == true)
    let left = try await ProcessRunner.run(["/bin/ls", "-A", temporary])
    #expect(left.output.isEmpty, "\(left.output)")
    let sleeper = try #require(process)
    #expect(kill(sleeper, 0) == -1, "the tour's command goes on running")
  }

  @Test(arguments: [
    ("#!/bin/sh\necho broken >&2; exit 1\n", "ended with exit code 1 and told no version: broken"),
    ("no program\n", "does not run: cannot start"),
    ("#!/bin/sh\nexit 0\n", "ended with exit code 0 and told no version"),
  ])
  func aKubectlThatDoesNotRunIsNamed(content: String, reason: String) async throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "tour-test")
    defer { PrivateFile.removeFolder(folder) }
    let stub = try executable(content, in: folder, named: "kubectl")
    let result = try await tour([], path: folder)
    #expect(result.status == 1)
    #expect(result.errors.contains(stub) && result.errors.contains(reason), "\(result.errors)")
    #expect(!result.errors.contains("there is no kubectl"))
  }

  private func executable(_ content: String, in folder: String, named name: String = "stub") throws
    -> String
  {
    let path = "\(folder)/\(name)"
    try PrivateFile.write(content, to: path)
    let changed = unsafe chmod(path, 0o700)
    try #require(changed == 0)
    return path
  }

  @Test(arguments: [["--access-lifetime", "2"], ["--refresh-lifetime", "7"]])
  func lifetimesWithNothingToShowAreRefused(arguments: [String]) async throws {
    let result = try await tour(arguments)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("lanyard-lab: the tour cannot show renewal"))
    #expect(result.output.isEmpty)
  }

  @Test(
    arguments: [
      (terminal: false, environment: [:], colour: false, repaints: false),
      (terminal: true, environment: [:], colour: true, repaints: true),
      (terminal: true, environment: ["NO_COLOR": "1"], colour: false, repaints: true),
      (terminal: true, environment: ["NO_COLOR": ""], colour: true, repaints: true),
      (terminal: true, environment: ["TERM": "dumb"], colour: false, repaints: false),
    ] as [(terminal: Bool, environment: [String: String], colour: Bool, repaints: Bool)]
  )
  func colourIsForTerminals(
    terminal: Bool,
    environment: [String: String],
    colour: Bool,
    repaints: Bool
  ) {
    let style = Timeline.Style.forOutput(isTerminal: terminal, environment: environment)
    #expect(style.colour == colour)
    #expect(style.repaints == repaints)
  }

  /// The folder of the built programs.
  private func built() throws -> String {
    let folders = try #require(CommandLine.arguments.first).split(
      separator: "/",
      omittingEmptySubsequences: false
    )
    return folders.dropLast().joined(separator: "/")
  }

  private func tour(
    _ arguments: [String],
    path: String? = nil,
    temporary: String? = nil
  ) async throws -> ProcessRunner.Result {
    var environment = ProcessRunner.environment
    if let path { environment["PATH"] = path }
    if let temporary { environment["TMPDIR"] = temporary }
    return try await ProcessRunner.run(
      ["\(try built())/lanyard-lab", "tour"] + arguments,
      environment: environment,
      timeout: .seconds(240)
    )
  }
}
