// SPDX-License-Identifier: Apache-2.0

import ReadyCredential
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct PlacesTests {
  @Test(
    arguments: [
      (["HOME": "/h"], "/h/.local/state/lanyard"),
      (["HOME": "/h", "XDG_STATE_HOME": "/s"], "/s/lanyard"),
      (["HOME": "/h", "XDG_STATE_HOME": ""], "/h/.local/state/lanyard"),
      (["HOME": "/h", "XDG_STATE_HOME": "s"], "/h/.local/state/lanyard"),
      (["HOME": "h"], nil),
      ([:], nil),
    ] as [([String: String], String?)]
  )
  func storePath(variables: [String: String], path: String?) {
    #expect(StorePath.resolve(surroundings(variables)) == path)
  }

  @Test(
    arguments: [
      (["HOME": "/h"], "/h/.cache/lanyard/ready"),
      (["HOME": "/h", "XDG_CACHE_HOME": "/c"], "/c/lanyard/ready"),
      (["HOME": "/h", "XDG_CACHE_HOME": "c"], "/h/.cache/lanyard/ready"),
      (["HOME": "/h", "XDG_RUNTIME_DIR": "/nonexistent"], "/h/.cache/lanyard/ready"),
      (["HOME": "/h", "XDG_RUNTIME_DIR": "tmp"], "/h/.cache/lanyard/ready"),
      (["HOME": "/h", "XDG_RUNTIME_DIR": "/etc/passwd"], "/h/.cache/lanyard/ready"),
      (["HOME": "/h", "XDG_RUNTIME_DIR": "/tmp"], "/h/.cache/lanyard/ready"),
      ([:], nil),
    ] as [([String: String], String?)]
  )
  func readyFolder(variables: [String: String], path: String?) {
    // uid 1000 does not own /tmp.
    #expect(ReadyFolder.resolve(surroundings(variables))?.path == path)
  }

  @Test func runtimeFolderOfTheUserIsPreferred() throws {
    let scratch = try Scratch()
    let variables = ["HOME": "/h", "XDG_RUNTIME_DIR": scratch.path]
    let found = ReadyFolder.resolve(surroundings(variables, user: geteuid()))
    #expect(found?.path == scratch.path + "/lanyard")
    #expect(
      ReadyFolder.resolve(surroundings(variables, user: 4711))?.path == "/h/.cache/lanyard/ready"
    )
  }

  @Test func createMakesEveryMissingFolderPrivate() throws {
    let scratch = try Scratch()
    let folder = ReadyFolder(path: scratch.path + "/a/b/c", owner: geteuid())
    try folder.create()
    for made in ["/a", "/a/b", "/a/b/c"] { #expect(mode(of: scratch.path + made) == 0o700) }
    try folder.create()
  }

  @Test func createTightensAFolderOfOurs() throws {
    let scratch = try Scratch()
    try scratch.makeFolder("ready", mode: 0o755)
    try scratch.ready.create()
    #expect(mode(of: scratch.ready.path) == 0o700)
  }

  @Test func createRefusesWhatIsNotOurs() throws {
    let scratch = try Scratch()
    try scratch.write("file", [])
    for folder in [
      ReadyFolder(path: scratch.path + "/file", owner: geteuid()),
      ReadyFolder(path: scratch.path + "/file/below", owner: geteuid()),
      ReadyFolder(path: scratch.path, owner: geteuid() &+ 1),
    ] {
      #expect(throws: ReadyCredentialError.self) { try folder.create() }
    }
    try unsafe succeeded(symlink(scratch.path, scratch.path + "/ready"))
    #expect(throws: ReadyCredentialError.self) { try scratch.ready.create() }
  }

  /// `sudo` with `HOME` kept: root must not leave folders in another user's home.
  @Test func nothingIsMadeInAFolderOfAnotherUser() throws {
    let scratch = try Scratch()
    try scratch.makeFolder("home")
    let home = scratch.path + "/home"
    let owner: UInt32 = geteuid() == 0 ? 0 : 4711
    if geteuid() == 0 { try #require(unsafe chown(home, 4711, 4711) == 0) }
    let folder = ReadyFolder(path: home + "/.cache/lanyard/ready", owner: owner)
    do {
      try folder.create()
      Issue.record("a folder was made in another user's home")
    } catch {
      #expect(error.code == .unsafeFolder)
      #expect(error.path == home)
    }
    #expect(mode(of: home + "/.cache") == nil)
  }
}
