// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// What `scripts/run-tests` makes of the words of Swift Testing: the total, and what counts as a failure.
@Suite struct RunTestsTests {
  /// What a run printed, and the end that run-tests makes of it.
  struct Case: Sendable {
    let printed: [String]
    var exit = 0
    var inCI = false
    let end: String
    var complaints: [String] = []
  }

  static let passed = "✔ Test \"all is well\" passed after 0.1 seconds."
  static let failed = "✘ Test row(name:) with 2 test cases failed after 0.2 seconds with 1 issue."
  static let skipped = "➜ Test \"needs kubectl\" skipped: \"there is no kubectl\""

  static let rows: [Case] = [
    Case(
      printed: [passed, "✔ Test run with 7 tests in 2 suites passed after 1.5 seconds."],
      end: "7 passed, 0 failed"
    ),
    Case(
      printed: [passed, "✔ Test run with 1 test in 1 suite passed after 1.5 seconds."],
      inCI: true,
      end: "1 passed, 0 failed"
    ),
    Case(
      printed: [
        failed, "✘ Test run with 7 tests in 2 suites failed after 1 seconds with 1 issue.",
      ],
      exit: 1,
      end: "6 passed, 1 failed"
    ),
    Case(
      printed: [skipped, "✔ Test run with 7 tests in 2 suites passed after 1 seconds."],
      end: "6 passed, 0 failed"
    ),
    Case(
      printed: [skipped, "✔ Test run with 7 tests in 2 suites passed after 1 seconds."],
      inCI: true,
      end: "6 passed, 1 failed",
      complaints: ["skipped in CI", "needs kubectl"]
    ),
    Case(
      printed: ["✔ Test run with 0 tests in 0 suites passed after 0.1 seconds."],
      end: "0 passed, 1 failed",
      complaints: ["no test ran"]
    ),
    Case(printed: [], end: "0 passed, 1 failed", complaints: ["no test ran"]),
    Case(
      printed: [passed],
      exit: 139,
      end: "0 passed, 1 failed",
      complaints: ["the run ended with exit code 139"]
    ),
    Case(
      printed: [
        "◇ Test \"x failed after y\" started.", "✔ Test run with 1 test passed after 1 seconds.",
      ],
      end: "1 passed, 0 failed"
    ),
  ]

  @Test(arguments: rows) func `the last line is the total`(row: Case) async throws {
    let machine = StubMachine(programs: [
      "swift": "cat <<'END'\n\((row.printed + ["END"]).joined(separator: "\n"))\nexit \(row.exit)"
    ])
    let run = try await machine.run(
      "run-tests",
      ["--filter", "X"],
      row.inCI ? ["CI": "true"] : [:]
    )
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines == row.printed + [row.end])
    #expect((run.status == 0) == row.end.hasSuffix(" 0 failed"))
    for words in row.complaints { #expect(run.errors.contains(words), "\(run.errors)") }
    #expect(run.errors.isEmpty == row.complaints.isEmpty, "\(run.errors)")
  }

  @Test func `all of them are two runs and one total`() async throws {
    let machine = StubMachine(programs: [
      "swift": """
      echo "$*" >>"$LOG"
      case "$*" in
      *--filter*) echo '✔ Test run with 3 tests in 1 suite passed after 1 seconds.' ;;
      *) echo '✔ Test run with 40 tests in 4 suites passed after 1 seconds.' ;;
      esac
      """
    ])
    let run = try await machine.run("run-tests", [])
    #expect(run.output.split(separator: "\n").last == "43 passed, 0 failed")
    #expect(run.log.count == 2)
    #expect(run.log.first?.hasSuffix(" --filter ProviderTests") == true)
    #expect(run.log.last?.hasSuffix(" --skip ProviderTests") == true)
  }
}
