// SPDX-License-Identifier: Apache-2.0

import Testing

import SessionStore

/// Damaged, foreign and newer files.
@Suite struct DamageTests {
  /// Commits session 2, which no damage to session 1 may touch.
  private func commitSecond(_ store: SessionStore, _ key: DataKey) throws {
    _ = try store.commit(
      Fixture.id(2),
      header: [],
      payload: Payload([2]),
      key: key,
      expecting: nil,
      using: nil
    )
  }

  @Test func aFlippedBitAnywhereNeverOpens() throws {
    let original = try #require(try Fixture.diskWithOld().bytes(Fixture.path(Fixture.id(1))))
    var codes: Set<String> = []
    for offset in original.indices {
      for bit in [UInt8(0x01), 0x80] {
        let disk = try Fixture.diskWithOld()
        let store = Fixture.store(disk)
        let (id, key) = (try Fixture.id(1), try Fixture.key())
        try commitSecond(store, key)
        var bytes = original
        bytes[offset] ^= bit
        disk.put(Fixture.path(id), bytes)
        let error = try #require(
          Fixture.error { () throws(StoreError) in try store.open(id, key: key) }
        )
        switch error.code {
        case .corrupt(let aside):
          let aside = try #require(aside)
          #expect(disk.bytes(aside) == bytes)
          #expect(aside.hasPrefix(Fixture.path(id) + ".corrupt-"))
          #expect(try store.open(id, key: key) == nil)
          codes.insert("corrupt")
        case .newerVersion:
          #expect((8..<10).contains(offset))
          #expect(disk.bytes(Fixture.path(id)) == bytes)
          codes.insert("newer")
        case .unknownKey:
          #expect((20..<36).contains(offset))
          #expect(disk.bytes(Fixture.path(id)) == bytes)
          codes.insert("key")
        default: Issue.record("\(error) at \(offset)")
        }
        #expect(try store.open(Fixture.id(2), key: key)?.payload == Payload([2]))
        #expect(try store.list().contains(Fixture.id(2)))
      }
    }
    #expect(codes == ["corrupt", "newer", "key"])
  }

  /// Between our look at a damaged file and its way aside another process may have logged in.
  @Test(arguments: [[1, 2, 3], nil] as [[UInt8]?])
  func whatReplacedADamagedFileStays(flipped: [UInt8]?) throws {
    let disk = try Fixture.diskWithOld()
    let (id, key) = (try Fixture.id(1), try Fixture.key())
    let path = Fixture.path(id)
    let good = try #require(disk.bytes(path))
    // Malformed, or a record that fails authentication.
    disk.put(path, flipped ?? Array(good.dropLast()) + [good[good.count - 1] ^ 1])
    var files = disk.effects
    let read = files.read
    files.read = { name, limit throws(FileFault) in
      let contents = try read(name, limit)
      if name == path { disk.put(path, good) }
      return contents
    }
    let store = SessionStore(
      folder: Fixture.folder,
      hostID: nil,
      files: files,
      random: { Fixture.counter.bytes($0) }
    )
    let error = Fixture.error { () throws(StoreError) in try store.open(id, key: key) }
    #expect(error?.code == .corrupt(setAside: nil))
    #expect(disk.bytes(path) == good)
    #expect(try store.open(id, key: key)?.generation == 1)
  }

  @Test func aFileCutAnywhereIsSetAside() throws {
    let original = try #require(try Fixture.diskWithOld().bytes(Fixture.path(Fixture.id(1))))
    for length in 0..<original.count {
      let disk = try Fixture.diskWithOld()
      let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
      disk.put(Fixture.path(id), Array(original.prefix(length)))
      let error = try #require(
        Fixture.error { () throws(StoreError) in try store.open(id, key: key) }
      )
      guard case .corrupt(.some) = error.code else {
        Issue.record("\(length): \(error)")
        continue
      }
      #expect(try store.open(id, key: key) == nil)
      #expect(
        try store.commit(id, header: [], payload: Payload([]), key: key, expecting: nil, using: nil)
          == 1
      )
    }
  }

  @Test func aFileUnderAnotherNameDoesNotOpen() throws {
    let disk = try Fixture.diskWithOld()
    let (store, one, two, key) = (
      Fixture.store(disk), try Fixture.id(1), try Fixture.id(2), try Fixture.key()
    )
    _ = try store.commit(
      two,
      header: [],
      payload: Payload([2]),
      key: key,
      expecting: nil,
      using: nil
    )
    let (first, second) = (disk.bytes(Fixture.path(one)), disk.bytes(Fixture.path(two)))
    disk.put(Fixture.path(one), try #require(second))
    disk.put(Fixture.path(two), try #require(first))
    for id in [one, two] {
      let error = Fixture.error { () throws(StoreError) in try store.open(id, key: key) }
      guard case .corrupt(.some) = error?.code else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test func aNewerVersionIsLeftAloneByEverything() throws {
    let disk = try Fixture.diskWithOld()
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    let future = Fixture.text("LANYARD\u{0}") + [0, 2] + Fixture.text("whatever comes")
    disk.put(Fixture.path(id), future)
    let codes = [
      Fixture.error { () throws(StoreError) in try store.open(id, key: key) }?.code,
      Fixture.error { () throws(StoreError) in try store.peek(id) }?.code,
      Fixture.error { () throws(StoreError) in try store.remove(id, expecting: nil) }?.code,
      Fixture.error { () throws(StoreError) in try store.remove(id, expecting: 1) }?.code,
      Fixture.error { () throws(StoreError) in
        try store.commit(
          id,
          header: [],
          payload: Payload([]),
          key: key,
          expecting: 1,
          using: nil
        )
      }?.code,
    ]
    #expect(codes == Array(repeating: .newerVersion, count: 5))
    #expect(disk.bytes(Fixture.path(id)) == future)
  }

  @Test func anotherKeyIsNoCorruption() throws {
    let disk = try Fixture.diskWithOld()
    let (store, id) = (Fixture.store(disk), try Fixture.id(1))
    let other = try Fixture.key(8)
    let error = Fixture.error { () throws(StoreError) in try store.open(id, key: other) }
    #expect(error?.code == .unknownKey)
    #expect(try store.open(id, key: Fixture.key())?.generation == 1)
  }

  @Test func peekLeavesADamagedFileWhereItIs() throws {
    let disk = try Fixture.diskWithOld()
    let (store, id) = (Fixture.store(disk), try Fixture.id(1))
    disk.put(Fixture.path(id), [1, 2, 3])
    let error = Fixture.error { () throws(StoreError) in try store.peek(id) }
    #expect(error?.code == .corrupt(setAside: nil))
    #expect(disk.bytes(Fixture.path(id)) == [1, 2, 3])
  }

  @Test func aDamagedFileDoesNotKeepASuccessorFromBeingKept() throws {
    let disk = try Fixture.diskWithOld()
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    disk.put(Fixture.path(id), [1, 2, 3])
    let generation = try store.commit(
      id,
      header: [],
      payload: Payload([5]),
      key: key,
      expecting: 1,
      using: nil
    )
    #expect(generation == 2)
    #expect(try store.open(id, key: key)?.payload == Payload([5]))
    #expect(disk.names.contains { $0.contains(".corrupt-") })
  }
}
