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

@Suite struct KeepTests {
  @Test func whatIsTooLargeIsRefused() throws {
    let scratch = try Scratch()
    let many = (0..<5).map { Dependency.observe("/nonexistent/\($0)") }
    let long = Dependency.observe("/" + String(repeating: "a", count: 4096))
    let cases: [([UInt8], ReadyTerms)] = [
      (Array(repeating: 1, count: 1 << 20), hour()),
      (body, hour(epoch: String(repeating: "e", count: 65))),
      (body, hour(dependencies: many)),
      (body, hour(dependencies: [long])),
    ]
    for (bytes, terms) in cases {
      let error = #expect(throws: ReadyCredentialError.self) {
        try scratch.ready.write(bytes, for: someKey(), terms: terms)
      }
      #expect(error?.code == .tooLarge)
    }
    #expect(mode(of: scratch.ready.path) == nil)
  }

  @Test func theFileIsPrivate() throws {
    let scratch = try Scratch()
    try scratch.ready.write(body, for: someKey(), terms: hour())
    #expect(try mode(of: scratch.ready.path + "/" + someKey().hex) == 0o600)
  }

  @Test func aFailedWriteLeavesTheOldOneAndNoRest() throws {
    let scratch = try Scratch()
    try scratch.ready.write(body, for: someKey(), terms: hour())
    try scratch.makeFolder("ready/" + someKey("1").hex)
    let error = #expect(throws: ReadyCredentialError.self) {
      try scratch.ready.write(body, for: someKey("1"), terms: hour())
    }
    #expect(error?.code == .cannotWrite)
    let names = try run("/bin/ls", ["-A", scratch.ready.path], environment: [:]).output
    #expect(try names == someKey().hex + "\n" + someKey("1").hex + "\n")
  }

  @Test func aFolderThatCannotBeMade() throws {
    let scratch = try Scratch()
    let name = String(repeating: "n", count: 300)
    let folder = ReadyFolder(path: "\(scratch.path)/\(name)", owner: geteuid())
    let error = #expect(throws: ReadyCredentialError.self) {
      try folder.write(body, for: someKey(), terms: hour())
    }
    #expect(error?.code == .cannotCreateFolder)
    #expect(error?.cause == ENAMETOOLONG)
  }

  @Test func removing() throws {
    let scratch = try Scratch()
    scratch.ready.removeAll()
    try scratch.ready.write(body, for: someKey("1"), terms: hour())
    try scratch.ready.write(body, for: someKey("2"), terms: hour())
    try scratch.write("ready/orphan.session", [1])
    try scratch.ready.remove(someKey("1"))
    #expect(try look(scratch, "1") == .miss(.none))
    #expect(try look(scratch, "2") == .hit(body[...]))
    scratch.ready.removeAll()
    #expect(try look(scratch, "2") == .miss(.none))
    #expect(content(of: scratch.ready.path + "/orphan.session") == [1])
  }

  @Test func sweeping() throws {
    let scratch = try Scratch()
    try scratch.ready.write(body, for: someKey("1"), terms: hour())
    try scratch.write("ready/" + someKey("2").hex, [1, 2])
    try scratch.write("ready/.unfinished-1", [1, 2])
    try scratch.write("ready/orphan.session", [1])
    let day: Int64 = 86_400_000
    scratch.ready.sweep(now: noon.advanced(byMilliseconds: 3_600_000 + day))
    #expect(try look(scratch, "1") == .hit(body[...]))
    // Far ahead of the modification times of the damaged and the unfinished file, which are of today.
    scratch.ready.sweep(now: UnixTime(seconds: 1 << 40))
    #expect(
      try run("/bin/ls", ["-A", scratch.ready.path], environment: [:]).output == "orphan.session\n"
    )
  }

  @Test func errorsSayWhatAndWhatToDo() throws {
    let folder = ReadyFolder(path: "/dev/null/ready", owner: geteuid())
    do {
      try folder.write(body, for: someKey(), terms: hour())
      Issue.record("a file was written below /dev/null")
    } catch let error as ReadyCredentialError {
      #expect(error.code == .unsafeFolder)
      #expect("\(error)" == "the folder /dev/null is not a private folder of this user")
      #expect(error.remedy.contains("XDG_CACHE_HOME"))
    }
  }

  private func look(_ scratch: borrowing Scratch, _ last: Character) throws -> Lookup {
    try scratch.ready.lookup(someKey(last), storePath: scratch.store, now: noon, caller: nil)
  }
}
