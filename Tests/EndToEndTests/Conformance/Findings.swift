// SPDX-License-Identifier: Apache-2.0

import Lab

/// What was seen while a row was tried, and what of it should not have been.
struct Findings: Sendable {
  let row: Row
  private(set) var seen: [String] = []
  private(set) var problems: [String] = []

  init(_ row: Row) { self.row = row }

  /// Notes one observation; the second wording is for a breach.
  mutating func expect(_ holds: Bool, _ what: String, else breach: String) {
    let words = holds ? what : breach
    if !seen.contains(words) { seen.append(words) }
    if !holds { problems.append(breach) }
  }

  /// Notes that something went wrong that is no observation of its own.
  mutating func fail(_ breach: String) { problems.append(breach) }

  /// A refusal: the row's exit code and nothing on stdout.
  mutating func expectRefusal(_ outcome: Outcome) {
    guard case .reject(let exits) = row.expectation else {
      return fail("the row expects no refusal")
    }
    let isExpected = exits.contains(outcome.status)
    expect(isExpected, "exit \(outcome.status)", else: "exit \(outcome.status), not as expected")
    expect(outcome.output.isEmpty, "stdout empty", else: "something on stdout")
    if !isExpected { fail("stderr: \(outcome.errors)") }
  }

  /// A credential on stdout.
  mutating func expectCredential(_ outcome: Outcome, _ what: String = "exit 0; ExecCredential") {
    let isCredential = (try? outcome.token.isEmpty) == false
    expect(outcome.status == 0 && isCredential, what, else: "exit \(outcome.status), no credential")
    if outcome.status != 0 { fail("stderr: \(outcome.errors)") }
  }

  /// Leaves the result where `make conformance` finds it.
  func record() throws {
    let folder = "\(Programs.repository)/.build/conformance"
    try PrivateFile.makeFolder(folder)
    let name = "\(row.profile) \(row.id)".map { $0.isLetter || $0.isNumber ? $0 : "-" }
    let verdict = problems.isEmpty ? "pass" : "FAIL"
    let line = [row.profile, row.id, seen.joined(separator: "; "), verdict]
      .map { $0.map { "\t\n".contains($0) ? " " : $0 } }
    try PrivateFile.write(
      line.map { String($0) }.joined(separator: "\t") + "\n",
      to: "\(folder)/\(String(name)).tsv"
    )
  }
}
