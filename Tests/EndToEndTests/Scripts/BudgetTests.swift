// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// The tests of what bench decides, which are in its own language.
@Suite struct BudgetTests {
  @Test func `bench fails over budget`() async throws {
    let result = try await ProcessRunner.run(
      [
        "python3", "-m", "unittest", "discover", "-s", "\(Programs.repository)/scripts", "-p",
        "test_*.py",
      ],
      environment: ProcessRunner.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { _, new in
        new
      }
    )
    #expect(result.status == 0, "\(result.errors)")
    let ran = result.errors.split(separator: "\n").first { $0.hasPrefix("Ran ") } ?? "Ran 0 tests"
    #expect(!ran.hasPrefix("Ran 0 "), "\(result.errors)")
  }
}
