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

@Suite struct LookupTests {
  @Test func theVeryBytesComeBack() throws {
    let scratch = try Scratch()
    for size in [1, 2500, 65536, 900_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      try scratch.ready.write(bytes, for: someKey(), terms: hour())
      #expect(try look(scratch) == .hit(bytes[...]))
    }
    #expect(try mode(of: scratch.ready.path + "/" + someKey().hex) == 0o600)
  }

  @Test func nothingThereIsNone() throws {
    let scratch = try Scratch()
    #expect(try look(scratch) == .miss(.none))
    try scratch.ready.write(body, for: someKey("1"), terms: hour())
    #expect(try look(scratch) == .miss(.none))
  }

  /// Milliseconds after valid-from; the credential is good for an hour.
  @Test(
    arguments: [
      (-1, .miss(.notYetValid)), (-86_400_000, .miss(.notYetValid)),
      (0, .hit(body[...])), (3_599_999, .hit(body[...])),
      (3_600_000, .miss(.due)), (Int64.max, .miss(.due)),
    ] as [(Int64, Lookup)]
  )
  func clock(distance: Int64, expected: Lookup) throws {
    let scratch = try Scratch()
    try scratch.ready.write(body, for: someKey(), terms: hour())
    #expect(try look(scratch, after: distance) == expected)
  }

  /// Milliseconds after valid-from; the credential is due after an hour, and ends ten minutes later.
  @Test(
    arguments: [
      (-1, false), (0, false), (3_599_999, false), (3_600_000, true), (4_199_999, true),
      (4_200_000, false), (Int64.max, false),
    ] as [(Int64, Bool)]
  )
  func stillGoodWhenDue(distance: Int64, isGood: Bool) throws {
    let scratch = try Scratch()
    var terms = hour()
    terms.goodUntil = noon.advanced(byMilliseconds: 4_200_000)
    try scratch.ready.write(body, for: someKey(), terms: terms)
    #expect(stillGood(scratch, after: distance) == (isGood ? body[...] : nil))
  }

  /// What makes it wrong makes it wrong for those who cannot renew it, too.
  @Test func whatIsWrongIsNotStillGood() throws {
    let scratch = try Scratch()
    try scratch.write("config", Array("a".utf8))
    let file = Dependency.observe("\(scratch.path)/config")
    var terms = hour(epoch: "a", dependencies: [file])
    terms.goodUntil = noon.advanced(byMilliseconds: 4_200_000)
    try scratch.makeFolder("store")
    try scratch.write("store/epoch", Array("a".utf8))
    try scratch.ready.write(body, for: someKey(), terms: terms)
    #expect(stillGood(scratch, after: 3_600_000) == body[...])
    try scratch.write("config", Array("longer".utf8))
    #expect(stillGood(scratch, after: 3_600_000) == nil)
    try scratch.ready.write(body, for: someKey(), terms: hour(epoch: "b"))
    #expect(stillGood(scratch, after: 3_600_000) == nil)
  }

  private func stillGood(_ scratch: borrowing Scratch, after distance: Int64) -> ArraySlice<UInt8>?
  {
    guard let key = try? someKey() else { return nil }
    return scratch.ready.stillGood(
      key,
      storePath: "\(scratch.path)/store",
      now: noon.advanced(byMilliseconds: distance)
    )
  }

  /// The epoch that the credential was made in, and the one in the store now (nil: no such file).
  @Test(
    arguments: [
      ("", nil, true), ("", "", true), ("a", "a", true), ("a", "b", false), ("a", nil, false),
      ("", "a", false), ("a", "a\n", false),
      (String(repeating: "e", count: 64), String(repeating: "e", count: 64), true),
      (String(repeating: "e", count: 64), String(repeating: "e", count: 65), false),
    ] as [(String, String?, Bool)]
  )
  func epoch(made: String, now: String?, hit: Bool) throws {
    let scratch = try Scratch()
    try scratch.makeFolder("store")
    if let now { try scratch.write("store/epoch", Array(now.utf8)) }
    try scratch.ready.write(body, for: someKey(), terms: hour(epoch: made))
    #expect(try look(scratch) == (hit ? .hit(body[...]) : .miss(.epochChanged)))
  }

  @Test func anEpochThatIsNoFileIsNotRead() throws {
    let scratch = try Scratch()
    try scratch.makeFolder("store")
    try scratch.write("elsewhere", [])
    try unsafe succeeded(symlink(scratch.path + "/elsewhere", scratch.store + "/epoch"))
    #expect(StoreEpoch.read(storePath: scratch.store) == nil)
    unsafe unlink(scratch.store + "/epoch")
    try unsafe succeeded(mkfifo(scratch.store + "/epoch", 0o600))
    #expect(StoreEpoch.read(storePath: scratch.store) == nil)
    try scratch.ready.write(body, for: someKey(), terms: hour())
    #expect(try look(scratch) == .miss(.epochChanged))
  }

  @Test(arguments: ["content", "replaced", "touched", "removed", "appeared", "untouched"])
  func dependency(change: String) throws {
    let scratch = try Scratch()
    let kept = try scratch.write("kept", [1])
    let file = scratch.path + "/config"
    if change != "appeared" { try scratch.write("config", [1, 2, 3]) }
    let observed = [Dependency.observe(kept), Dependency.observe(file)]
    try scratch.ready.write(body, for: someKey(), terms: hour(dependencies: observed))
    #expect(try look(scratch) == .hit(body[...]))
    switch change {
    case "content", "appeared": try scratch.write("config", [1, 2, 3, 4])
    case "replaced":
      try scratch.write("next", [1, 2, 3])
      try unsafe succeeded(rename(scratch.path + "/next", file))
    case "touched":
      let old = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 5)]
      try unsafe succeeded(utimensat(AT_FDCWD, file, old, 0))
    case "removed": unsafe unlink(file)
    default: break
    }
    let same = change == "untouched"
    #expect(try look(scratch) == (same ? .hit(body[...]) : .miss(.dependencyChanged)))
  }

  /// Every bit of the file that cannot change in place is covered: flipped, there is no wrong hit and no crash.
  @Test func damagedFilesAreMalformedOrMissed() throws {
    let scratch = try Scratch()
    let terms = hour(dependencies: [Dependency.observe("/etc/passwd")])
    try scratch.ready.write(body, for: someKey(), terms: terms)
    let name = try "ready/" + someKey().hex
    let whole = try #require(content(of: scratch.path + "/" + name))
    for length in [0, 1, 7, 8, 100, 303, 304, whole.count - 1] {
      try scratch.write(name, Array(whole[..<length]))
      #expect(try look(scratch) == .miss(.malformed), "cut to \(length)")
    }
    try scratch.write(name, whole + [0])
    #expect(try look(scratch) == .miss(.malformed))
    for index in whole.indices where index < 8 || index >= 288 {
      var damaged = whole
      damaged[index] ^= 0x80
      try scratch.write(name, damaged)
      #expect(try look(scratch) == .miss(.malformed), "byte \(index)")
    }
    for index in 28..<32 {
      var damaged = whole
      damaged[index] = 0xff
      try scratch.write(name, damaged)
      #expect(try look(scratch) == .miss(.malformed), "byte \(index)")
    }
  }

  private func look(_ scratch: borrowing Scratch, after distance: Int64 = 0) throws -> Lookup {
    try scratch.ready.lookup(
      someKey(),
      storePath: scratch.store,
      now: noon.advanced(byMilliseconds: distance),
      caller: nil
    )
  }
}
