// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A machine as a script sees it: a `PATH` in which there is nothing but stubs, and a few real programs for text.
struct StubMachine {
  /// What a stub does: the lines of a shell script, with `$LOG` to write to.
  var programs: [String: String]

  /// What the script wrote to standard error, how it ended, and what the stubs noted.
  struct Run {
    let status: Int
    let output: String
    let errors: String
    let log: [String]
  }

  private static let real = [
    "cat", "env", "grep", "head", "mktemp", "rm", "sed", "tail", "tee", "wc",
  ]

  /// Runs a script of this repository with the stubs, and `variables` beside `PATH`.
  func run(_ script: String, _ words: [String], _ variables: [String: String] = [:]) async throws
    -> Run
  {
    let folder = try PrivateFile.temporaryFolder(prefix: "lanyard-stubs")
    defer { PrivateFile.removeFolder(folder) }
    let bin = "\(folder)/bin"
    try PrivateFile.makeFolder(bin)
    for name in Self.real where programs[name] == nil {
      let path = try #require(ProcessRunner.find(name), "there is no \(name)")
      try FileManager.default.createSymbolicLink(
        atPath: "\(bin)/\(name)",
        withDestinationPath: path
      )
    }
    for (name, lines) in programs {
      try PrivateFile.write("#!/bin/sh\n\(lines)\n", to: "\(bin)/\(name)")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o700],
        ofItemAtPath: "\(bin)/\(name)"
      )
    }
    let log = "\(folder)/log"
    try PrivateFile.write("", to: log)
    let result = try await ProcessRunner.run(
      ["/bin/sh", "\(Programs.repository)/scripts/\(script)"] + words,
      environment: variables.merging(["PATH": bin, "LOG": log]) { mine, _ in mine }
    )
    let noted = try PrivateFile.read(log).split(separator: "\n").map(String.init)
    return Run(status: result.status, output: result.output, errors: result.errors, log: noted)
  }
}
