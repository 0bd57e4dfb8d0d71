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

  // Only root can give a home away.
  @Test(.enabled(if: geteuid() == 0))
  func `root with a user's HOME makes nothing there, and gets its token`() async throws {
    try await Desk.with { desk in
      let home = "\(desk.folder)/home"
      #expect(unsafe chown(home, 4242, 4242) == 0)
      let result = try await desk.logIn(
        nil,
        as: Desk.alice,
        ["XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""]
      )
      #expect(result.status == 0, "\(result.errors)")
      #expect(try !result.token.isEmpty)
      #expect(result.errors.contains("could not be kept: \"\(home)\" belongs to uid 4242"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: home).isEmpty)
    }
  }

  @Test func `locks that were removed are made again, and one renewal is one request`() async throws
  {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      try FileManager.default.removeItem(atPath: "\(desk.folder)/state/lanyard/locks")
      let works = try await desk.lanyard(desk.getToken)
      #expect(works.status == 0, "\(works.errors)")
      #expect(try works.token != expired)
      #expect(desk.lab.count(.refresh) == 1)
    }
  }

  @Test func `a folder in the place of a lock says what it is`() async throws {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      let locks = "\(desk.folder)/state/lanyard/locks"
      let names = try FileManager.default.contentsOfDirectory(atPath: locks)
      let lock = "\(locks)/\(try #require(names.first { $0.hasPrefix("session-") }))"
      try FileManager.default.removeItem(atPath: lock)
      try PrivateFile.makeFolder(lock)
      let failed = try await desk.lanyard(desk.getToken + ["-v"])
      #expect(failed.status == 6, "\(failed.errors)")
      #expect(failed.errors.contains("cannot lock \"\(lock)\""))
      #expect(failed.errors.contains("put a real file or folder in place of"))
      #expect(failed.errors.contains("store.folder-unsafe"))
      #expect(!desk.lab.isBeingAskedToRenew)
    }
  }

  @Test func `a umask of 0777 takes nothing from the store`() async throws {
    try await Desk.with { desk in
      try FileManager.default.removeItem(atPath: "\(desk.folder)/cache")
      let conversation = try desk.start(
        ["/bin/sh", "-c", "umask 777; exec \"$@\"", "sh", try Programs.lanyard] + desk.getToken
          + ["--login", "browser"]
      )
      try await desk.answer(conversation)
      let result = try await conversation.result()
      #expect(result.status == 0, "\(result.errors)")
      var seen = 0
      for top in ["\(desk.folder)/state/lanyard", "\(desk.folder)/cache"] {
        for path in [top]
          + (try FileManager.default.subpathsOfDirectory(atPath: top)).map({
            "\(top)/\($0)"
          })
        {
          var status = stat()
          #expect(unsafe lstat(path, &status) == 0)
          let wanted: mode_t = status.st_mode & S_IFMT == S_IFDIR ? 0o700 : 0o600
          #expect(status.st_mode & 0o777 == wanted, "\(path)")
          seen += 1
        }
      }
      #expect(seen > 10, "folders, key, epoch, session, locks, documents, ready credential")
    }
  }

  @Test func `what killed writers left is gone after a login, what is new is not`() async throws {
    try await Desk.with { desk in
      let store = "\(desk.folder)/state/lanyard"
      for folder in [store, "\(store)/cache", "\(store)/sessions"] {
        try PrivateFile.makeFolder(folder)
        for name in ["key.tmp-0", "key.tmp-1"] {
          try PrivateFile.write("left\n", to: "\(folder)/\(name)")
        }
        try FileManager.default.setAttributes(
          [.modificationDate: Date().addingTimeInterval(-7200)],
          ofItemAtPath: "\(folder)/key.tmp-0"
        )
      }
      #expect(try await desk.logIn().status == 0)
      for folder in [store, "\(store)/cache", "\(store)/sessions"] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!names.contains("key.tmp-0"), "\(folder)")
        #expect(names.contains("key.tmp-1"), "\(folder)")
      }
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
