// SPDX-License-Identifier: Apache-2.0

import Synchronization

import SessionStore

/// Bytes that never repeat, counted and not random, so that a failing test fails the same way again.
final class Counter: Sendable {
  private let next = Mutex<UInt64>(1)

  func bytes(_ count: Int) -> [UInt8] {
    let number = next.withLock { value in
      value += 1
      return value
    }
    return (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * ($0 % 8))) }
  }
}

enum Fixture {
  static let counter = Counter()
  static let folder = "/home/.local/state/lanyard"

  static func store(_ disk: ModelDisk, hostID: String? = nil) -> SessionStore {
    SessionStore(
      folder: folder,
      hostID: hostID,
      files: disk.effects,
      random: { counter.bytes($0) }
    )
  }

  static func id(_ byte: UInt8) throws -> SessionID {
    guard let id = SessionID(bytes: Array(repeating: byte, count: 32)) else { throw Missing() }
    return id
  }

  static func key(_ byte: UInt8 = 7) throws -> DataKey {
    try DataKey(bytes: Array(repeating: byte, count: 32))
  }

  static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  static func path(_ id: SessionID) -> String { "\(folder)/sessions/\(id)" }

  struct Missing: Error {}

  /// The error that a call throws, or nil.
  static func error<Value>(_ body: () throws(StoreError) -> Value) -> StoreError? {
    do throws(StoreError) {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  /// A disk that holds generation 1 of session 1, payload `old`.
  static func diskWithOld() throws -> ModelDisk {
    let disk = ModelDisk()
    _ = try store(disk).commit(
      id(1),
      header: text("h1"),
      payload: Payload(text("old")),
      key: key(),
      expecting: nil,
      using: nil
    )
    disk.edit { $0.steps = [] }
    return disk
  }
}
