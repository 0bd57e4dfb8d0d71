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

/// Programs that are started with some of their three standard descriptors closed.
@Suite(.serialized) struct ClosedDescriptorsTests {
  /// The command, with some descriptors closed by the shell.
  private func closing(_ redirections: String, _ arguments: [String]) throws -> [String] {
    ["/bin/sh", "-c", "exec \"$@\" \(redirections)", "sh", try Programs.lanyard] + arguments
  }

  @Test(
    arguments: [
      ("<&-", 0), (">&-", 1), ("2>&-", 0), ("<&- 2>&-", 0), ("<&- >&-", 1), ("<&- >&- 2>&-", 1),
    ]
  )
  func `exit codes are what they are`(redirections: String, code: Int) async throws {
    try await Desk.with { desk in
      // Without a place for ready credentials every call is one of lanyard-full.
      let variables = ["XDG_CACHE_HOME": "/proc/no/such/folder"]
      let first = try await desk.logIn(nil, as: Desk.alice, variables)
      let result = try await desk.start(try closing(redirections, desk.getToken), variables)
        .result()
      #expect(result.status == code, "\(result.errors)")
      if code == 0 {
        #expect(try result.token == first.token)
      } else {
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("stdout") != redirections.contains("2>&-"))
      }
    }
  }

  #if os(Linux)
  @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
  func `no file of ours gets the number of one of them`(redirections: String) async throws {
    try await Desk.with { desk in
      let waiting = try desk.start(
        try closing(redirections, desk.getToken + ["--login", "browser"])
      )
      let files = try await eventually("the login lock") { () -> [String: String]? in
        let open = descriptors(of: waiting.processID)
        return open.values.contains { $0.contains("/locks/login-") } ? open : nil
      }
      for number in ["0", "1", "2"] {
        let path = try #require(files[number])
        #expect(!path.hasPrefix(desk.folder) || path.hasSuffix(".err"), "\(number) is \(path)")
      }
      waiting.send(SIGKILL)
      _ = try await waiting.result()
    }
  }

  /// What the descriptors of a process are open on, by their numbers.
  private func descriptors(of process: Int32) -> [String: String] {
    let folder = "/proc/\(process)/fd"
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let pairs = numbers.compactMap { number in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(number)"))
        .map { (number, $0) }
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
  #endif
}
