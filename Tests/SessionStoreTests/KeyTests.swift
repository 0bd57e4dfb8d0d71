// SPDX-License-Identifier: Apache-2.0

import Testing

import SessionStore

/// The key file, and the recorded choice of a key source.
@Suite struct KeyTests {
  static let keyPath = "\(Fixture.folder)/key"
  static let choicePath = "\(Fixture.folder)/store.json"

  @Test func theFirstLoginMakesOneKeyAndTheNextOnesUseIt() throws {
    let disk = ModelDisk()
    let store = Fixture.store(disk)
    #expect(Fixture.error { () throws(StoreError) in try store.unlock() }?.code == .notEstablished)
    let first = try store.establish()
    #expect(first.created)
    let second = try Fixture.store(disk).establish()
    #expect(!second.created)
    #expect(second.key.id == first.key.id)
    #expect(try store.unlock().expose() == first.key.expose())
    #expect(disk.bytes(Self.keyPath) == first.key.expose())
    let record = String(decoding: try #require(disk.bytes(Self.choicePath)), as: UTF8.self)
    #expect(record == "{\"keyID\":\"\(first.key.id)\",\"keySource\":\"key-file\",\"version\":1}\n")
  }

  @Test func twoFirstLoginsWithoutALockStillMakeOneKey() throws {
    let disk = ModelDisk()
    let store = Fixture.store(disk)
    try store.prepareFolders()
    let source = KeyFile(Self.keyPath, files: disk.effects, random: { Fixture.counter.bytes($0) })
    let one = try source.create(random: { Fixture.counter.bytes($0) })
    let two = try source.create(random: { Fixture.counter.bytes($0) })
    #expect(one.id == two.id)
    #expect(!disk.names.contains { $0.contains(".tmp-") })
    let adopted = try store.establish()
    #expect(adopted.key.id == one.id)
    #expect(!adopted.created)
  }

  @Test func aFirstLoginKilledAnywhereLeavesAKeyThatWorksOrNone() throws {
    let whole = ModelDisk()
    _ = try Fixture.store(whole).establish()
    for step in whole.steps.indices {
      for aftermath in ModelDisk.Aftermath.allCases {
        let disk = ModelDisk()
        disk.edit { $0.trouble = .killed(at: step) }
        _ = Fixture.error { () throws(StoreError) in try Fixture.store(disk).establish() }
        let store = Fixture.store(disk.afterCrash(aftermath))
        let key = try store.establish().key
        #expect(try store.unlock().id == key.id, "step \(step)")
      }
    }
  }

  @Test(
    arguments: [
      (31, 1000, 0o600, "not 32 bytes"), (33, 1000, 0o600, "not 32 bytes"),
      (0, 1000, 0o600, "not 32 bytes"), (32, 0, 0o600, "uid 0"), (32, 1000, 0o640, "other users"),
      (32, 1000, 0o604, "other users"),
    ] as [(Int, UInt32, UInt32, String)]
  )
  func anUnsafeKeyFileIsRefused(size: Int, owner: UInt32, mode: UInt32, says: String) throws {
    let disk = ModelDisk()
    let store = Fixture.store(disk)
    try store.prepareFolders()
    disk.put(Self.keyPath, Array(repeating: 1, count: size), owner: owner, mode: mode)
    let error = Fixture.error { () throws(StoreError) in try store.establish() }
    #expect(error?.code == .keyUnsafe)
    #expect(error?.what.contains(says) == true)
    #expect(disk.bytes(Self.choicePath) == nil)
  }

  @Test func aLinkIsNoKeyFile() throws {
    let disk = ModelDisk()
    disk.edit { $0.links = [Self.keyPath] }
    let error = Fixture.error { () throws(StoreError) in try Fixture.store(disk).establish() }
    #expect(error?.code == .keyUnsafe)
  }

  @Test func aLostKeyIsNeverReplacedSilently() throws {
    let disk = ModelDisk()
    let store = Fixture.store(disk)
    _ = try store.establish()
    disk.edit { $0.names[Self.keyPath] = nil }
    #expect(Fixture.error { () throws(StoreError) in try store.unlock() }?.code == .keyUnavailable)
    #expect(
      Fixture.error { () throws(StoreError) in try store.establish() }?.code == .keyUnavailable
    )
    disk.put(Self.keyPath, Array(repeating: 1, count: 32))
    #expect(Fixture.error { () throws(StoreError) in try store.unlock() }?.code == .keyUnavailable)
    #expect(
      Fixture.error { () throws(StoreError) in try store.establish() }?.code == .keyUnavailable
    )
  }

  @Test(arguments: [
    ("", StoreError.Code.corrupt(setAside: nil)), ("{", .corrupt(setAside: nil)),
    (#"{"version":1}"#, .corrupt(setAside: nil)), (#"{"version":2,"x":[]}"#, .newerVersion),
    (#"{"version":1,"keySource":"tpm","keyID":"00"}"#, .keyUnavailable),
    (String(repeating: "[", count: 4096), .corrupt(setAside: nil)),
  ])
  func anUnreadableRecordIsReported(text: String, code: StoreError.Code) throws {
    let disk = ModelDisk()
    let store = Fixture.store(disk)
    let key = try store.establish().key
    disk.put(Self.choicePath, Fixture.text(text))
    #expect(Fixture.error { () throws(StoreError) in try store.unlock() }?.code == code)
    if code == .corrupt(setAside: nil) {
      #expect(try store.establish().key.id == key.id)
      #expect(try store.unlock().id == key.id)
      #expect(disk.names.contains { $0.contains("store.json.corrupt-") })
    } else {
      #expect(Fixture.error { () throws(StoreError) in try store.establish() }?.code == code)
      #expect(disk.bytes(Self.choicePath) == Fixture.text(text))
    }
  }

  @Test func anotherSourceIsOneMoreType() throws {
    struct Fixed: KeySource {
      let name = "fixed"
      let place = "a test"
      let key: DataKey
      func load() throws(StoreError) -> DataKey? { key }
      func create(random: (Int) -> [UInt8]) throws(StoreError) -> DataKey { key }
    }
    let disk = ModelDisk()
    let store = SessionStore(
      folder: Fixture.folder,
      hostID: nil,
      files: disk.effects,
      keySources: [Fixed(key: try Fixture.key(3))],
      random: { Fixture.counter.bytes($0) }
    )
    #expect(try store.establish(source: "fixed").key.id == Fixture.key(3).id)
    #expect(try store.unlock().id == Fixture.key(3).id)
    let unknown = Fixture.error { () throws(StoreError) in try Fixture.store(disk).unlock() }
    #expect(unknown?.code == .keyUnavailable)
  }
}
