// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Bad days of the session store: no refresh token is spent whose successor could not be kept.
@Suite(.serialized) struct StoreTests {
  /// A copy of the state folder on a small file system that only the command itself sees.
  static let states = [
    // Full: what is left after the copy is filled up.
    "mount -t tmpfs -o size=1m,mode=700 tmpfs \"$2\" && cp -a \"$1/.\" \"$2\""
      + " && { cat /dev/zero >\"$2/filler\" 2>/dev/null; true; }",
    // Read-only.
    "mount --bind \"$1\" \"$2\" && mount -o remount,ro,bind \"$2\"",
  ]

  @Test(arguments: states)
  func `a store that cannot be written spends nothing`(state: String) async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      let other = "\(desk.folder)/other"
      try PrivateFile.makeFolder(other)
      let words = StateFolder.inMountNamespace(
        "\(state) && shift 2 && exec \"$@\"",
        ["\(desk.folder)/state", other, try Programs.lanyard] + desk.getToken
      )
      let failed = try await desk.start(words, ["XDG_STATE_HOME": other]).result()
      #expect(failed.status == 6, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(failed.errors.split(separator: "\n").count == 2, "what happened and what to do")
      #expect(!desk.lab.isBeingAskedToRenew)
      let works = try await desk.lanyard(desk.getToken)
      #expect(works.status == 0, "\(works.errors)")
      #expect(try works.token != expired)
      #expect(desk.lab.count(.refresh) == 1)
      #expect(desk.lab.replays == 0)
    }
  }

  /// The only session of the desk.
  private func session(_ desk: Desk) throws -> String {
    let folder = "\(desk.folder)/state/lanyard/sessions"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    try #require(names.count == 1)
    return "\(folder)/\(names[0])"
  }

  @Test func `a damaged session is set aside, told once, and costs one login`() async throws {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      let path = try session(desk)
      try PrivateFile.write("this was a session once\n", to: path)
      let failed = try await desk.lanyard(desk.getToken)
      #expect(failed.status == 3, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      let lines = failed.errors.split(separator: "\n")
      #expect(lines.count == 2, "what happened and what to do")
      #expect(lines.first?.contains("was damaged; it is kept as ") == true)
      #expect(lines.first?.contains(".corrupt-") == true)
      let again = try await desk.lanyard(desk.getToken)
      #expect(again.status == 3)
      #expect(!again.errors.contains("damaged"), "told once")
      #expect(try await desk.logIn().status == 0)
      #expect(desk.lab.logins == 2)
    }
  }

  @Test func `without its key a session is exit 6, and works when the key is back`() async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      let key = "\(desk.folder)/state/lanyard/key"
      try FileManager.default.moveItem(atPath: key, toPath: "\(key).away")
      let failed = try await desk.lanyard(desk.getToken)
      #expect(failed.status == 6, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(!desk.lab.isBeingAskedToRenew)
      try FileManager.default.moveItem(atPath: "\(key).away", toPath: key)
      let works = try await desk.lanyard(desk.getToken)
      #expect(works.status == 0, "\(works.errors)")
      #expect(try works.token != expired)
      #expect(desk.lab.logins == 1)
    }
  }

  @Test func `a cache that cannot be written costs time, not the token`() async throws {
    try await Desk.with { desk in
      let variables = ["XDG_CACHE_HOME": "/proc/no/such/folder"]
      let result = try await desk.logIn(as: Desk.alice, variables)
      #expect(result.status == 0, "\(result.errors)")
      let again = try await desk.lanyard(desk.getToken, variables)
      #expect(again.status == 0, "\(again.errors)")
      #expect(try again.token == result.token)
      #expect(desk.lab.count(.refresh) == 0)
    }
  }
}
