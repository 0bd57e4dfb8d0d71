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

  /// What may happen to a session between the writing of an orphan and the next renewal.
  static let turns: [@Sendable (SessionStore, SessionID, DataKey) throws -> Void] = [
    // A logout, and a login that counts from 1 again: generation 2 of the orphan is newer and nevertheless of the past.
    { store, id, key in
      try store.remove(id, expecting: 1)
      _ = try store.commit(
        id,
        header: [],
        payload: Payload(Fixture.text("new")),
        key: key,
        expecting: nil,
        using: nil
      )
    },
    // A logout and nothing else.
    { store, id, _ in try store.remove(id, expecting: 1) },
    // A renewal, with an orphan that lay where it did not look.
    { store, id, key in
      _ = try store.commit(
        id,
        header: [],
        payload: Payload(Fixture.text("new")),
        key: key,
        expecting: 1,
        using: nil
      )
    },
  ]

  @Test(arguments: turns)
  func anOrphanOfThePastIsDropped(
    turn: @Sendable (SessionStore, SessionID, DataKey) throws -> Void
  ) throws {
    let disk = try disk(orphanExpecting: 1)
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    try turn(store, id, key)
    let before = try store.open(id, key: key)
    #expect(try store.adoptOrphan(id, key: key, from: Self.runtime) == nil)
    #expect(try store.open(id, key: key) == before)
    #expect(!hasOrphan(disk))
  }

  /// A login at another issuer moves the epoch; it must not cost this session its only good refresh token.
  @Test func anotherSessionsLoginDropsNoOrphan() throws {
    let disk = try disk(orphanExpecting: 1)
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    try store.advanceEpoch()
    #expect(try store.adoptOrphan(id, key: key, from: Self.runtime) == 2)
  }

  @Test func withoutASessionThereIsNothingToSucceed() throws {
    let disk = try disk(orphanExpecting: 1)
    let (id, key) = (try Fixture.id(9), try Fixture.key())
    let error = Fixture.error { () throws(StoreError) in
      try Fixture.store(disk).writeOrphan(
        id,
        header: [],
        payload: Payload([]),
        key: key,
        expecting: nil,
        into: Self.runtime
      )
    }
    #expect(error?.code == .conflict(found: nil))
  }

  @Test func anOrphanUnderAnotherKeyStays() throws {
    let disk = try disk(orphanExpecting: 1)
    let (store, id) = (Fixture.store(disk), try Fixture.id(1))
    #expect(try store.adoptOrphan(id, key: Fixture.key(8), from: Self.runtime) == nil)
    #expect(hasOrphan(disk))
  }

  @Test(arguments: [true, false])
  func aDamagedOrAnotherSessionsOrphanIsDropped(isDamaged: Bool) throws {
    let disk = try disk(orphanExpecting: 1)
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    let path = try #require(disk.names.first { $0.hasPrefix(Self.runtime) })
    let other = try Fixture.id(2)
    _ = try store.commit(
      other,
      header: [],
      payload: Payload([]),
      key: key,
      expecting: nil,
      using: nil
    )
    disk.put(path, isDamaged ? [1] : try #require(disk.bytes(Fixture.path(other))))
    #expect(try store.adoptOrphan(id, key: key, from: Self.runtime) == nil)
    #expect(try store.open(id, key: key)?.payload == Payload(Fixture.text("old")))
    #expect(!hasOrphan(disk))
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
