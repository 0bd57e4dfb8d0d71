// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The stories in `Scenarios`; `Scenario` says how they are written.
@Suite struct BadInputTests {
  private static let needsRoot = "state-foreign.txt"

  static var stories: [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return (names ?? []).filter { $0.hasSuffix(".txt") && $0 != needsRoot }.sorted()
  }

  private static var folder: String { "\(Programs.repository)/Tests/EndToEndTests/Scenarios" }

  @Test func `the stories are found`() {
    #expect(Self.stories.count >= 10)
  }

  @Test(arguments: stories)
  func story(_ name: String) async throws {
    try await play(name)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
  func `the story of a folder of another user`() async throws {
    try await play(Self.needsRoot)
  }

  private func play(_ name: String) async throws {
    let scenario = try Scenario(parsing: PrivateFile.read("\(Self.folder)/\(name)"))
    #expect(scenario.steps.contains { if case .run = $0.action { true } else { false } })
    try await Desk.with { desk in
      var run = ScenarioRun(desk)
      try await run.play(scenario)
    }
  }

  @Test(arguments: [
    (["a…c"], ["abc"], true), (["a…c"], ["ab"], false), (["…"], [], true),
    ([], ["more"], false), (["x", "…", "z"], ["x", "1", "2", "z"], true), (["x"], [], false),
    (["a…b…c"], ["a1b2c"], true), (["a…b…c"], ["acb"], false),
  ])
  func `what a story says can fail`(patterns: [String], lines: [String], holds: Bool) {
    #expect(Expectation.holds(patterns, lines) == holds)
  }

  /// What a story cannot say: bytes that are no text, and an output that takes nothing.
  @Test(arguments: [
    ("\"$1\" login --account \"$(printf '\\377')\"", 2, "an argument is not UTF-8"),
    ("\"$1\" --version >/dev/full", 1, "no space left on device"),
    ("\"$1\" --help >/dev/full", 1, "no space left on device"),
    ("\"$1\" --version >&-", 1, "could not be written to stdout"),
  ])
  func `a shell's story`(script: String, status: Int, message: String) async throws {
    let result = try await ProcessRunner.run(
      ["/bin/sh", "-c", script, "sh", try Programs.lanyard],
      environment: ["HOME": "/nowhere"]
    )
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test func `a story with a word that means nothing is refused`() {
    #expect(throws: LabError.self) { try Scenario(parsing: "run --version\nexpect 0") }
    #expect(throws: LabError.self) { try Scenario(parsing: "exit 0") }
  }
}
