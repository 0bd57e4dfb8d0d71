// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `make install`, into folders of the test's own.
@Suite struct InstallTests {
  /// kubectl starts lanyard at any time, also while it is being replaced.
  @Test func `a lanyard in use stays whole while it is installed again`() async throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "lanyard-install")
    defer { PrivateFile.removeFolder(folder) }
    let words = [
      "\(Programs.repository)/scripts/install", "\(Programs.repository)/.build/release",
      "\(folder)/bin",
    ]
    #expect(try await ProcessRunner.run(words).status == 0)
    let installation = try Conversation(
      ["/bin/sh", "-c", "\"$@\" && \"$@\" && \"$@\"", "sh"] + words,
      environment: ProcessRunner.environment,
      scratch: folder
    )
    var uses = 0
    var outcome: Outcome?
    while outcome == nil {
      outcome = installation.outcome()
      // Only the full program knows its version, so this is both halves.
      let result = try await ProcessRunner.run(["\(folder)/bin/lanyard", "--version"])
      #expect(result.status == 0 && !result.output.isEmpty, "\(result.errors)")
      uses += 1
    }
    #expect(outcome?.status == 0, "\(installation.errors)")
    #expect(uses > 1)
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/bin").sorted()
    #expect(left == ["kubectl-lanyard", "lanyard", "lanyard-full", "lanyard-lab"])
  }

  @Test func `a folder may have any name`() async throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "lanyard-install")
    defer { PrivateFile.removeFolder(folder) }
    let result = try await ProcessRunner.run([
      "make", "-C", Programs.repository, "-o", "build", "install", "PREFIX=/it's here",
      "DESTDIR=\(folder)/a b",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let program = try await ProcessRunner.run([
      "\(folder)/a b/it's here/bin/kubectl-lanyard", "--version",
    ])
    #expect(program.status == 0, "\(program.errors)")
  }
}
