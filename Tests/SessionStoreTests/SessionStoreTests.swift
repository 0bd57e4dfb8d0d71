// SPDX-License-Identifier: Apache-2.0

import Testing

import SessionStore
import Synchronization

@Suite struct SessionStoreTests {
  @Test func generationsCountUpAndContentsComeBack() throws {
    let disk = ModelDisk()
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    #expect(try store.peek(id) == nil)
    #expect(try store.open(id, key: key) == nil)
    #expect(try store.list() == [])
    for number in UInt64(1)...3 {
      let generation = try store.commit(
        id,
        header: [UInt8(number)],
        payload: Payload([9, UInt8(number)]),
        key: key,
        expecting: number == 1 ? nil : number - 1,
        using: nil
      )
      #expect(generation == number)
    }
    #expect(try store.peek(id) == SealedSession(generation: 3, keyID: key.id, header: [3]))
    #expect(
      try store.open(id, key: key)
        == OpenSession(generation: 3, header: [3], payload: Payload([9, 3]))
    )
    #expect(try store.list() == [id])
    #expect(disk.state.withLock { $0.descriptors.isEmpty })
  }

  @Test(arguments: [(nil, 1), (0, 1), (2, 1), (UInt64.max, 1)] as [(UInt64?, UInt64)])
  func anotherGenerationIsAConflict(expecting: UInt64?, found: UInt64) throws {
    let disk = try Fixture.diskWithOld()
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    let reservation = try store.reserve(id, capacity: 1)
    let error = Fixture.error { () throws(StoreError) in
      try store.commit(
        id,
        header: [],
        payload: Payload([]),
        key: key,
        expecting: expecting,
        using: reservation
      )
    }
    #expect(error?.code == .conflict(found: found))
    #expect(!disk.names.contains { $0.contains(".tmp-") })
    #expect(try store.open(id, key: key)?.generation == 1)
  }

  @Test func aRemovedSessionIsAConflictForWhoHadReadIt() throws {
    let disk = try Fixture.diskWithOld()
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    #expect(
      Fixture.error { () throws(StoreError) in try store.remove(id, expecting: 2) }?.code
        == .conflict(found: 1)
    )
    try store.remove(id, expecting: 1)
    try store.remove(id, expecting: nil)
    #expect(try store.open(id, key: key) == nil)
    #expect(
      Fixture.error { () throws(StoreError) in try store.remove(id, expecting: 1) }?.code
        == .conflict(found: nil)
    )
    let error = Fixture.error { () throws(StoreError) in
      try store.commit(id, header: [], payload: Payload([]), key: key, expecting: 1, using: nil)
    }
    #expect(error?.code == .conflict(found: nil))
    #expect(try Fixture.store(disk.afterCrash(.onlySynced)).list() == [])
  }

  @Test(arguments: [(65_537, 0), (0, 1_048_577)])
  func whatIsTooLargeIsRefused(header: Int, payload: Int) throws {
    let store = Fixture.store(ModelDisk())
    let (id, key) = (try Fixture.id(1), try Fixture.key())
    let error = Fixture.error { () throws(StoreError) in
      try store.commit(
        id,
        header: Array(repeating: 0, count: header),
        payload: Payload(Array(repeating: 0, count: payload)),
        key: key,
        expecting: nil,
        using: nil
      )
    }
    #expect(error?.code == .tooLarge)
  }

  @Test func theLargestAllowedComesBack() throws {
    let store = Fixture.store(ModelDisk())
    let (id, key) = (try Fixture.id(1), try Fixture.key())
    let header = [UInt8](repeating: 1, count: 65_536)
    let payload = Payload(Array(repeating: 2, count: 1_048_576))
    _ = try store.commit(
      id,
      header: header,
      payload: payload,
      key: key,
      expecting: nil,
      using: nil
    )
    #expect(try store.open(id, key: key)?.payload == payload)
    #expect(try store.peek(id)?.header == header)
  }

  @Test func theEpochChangesAndIsDurable() throws {
    let disk = ModelDisk()
    let store = Fixture.store(disk)
    #expect(store.epoch() == [])
    try store.advanceEpoch()
    let first = store.epoch()
    #expect(first.count == 32)
    try store.advanceEpoch()
    #expect(store.epoch() != first)
    #expect(Fixture.store(disk.afterCrash(.onlySynced)).epoch() == store.epoch())
    disk.put("\(Fixture.folder)/epoch", Array(repeating: 1, count: 65))
    #expect(store.epoch() == [])
  }

  @Test(arguments: ["a", "jwks-0123.json", "A_b"])
  func documentsAreCached(name: String) throws {
    let store = Fixture.store(ModelDisk())
    #expect(store.readCache(name: name) == nil)
    try store.writeCache(name: name, [1, 2])
    try store.writeCache(name: name, [3])
    #expect(store.readCache(name: name) == [3])
  }

  @Test(arguments: [
    "", ".", "..", "../key", "a/b", ".hidden", "a\u{0}b", "a b", String(repeating: "a", count: 129),
  ])
  func namesThatCouldLeaveTheCacheAreRefused(name: String) {
    let store = Fixture.store(ModelDisk())
    #expect(
      Fixture.error { () throws(StoreError) in try store.writeCache(name: name, [1]) }?.code
        == .tooLarge
    )
    #expect(store.readCache(name: name) == nil)
  }

  @Test func lockPathsAreInsideTheLocksFolder() throws {
    let store = Fixture.store(ModelDisk())
    let locks = "\(Fixture.folder)/locks/"
    #expect(
      store.lockPath(forSession: try Fixture.id(1)) == locks + "session-"
        + String(repeating: "01", count: 32)
    )
    #expect(store.lockPath(forLogin: "ab12") == locks + "login-ab12")
    #expect(store.lockPath(forLogin: "../x") == locks + "login-2e2e2f78")
    #expect(store.storeLockPath == locks + "store")
  }

  @Test(arguments: [
    "", "0", String(repeating: "0", count: 63), String(repeating: "A", count: 64),
    String(repeating: "0", count: 62) + "/.", String(repeating: "é", count: 32),
  ])
  func otherTextsAreNoSessionID(text: String) {
    #expect(SessionID(text) == nil)
  }

  @Test func oldUnfinishedFilesAreSweptByAge() throws {
    let disk = try Fixture.diskWithOld()
    let store = Fixture.store(disk)
    disk.put("\(Fixture.folder)/epoch.tmp-01", [])
    disk.put("\(Fixture.folder)/cache/a.tmp-01", [])
    store.sweep(untouchedSince: 0)
    #expect(disk.names.count { $0.contains(".tmp-") } == 2)
    store.sweep(untouchedSince: 1)
    #expect(disk.names.count { $0.contains(".tmp-") } == 0)
    #expect(try store.list().count == 1)
  }

  @Test func secretsDoNotPrint() throws {
    let key = try DataKey(bytes: Fixture.text("canary-canary-canary-canary-1234"))
    let payload = Payload(Fixture.text("canary"))
    var dumped = "\(key) \(payload) \(String(reflecting: key)) \(String(reflecting: payload))"
    dump(key, to: &dumped)
    dump(payload, to: &dumped)
    dump(OpenSession(generation: 1, header: [], payload: payload), to: &dumped)
    #expect(!dumped.contains("canary"))
    #expect(!dumped.contains("99"), "the bytes as numbers")
    #expect(dumped.contains(key.id.description))
  }
}
