// SPDX-License-Identifier: Apache-2.0

import Testing

import SessionStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The real system calls, in a folder of their own.
@Suite final class POSIXTests {
  let root: String
  let files = FileEffects.posix
  /// Fixed fields, nonce and tag of a session file, in bytes.
  static let overhead = 40 + 12 + 16

  init() throws {
    var generator = SystemRandomNumberGenerator()
    root = "/tmp/lanyard-store-" + String(generator.next(), radix: 36)
    try files.makeFolder(root)
  }

  deinit { Self.removeTree(root, files) }

  private static func removeTree(_ path: String, _ files: FileEffects) {
    for name in (try? files.list(path)) ?? [] {
      let inside = "\(path)/\(name)"
      if (try? files.status(inside))??.kind == .folder {
        removeTree(inside, files)
      } else {
        try? files.unlink(inside)
      }
    }
    _ = unsafe rmdir(path)
  }

  private func put(_ bytes: [UInt8], _ path: String) throws {
    let descriptor = try files.create(path)
    #expect(try files.write(descriptor, bytes[...]) == bytes.count)
    try files.close(descriptor)
  }

  private func store() -> SessionStore {
    SessionStore(folder: "\(root)/state/lanyard", hostID: nil) { Fixture.counter.bytes($0) }
  }

  @Test func aSessionOnARealDisk() throws {
    let (store, id) = (store(), try Fixture.id(1))
    let key = try store.establish().key
    let sessions = "\(store.folder)/sessions"
    let reservation = try store.reserve(id, capacity: 100_000)
    let name = try #require(try files.list(sessions).first)
    #expect(name.hasPrefix("\(id).tmp-"))
    let reserved = try #require(try files.read("\(sessions)/\(name)", 200_000))
    #expect(reserved.bytes.count == 100_000 + Self.overhead)
    #expect(reserved.status.mode == 0o600)
    let generation = try store.commit(
      id,
      header: [1],
      payload: Payload([2]),
      key: key,
      expecting: nil,
      using: reservation
    )
    #expect(generation == 1)
    #expect(try store.open(id, key: store.unlock())?.payload == Payload([2]))
    let path = "\(sessions)/\(id)"
    #expect(try files.read(path, 1000)?.bytes.count == Self.overhead + 2)
    #expect(try files.status(path)?.mode == 0o600)
    #expect(try files.status(store.folder)?.mode == 0o700)
    #expect(try files.status("\(store.folder)/key")?.mode == 0o600)
    #expect(try files.list(sessions) == [id.description])
    try store.remove(id, expecting: 1)
    #expect(try store.list() == [])
  }

  @Test func aParentThatLeadsNowhereIsAMissingFolder() throws {
    #expect(unsafe symlink("\(root)/nowhere", "\(root)/state") == 0)
    let error = Fixture.error { () throws(StoreError) in try store().prepareFolders() }
    #expect(error?.code == .folderMissing)
  }

  @Test func linksAreNotFollowed() throws {
    let target = "\(root)/target"
    try put([1], target)
    let link = "\(root)/link"
    #expect(unsafe symlink(target, link) == 0)
    #expect(throws: FileFault(ELOOP)) { try files.read(link, 100) }
    #expect(throws: FileFault(EEXIST)) { try files.create(link) }
    #expect(try files.status(link)?.kind == .link)
    #expect(unsafe symlink(root, "\(root)/state") == 0)
    let store = SessionStore(folder: "\(root)/state", hostID: nil) { Fixture.counter.bytes($0) }
    #expect(
      Fixture.error { () throws(StoreError) in try store.prepareFolders() }?.code == .folderUnsafe
    )
  }

  @Test func aNameIsTakenOnlyOnce() throws {
    try put([1], "\(root)/a")
    try put([2], "\(root)/b")
    #expect(throws: FileFault(EEXIST)) { try files.renameNew("\(root)/a", "\(root)/b") }
    #expect(try files.read("\(root)/b", 9)?.bytes == [2])
    try files.renameNew("\(root)/a", "\(root)/c")
    #expect(try files.read("\(root)/c", 9)?.bytes == [1])
    #expect(try files.list(root).sorted() == ["b", "c"])
  }

  @Test func aFIFODoesNotHangAndIsNoFile() throws {
    #expect(unsafe mkfifo("\(root)/fifo", 0o600) == 0)
    #expect(throws: FileFault.self) { try files.read("\(root)/fifo", 9) }
  }

  @Test func aMissingFileIsNilAndALimitIsKept() throws {
    #expect(try files.read("\(root)/none", 9) == nil)
    #expect(try files.status("\(root)/none") == nil)
    try put(Array(repeating: 5, count: 200_000), "\(root)/big")
    #expect(try files.read("\(root)/big", 100_000)?.bytes.count == 100_001)
    #expect(try files.read("\(root)/big", 300_000)?.bytes.count == 200_000)
  }

  #if os(Linux)
  @Test func aFullDeviceIsToldApart() throws {
    let descriptor = unsafe open("/dev/full", O_WRONLY)
    defer { try? files.close(descriptor) }
    #expect(throws: FileFault(ENOSPC)) { _ = try files.write(descriptor, [1, 2]) }
  }
  #endif

  // Only root can give a folder away; other users meet the same rule in the model's tests.
  @Test(.enabled(if: geteuid() == 0)) func anotherUsersFolderIsRefusedForReal() throws {
    let store = store()
    try store.prepareFolders()
    #expect(unsafe chown(store.folder, 12_345, 12_345) == 0)
    let error = Fixture.error { () throws(StoreError) in try store.establish() }
    #expect(error?.code == .folderForeign)
    #expect(try files.list(store.folder).sorted() == ["cache", "locks", "sessions"])
  }

  /// What counts is whose the folder is that a link leads to, and not whose the link is.
  @Test(.enabled(if: geteuid() == 0), arguments: [0, 12_345] as [UInt32])
  func aLinkedHomeIsItsOwners(owner: UInt32) throws {
    try files.makeFolder("\(root)/home")
    #expect(unsafe symlink("\(root)/home", "\(root)/state") == 0)
    #expect(unsafe lchown("\(root)/state", 4242, 4242) == 0)
    #expect(unsafe chown("\(root)/home", owner, owner) == 0)
    let error = Fixture.error { () throws(StoreError) in try store().prepareFolders() }
    #expect(error?.code == (owner == 0 ? nil : .folderForeign))
    #expect(try files.list("\(root)/home").isEmpty == (owner != 0))
  }

  @Test func thisMachinesTemporaryFolderIsLocal() {
    #expect(!files.isNetwork(root))
    #expect(!files.isNetwork("/no/such/path"))
  }
}
