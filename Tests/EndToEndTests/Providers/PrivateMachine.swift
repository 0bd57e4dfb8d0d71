// SPDX-License-Identifier: Apache-2.0

import Lab

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Private folders, an account whose home is one of them, and the built programs; no lab.
struct PrivateMachine: Sendable {
  /// Everything that the programs may write lies below it.
  let folder: String
  /// All that the programs get.
  let environment: [String: String]

  static func with<Value>(
    _ body: (PrivateMachine) async throws -> Value
  ) async throws -> Value {
    let machine = try PrivateMachine()
    defer { PrivateFile.removeFolder(machine.folder) }
    return try await body(machine)
  }

  private init() throws {
    folder = try PrivateFile.temporaryFolder(prefix: "lanyard-provider-test")
    for name in ["home", "state", "cache", "scratch"] {
      try PrivateFile.makeFolder("\(folder)/\(name)")
    }
    environment = [
      "PATH": ProcessRunner.environment["PATH", default: "/usr/bin:/bin"],
      "HOME": "\(folder)/home",
      "XDG_STATE_HOME": "\(folder)/state",
      "XDG_CACHE_HOME": "\(folder)/cache",
    ]
    try PrivateFile.write(
      "tester:x:\(geteuid()):\(getegid())::\(folder)/home:/bin/sh\n",
      to: "\(folder)/passwd"
    )
  }

  /// What lanyard gets beside that: the user database says that the home is the one above.
  private var account: [String: String] {
    let file = "\(folder)/passwd"
    return [
      "LD_PRELOAD": "libnss_wrapper.so", "NSS_WRAPPER_PASSWD": file, "NSS_WRAPPER_GROUP": file,
    ]
  }

  /// Runs lanyard to its end; nothing of this process's environment reaches it.
  func lanyard(_ arguments: [String]) async throws -> Outcome {
    try await startLanyard(arguments).result()
  }

  /// Starts lanyard.
  func startLanyard(_ arguments: [String]) throws -> Conversation {
    try Conversation(
      [try Programs.lanyard] + arguments,
      environment: environment.merging(account) { _, new in new },
      scratch: "\(folder)/scratch"
    )
  }
}
