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

/// Files and folders that somebody else could have written, read or planted.
@Suite struct UnsafeFileTests {
  enum Plant: String, CaseIterable {
    case symlinkedFile, symlinkedFolder, groupReadable, worldWritable, hardLinked, anotherOwner
    case fifo, folderInPlace, openFolder, folderOfAnother, tooLarge
  }

  @Test(arguments: Plant.allCases)
  func isNotLookedAt(plant: Plant) throws {
    let scratch = try Scratch()
    try scratch.ready.write(body, for: someKey(), terms: hour())
    let file = try scratch.ready.path + "/" + someKey().hex
    let aside = scratch.path + "/aside"
    var folder = scratch.ready
    switch plant {
    case .symlinkedFile:
      try unsafe succeeded(rename(file, aside), symlink(aside, file))
    case .symlinkedFolder:
      try unsafe succeeded(rename(folder.path, aside), symlink(aside, folder.path))
    case .groupReadable: try unsafe succeeded(chmod(file, 0o640))
    case .worldWritable: try unsafe succeeded(chmod(file, 0o602))
    case .hardLinked: try unsafe succeeded(link(file, aside))
    case .anotherOwner:
      if geteuid() == 0 {
        try unsafe succeeded(chown(file, 4711, 4711))
      } else {
        folder = ReadyFolder(path: folder.path, owner: geteuid() + 1)
      }
    case .fifo: try unsafe succeeded(unlink(file), mkfifo(file, 0o600))
    case .folderInPlace: try unsafe succeeded(unlink(file), mkdir(file, 0o700))
    case .openFolder: try unsafe succeeded(chmod(folder.path, 0o710))
    case .folderOfAnother: folder = ReadyFolder(path: folder.path, owner: geteuid() &+ 1)
    case .tooLarge: try unsafe succeeded(truncate(file, (1 << 20) + 1))
    }
    let found = try folder.lookup(
      someKey(),
      storePath: scratch.store,
      now: noon,
      caller: Caller(process: 7, started: 7)
    )
    #expect(found == .miss(.unsafeFile))
  }

  @Test func aRenewalReplacesWhatWasPlanted() throws {
    let scratch = try Scratch()
    try scratch.ready.create()
    let victim = try scratch.write("victim", [1, 2, 3])
    let file = try scratch.ready.path + "/" + someKey().hex
    try unsafe succeeded(symlink(victim, file))
    try scratch.ready.write(body, for: someKey(), terms: hour())
    #expect(content(of: victim) == [1, 2, 3])
    let found = try scratch.ready.lookup(
      someKey(),
      storePath: scratch.store,
      now: noon,
      caller: nil
    )
    #expect(found == .hit(body[...]))
  }
}
