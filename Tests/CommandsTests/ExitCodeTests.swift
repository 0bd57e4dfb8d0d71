// SPDX-License-Identifier: Apache-2.0

import Commands
import Credentials
import Testing

@Suite struct ExitCodeTests {
  static let codes: [(CredentialsError.Code, Int32)] = [
    (.failed, 1), (.loginNeeded, 3), (.loginInProgress, 3), (.refused, 4), (.verdict, 4),
    (.temporary, 5), (.store, 6), (.configuration, 7),
  ]

  @Test(arguments: codes) func table(_ code: CredentialsError.Code, _ exit: Int32) {
    #expect(ExitCodes.code(of: code) == exit)
    #expect(Failure(CredentialsError(code, "w", remedy: "r")).exitCode == exit)
  }

  @Test func tableIsComplete() {
    #expect(Set(Self.codes.map(\.0)) == Set(CredentialsError.Code.allCases))
  }
}
