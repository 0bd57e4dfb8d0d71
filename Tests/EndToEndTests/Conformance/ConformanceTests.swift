// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// Every row of the conformance table that applies, through the built program.
@Suite struct ConformanceTests {
  @Test(arguments: Row.applicable)
  func `a row of the table`(row: Row) async throws {
    let trial = try #require(Trial.of(row), "no trial for \(row.id)")
    var findings = Findings(row)
    do {
      try await trial.play(&findings)
    } catch {
      findings.fail("the trial broke: \(error)")
    }
    try findings.record()
    #expect(findings.problems.isEmpty, "\(findings.problems.joined(separator: "\n"))")
  }

  @Test func `every row is readable, and is there once`() {
    #expect(Row.all.count == Row.lines.count)
    #expect(Set(Row.all.map(\.testDescription)).count == Row.all.count)
    #expect(Row.all.count == 121)
  }

  @Test func `rows and trials are the same`() {
    #expect(Set(Row.applicable.map(\.id)) == Set(Trial.all.map(\.id)))
    #expect(Set(Trial.all.map(\.id)).count == Trial.all.count)
  }

  @Test func `what does not apply has its reason`() {
    for row in Row.all where row.expectation == .notApplicable {
      #expect(row.note.count > 20, "\(row.id)")
    }
  }
}
