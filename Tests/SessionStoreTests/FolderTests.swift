// SPDX-License-Identifier: Apache-2.0

import Testing

import SessionStore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whose folders are used, and on which file systems.
@Suite struct FolderTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let status: FileStatus
    let reading: StoreError.Code?
    let writing: StoreError.Code?
    var testDescription: String { name }

    init(
      _ name: String,
      _ kind: FileStatus.Kind = .folder,
      owner: UInt32 = 1000,
      mode: UInt32,
      reading: StoreError.Code?,
      writing: StoreError.Code?
    ) {
      self.name = name
      status = FileStatus(kind: kind, owner: owner, mode: mode, modified: 0)
      self.reading = reading
      self.writing = writing
    }
  }

  static let rows = [
    Row("ours alone", mode: 0o700, reading: nil, writing: nil),
    Row("readable by others", mode: 0o755, reading: nil, writing: nil),
    Row("writable by the group", mode: 0o770, reading: nil, writing: .folderUnsafe),
    Row("writable by all", mode: 0o702, reading: nil, writing: .folderUnsafe),
    Row("root's", owner: 0, mode: 0o700, reading: .folderForeign, writing: .folderForeign),
    Row(
      "another user's",
      owner: 1001,
      mode: 0o777,
      reading: .folderForeign,
      writing: .folderForeign
    ),
    Row("a link", .link, mode: 0o777, reading: .folderUnsafe, writing: .folderUnsafe),
    Row("a file", .file, mode: 0o600, reading: .folderUnsafe, writing: .folderUnsafe),
  ]

  @Test(arguments: rows, ["", "/sessions"])
  func onlyOwnFoldersAreUsed(row: Row, inside: String) throws {
    let disk = try Fixture.diskWithOld()
    disk.edit { $0.folders[Fixture.folder + inside] = row.status }
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    let reading = Fixture.error { () throws(StoreError) in try store.open(id, key: key) }
    let writing = Fixture.error { () throws(StoreError) in
      try store.commit(id, header: [], payload: Payload([]), key: key, expecting: 1, using: nil)
    }
    #expect(reading?.code == row.reading)
    #expect(writing?.code == row.writing)
    if row.writing != nil {
      #expect(disk.steps == [])
      #expect(
        Fixture.error { () throws(StoreError) in try store.reserve(id, capacity: 1) }?.code
          == row.writing
      )
      #expect(
        Fixture.error { () throws(StoreError) in try store.advanceEpoch() }?.code == row.writing
      )
    }
  }

  @Test func rootWithTheUsersHomeWritesNothing() throws {
    let disk = try Fixture.diskWithOld()
    disk.edit { $0.uid = 0 }
    let error = Fixture.error { () throws(StoreError) in try Fixture.store(disk).establish() }
    #expect(error?.code == .folderForeign)
    #expect(error?.what.contains("uid 1000") == true)
    #expect(disk.steps == [])
  }

  /// Who runs it, whose the nearest folder is that exists, and whether anything may be made in it.
  @Test(
    arguments: [
      (0, 1000, false), (1000, 1001, false), (0, 0, true), (1000, 1000, true), (1000, 0, true),
    ] as [(UInt32, UInt32, Bool)]
  )
  func nothingIsMadeInTheHomeOfAnotherUser(uid: UInt32, owner: UInt32, isMade: Bool) throws {
    let disk = ModelDisk()
    disk.edit { state in
      state.uid = uid
      state.folders["/home"]?.owner = owner
    }
    let error = Fixture.error { () throws(StoreError) in try Fixture.store(disk).establish() }
    #expect(error?.code == (isMade ? nil : .folderForeign))
    #expect(disk.steps.isEmpty == !isMade)
    if !isMade { #expect(error?.what.contains("\"/home\" belongs to uid \(owner)") == true) }
  }

  @Test func whatRootMadeIsTakenBack() throws {
    let disk = try Fixture.diskWithOld()
    disk.edit { $0.folders[Fixture.folder]?.owner = 0 }
    let error = Fixture.error { () throws(StoreError) in try Fixture.store(disk).unlock() }
    #expect(error?.remedy.contains("sudo chown -R 1000 \"\(Fixture.folder)\"") == true)
  }

  @Test(arguments: [EACCES, ENOTDIR])
  func aFolderThatThisUserCannotGetToIsNoStoreForThem(number: Int32) throws {
    let disk = try Fixture.diskWithOld()
    var files = disk.effects
    files.status = { _ throws(FileFault) in throw FileFault(number) }
    let store = SessionStore(folder: Fixture.folder, hostID: nil, files: files) {
      Fixture.counter.bytes($0)
    }
    let reading = Fixture.error { () throws(StoreError) in try store.unlock() }
    let writing = Fixture.error { () throws(StoreError) in try store.prepareFolders() }
    for error in [reading, writing] {
      #expect(error?.code == .folderUnreachable)
      #expect(error?.isNoStoreForUser == true)
      #expect(error?.remedy == "set HOME or XDG_STATE_HOME to a folder of this user")
    }
    #expect(disk.steps == [])
  }

  @Test(
    arguments: [
      (ENOSPC, .folderFull, "free some space"), (EDQUOT, .folderFull, "raise the quota"),
      (EROFS, .folderReadOnly, "make \"/a\" writable"),
      (ENOENT, .folderMissing, "create \"/a\""),
      (EISDIR, .folderUnsafe, "in place of \"/a/b\""), (EMFILE, .io, "ulimit -n"),
      (ENFILE, .io, "ulimit -n"), (EFBIG, .io, "ulimit -f"), (EIO, .io, "check the disk"),
    ] as [(Int32, StoreError.Code, String)]
  )
  func aFailedCallHasItsOwnRemedy(number: Int32, code: StoreError.Code, remedy: String) {
    let error = StoreError(FileFault(number), doing: "write", path: "/a/b")
    #expect(error.code == code)
    #expect(error.remedy.contains(remedy))
    #expect(error.what == "cannot write \"/a/b\"")
    #expect(error.cause == FileFault(number).text)
  }

  @Test func missingFoldersAreMadeWithTheirParents() throws {
    let disk = ModelDisk()
    try Fixture.store(disk).prepareFolders()
    let made = disk.state.withLock { Set($0.folders.keys) }
    #expect(
      made.isSuperset(of: [
        "/home/.local", Fixture.folder, Fixture.folder + "/sessions", Fixture.folder + "/locks",
        Fixture.folder + "/cache",
      ])
    )
    let steps = disk.steps.count
    try Fixture.store(disk).prepareFolders()
    #expect(disk.steps.count == steps)
  }

  @Test func networkFileSystemsKeepSessionsPerHost() throws {
    let disk = ModelDisk()
    disk.edit { $0.networks = ["/home"] }
    let store = Fixture.store(disk, hostID: "0123abcd")
    let (id, key) = (try Fixture.id(1), try Fixture.key())
    _ = try store.commit(
      id,
      header: [],
      payload: Payload([]),
      key: key,
      expecting: nil,
      using: nil
    )
    #expect(disk.names == ["\(Fixture.folder)/sessions-0123abcd/\(id)"])
  }

  @Test(arguments: [nil, "", "../x", "a/b"])
  func aNetworkFileSystemWithoutAHostIDIsRefused(hostID: String?) throws {
    let disk = ModelDisk()
    disk.edit { $0.networks = ["/home"] }
    let store = Fixture.store(disk, hostID: hostID)
    #expect(
      Fixture.error { () throws(StoreError) in try store.prepareFolders() }?.code == .hostUnknown
    )
    #expect(Fixture.error { () throws(StoreError) in try store.list() }?.code == .hostUnknown)
    #expect(disk.steps == [])
  }

  static let mounts = """
    22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
    40 22 0:45 / /home rw,relatime shared:20 master:1 - nfs4 server:/home rw,vers=4.2
    41 22 0:46 / /mnt/with\\040space rw - fuse.sshfs host: rw
    42 22 0:47 / /run/user/1000 rw - tmpfs tmpfs rw
    43 22 0:48
    """

  @Test(
    arguments: [
      (254, 1, false), (0, 45, true), (0, 46, true), (0, 47, false), (0, 48, false), (9, 9, false),
      (0, 4, false),
    ] as [(UInt64, UInt64, Bool)]
  )
  func fileSystemsAreToldApart(major: UInt64, minor: UInt64, isShared: Bool) {
    let type = MountTable.type(ofDevice: major, minor, in: Self.mounts)
    #expect(type.map(MountTable.isShared) ?? false == isShared)
  }
}
