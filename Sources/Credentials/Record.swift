// SPDX-License-Identifier: Apache-2.0

import SessionStore

/// One session in the store, opened with its key: what it holds and the generation that a commit must find.
struct Record: Sendable {
  let store: SessionStore
  let id: SessionID
  let key: DataKey
  private(set) var generation: UInt64?
  private(set) var session: Session?

  /// Reads the session.
  ///
  /// A damaged file has been set aside by the store and reads as none.
  init(store: SessionStore, id: SessionID, key: DataKey) throws(StoreError) {
    self.store = store
    self.id = id
    self.key = key
    try reread()
  }

  /// Reads the session again.
  mutating func reread() throws(StoreError) {
    guard let opened = try store.open(id, key: key) else {
      generation = nil
      session = nil
      return
    }
    generation = opened.generation
    do {
      session = try Session(opened)
    } catch {
      throw Self.unreadable
    }
  }

  /// Writes the session as the next generation; only if the store still holds the one that was read.
  mutating func commit(_ next: Session, using reservation: Reservation? = nil) throws(StoreError) {
    let header: [UInt8]
    let payload: Payload
    do {
      header = try next.header()
      payload = try next.payload()
    } catch {
      throw Self.unreadable
    }
    generation = try store.commit(
      id,
      header: header,
      payload: payload,
      key: key,
      expecting: generation,
      using: reservation
    )
    session = next
  }

  /// Writes the session as an orphan, for the next renewal to take in: used when `commit` failed.
  func writeOrphan(_ next: Session, into folder: String) throws {
    try store.writeOrphan(
      id,
      header: try next.header(),
      payload: try next.payload(),
      key: key,
      expecting: generation,
      into: folder
    )
  }

  /// The file opened under the right key but does not hold a session: written by another version of this program.
  private static var unreadable: StoreError {
    StoreError(
      .newerVersion,
      what: "the session holds what this lanyard does not know",
      remedy: "use the lanyard that wrote it"
    )
  }
}
