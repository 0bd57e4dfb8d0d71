// SPDX-License-Identifier: Apache-2.0

import Testing

import SessionStore

/// Records that the store could not take, kept in the runtime folder.
@Suite struct OrphanTests {
  static let runtime = "/run/lanyard"

  private func disk(orphanExpecting: UInt64?) throws -> ModelDisk {
    let disk = try Fixture.diskWithOld()
    disk.edit { $0.folders["/run"] = ModelDisk.folder }
    try Fixture.store(disk).writeOrphan(
      Fixture.id(1),
      header: [7],
      payload: Payload(Fixture.text("kept")),
      key: Fixture.key(),
      expecting: orphanExpecting,
      into: Self.runtime
    )
    return disk
  }

  private func hasOrphan(_ disk: ModelDisk) -> Bool {
    disk.names.contains { $0.hasPrefix(Self.runtime) }
  }

  @Test func aNewerOrphanIsTakenInOnce() throws {
    let disk = try disk(orphanExpecting: 1)
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    #expect(try store.adoptOrphan(id, key: key, from: Self.runtime) == 2)
    #expect(try store.open(id, key: key)?.payload == Payload(Fixture.text("kept")))
    #expect(!hasOrphan(disk))
    #expect(try store.adoptOrphan(id, key: key, from: Self.runtime) == nil)
    #expect(try Fixture.store(disk.afterCrash(.onlySynced)).open(id, key: key)?.generation == 2)
  }

  @Test func theOrphanOfAFirstLoginIsTakenIn() throws {
    let disk = try disk(orphanExpecting: nil)
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    try store.remove(id, expecting: nil)
    #expect(try store.adoptOrphan(id, key: key, from: Self.runtime) == 1)
  }

  @Test func anOrphanThatIsNotNewerIsDropped() throws {
    let disk = try disk(orphanExpecting: nil)
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    #expect(try store.adoptOrphan(id, key: key, from: Self.runtime) == nil)
    #expect(try store.open(id, key: key)?.payload == Payload(Fixture.text("old")))
    #expect(!hasOrphan(disk))
  }

  @Test func anOrphanUnderAnotherKeyStays() throws {
    let disk = try disk(orphanExpecting: 1)
    let (store, id) = (Fixture.store(disk), try Fixture.id(1))
    #expect(try store.adoptOrphan(id, key: Fixture.key(8), from: Self.runtime) == nil)
    #expect(hasOrphan(disk))
  }

  @Test func aDamagedOrAnotherSessionsOrphanIsDropped() throws {
    for damage in [true, false] {
      let disk = try disk(orphanExpecting: 1)
      let (store, two, key) = (Fixture.store(disk), try Fixture.id(2), try Fixture.key())
      let bytes = try #require(disk.bytes("\(Self.runtime)/\(try Fixture.id(1)).orphan"))
      disk.put("\(Self.runtime)/\(two).orphan", damage ? [1] : bytes)
      #expect(try store.adoptOrphan(two, key: key, from: Self.runtime) == nil)
      #expect(try store.open(two, key: key) == nil)
      #expect(disk.names.count { $0.hasPrefix(Self.runtime) } == 1)
    }
  }

  @Test func aStoreThatStillCannotWriteKeepsTheOrphan() throws {
    let disk = try disk(orphanExpecting: 1)
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    disk.edit { state in
      state.trouble = .fails(at: state.steps.count, 28)
    }
    let error = Fixture.error { () throws(StoreError) in
      try store.adoptOrphan(id, key: key, from: Self.runtime)
    }
    #expect(error?.code == .folderFull)
    #expect(hasOrphan(disk))
    #expect(try store.adoptOrphan(id, key: key, from: Self.runtime) == 2)
  }

  @Test func logoutDropsTheOrphan() throws {
    let disk = try disk(orphanExpecting: 1)
    Fixture.store(disk).discardOrphan(try Fixture.id(1), in: Self.runtime)
    #expect(!hasOrphan(disk))
  }

  @Test func aForeignRuntimeFolderIsNotUsed() throws {
    let disk = try disk(orphanExpecting: 1)
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    disk.edit { $0.folders[Self.runtime]?.owner = 1001 }
    let error = Fixture.error { () throws(StoreError) in
      try store.adoptOrphan(id, key: key, from: Self.runtime)
    }
    #expect(error?.code == .folderForeign)
  }
}
