// SPDX-License-Identifier: Apache-2.0

import Commands
import Credentials
import Host
import OAuth
import SessionStore
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ErrorCatalogueTests {
  static let document =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/docs/errors.md"

  @Test func theDocumentIsThatOfTheCode() throws {
    let file = URL(filePath: Self.document)
    if ProcessInfo.processInfo.environment["WRITE_ERRORS"] != nil {
      try Data(ErrorTable.document.utf8).write(to: file)
    }
    let written = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(written == ErrorTable.document, "docs/errors.md is old: make errors")
  }

  @Test func namesAreStableWordsAndOccurOnce() {
    let names = ErrorTable.sections.flatMap(\.names)
    #expect(names.count > 70)
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x2E })
    }
  }

  /// Errors as commands meet them, the code that `-v` shows, and the exit code.
  static let failures: [(Failure, String, Int32)] = [
    (
      Failure(CredentialsError(OAuthError(.discoveryNotFound, what: "w", remedy: "r"))),
      "oauth.discovery-not-found", 7
    ),
    (
      Failure(CredentialsError(OAuthError(.notSent("x"), fetching: "keys", from: "h"))),
      "oauth.unreachable", 5
    ),
    (
      Failure(CredentialsError(StoreError(.corrupt(setAside: "/p"), what: "w", remedy: "r"))),
      "store.corrupt", 6
    ),
    (
      Failure(CredentialsError(StoreError(.conflict(found: 3), what: "w", remedy: "r"))),
      "store.conflict", 6
    ),
    (Failure(CredentialsError(.loginNeeded, "w", remedy: "r")), "credentials.login-needed", 3),
    (
      Failure(
        CredentialsError(.failed, "w", remedy: "r", cause: HostError(.addressInUse, "in use"))
      ),
      "host.address-in-use", 1
    ),
    (
      Failure(CredentialsError(OAuthError(.clocksDiffer, what: "w", remedy: "r"))),
      "oauth.clocks-differ", 4
    ),
    (Failure(exitCode: 2, "w", remedy: "r"), "command.usage", 2),
    (Failure(exitCode: 7, "w", remedy: "r"), "command.configuration", 7),
    (Failure(exitCode: 6, "w", remedy: "r"), "command.store", 6),
    (Failure(exitCode: 1, "w", remedy: "r"), "command.failed", 1),
    (
      Failure(exitCode: 6, "w", remedy: "r", cause: HostError(.notOurFile, "f")),
      "host.not-our-file",
      6
    ),
  ]

  @Test(arguments: failures.indices) func verboseShowsTheCode(_ index: Int) {
    let (failure, code, exit) = Self.failures[index]
    #expect(failure.code == code)
    #expect(failure.exitCode == exit)
    #expect(failure.shown(verbose: true).lines.contains("  code: \(code)"))
    #expect(!failure.lines.contains { $0.contains(code) })
  }
}
