// SPDX-License-Identifier: Apache-2.0

/// What can be known of a session without its key.
///
/// Nothing of it is authenticated yet.
package struct SealedSession: Sendable, Equatable {
  /// Counts commits, from 1.
  package let generation: UInt64
  /// The key that the payload is encrypted under.
  package let keyID: KeyID
  /// The plain header; anyone who can write the file can have forged it, so decide nothing by it.
  package let header: [UInt8]

  /// Makes a sealed session.
  package init(generation: UInt64, keyID: KeyID, header: [UInt8]) {
    self.generation = generation
    self.keyID = keyID
    self.header = header
  }
}

/// A session that was decrypted; header and payload are authentic.
package struct OpenSession: Sendable, Equatable {
  /// Counts commits, from 1.
  package let generation: UInt64
  /// The plain header.
  package let header: [UInt8]
  /// The secret part.
  package let payload: Payload

  /// Makes an open session.
  package init(generation: UInt64, header: [UInt8], payload: Payload) {
    self.generation = generation
    self.header = header
    self.payload = payload
  }
}

extension SessionStore {
  /// Reads a session without its key; nil if there is none.
  ///
  /// Throws `.newerVersion`; `.corrupt(setAside: nil)` for a file that does not parse, which stays where it is;
  /// the errors of the folder checks and of reading.
  package func peek(_ id: SessionID) throws(StoreError) -> SealedSession? {
    guard try isReadable(), let bytes = try load(try path(id)) else { return nil }
    switch SessionRecord.parse(bytes) {
    case .record(let record):
      return SealedSession(
        generation: record.generation,
        keyID: record.keyID,
        header: record.header
      )
    case .newer(let version): throw Self.newer(version, try path(id))
    case .malformed(let why): throw Self.corrupt(try path(id), why, setAside: nil)
    }
  }

  /// Reads and decrypts a session; nil if there is none.
  ///
  /// The caller holds the session's lock.
  /// Throws `.newerVersion` (file left alone), `.unknownKey` (never taken for corruption), `.corrupt` after
  /// renaming a damaged file to `<id>.corrupt-<random>`, and the errors of the folder checks and of reading.
  package func open(_ id: SessionID, key: DataKey) throws(StoreError) -> OpenSession? {
    let path = try path(id)
    guard try isReadable(), let bytes = try load(path) else { return nil }
    switch SessionRecord.parse(bytes) {
    case .newer(let version): throw Self.newer(version, path)
    case .malformed(let why): throw Self.corrupt(path, why, setAside: setAside(path, bytes))
    case .record(let record):
      try Self.require(key, for: record, at: path)
      guard let payload = record.open(id, key: key) else {
        throw Self.corrupt(
          path,
          "its contents fail authentication",
          setAside: setAside(path, bytes)
        )
      }
      return OpenSession(
        generation: record.generation,
        header: record.header,
        payload: payload
      )
    }
  }

  func load(_ path: String) throws(StoreError) -> [UInt8]? {
    try attempt("read", path) { () throws(FileFault) in
      try files.read(path, SessionRecord.maximumLength)?.bytes
    }
  }

  /// Moves a damaged file out of the way, unless someone has replaced it since it was read.
  func setAside(_ path: String, _ bytes: [UInt8]) -> String? {
    let aside = "\(path).corrupt-\(Hex.encode(random(4)))"
    guard (try? load(path)) == bytes, (try? files.rename(path, aside)) != nil else { return nil }
    return aside
  }

  /// Moves a session out of the way that cannot be opened here; gives where it is kept.
  ///
  /// For one whose key is gone: the caller holds the session's lock, and somebody asked for it. Throws the errors of
  /// writing.
  package func setAside(_ id: SessionID) throws(StoreError) -> String {
    let path = try path(id)
    let aside = "\(path).other-key-\(Hex.encode(random(4)))"
    try attempt("move", path) { () throws(FileFault) in try files.rename(path, aside) }
    return aside
  }

  static func require(
    _ key: DataKey,
    for record: SessionRecord,
    at path: String
  ) throws(StoreError) {
    guard record.keyID != key.id else { return }
    throw StoreError(
      .unknownKey,
      what: "\(quoted(path)) is encrypted under key \(record.keyID), and the key here is \(key.id)",
      remedy: "restore the key that it was written with, or log in again with lanyard login"
    )
  }

  static func newer(_ version: UInt16, _ path: String) -> StoreError {
    StoreError(
      .newerVersion,
      what:
        "\(quoted(path)) has format version \(version), and this lanyard knows \(SessionRecord.version)",
      remedy: "use the newer lanyard that wrote it"
    )
  }

  static func corrupt(_ path: String, _ why: String, setAside: String?) -> StoreError {
    let kept = setAside.map { "; it was set aside as \(quoted($0))" } ?? ""
    return StoreError(
      .corrupt(setAside: setAside),
      what: "the session file \(quoted(path)) is damaged: \(why)\(kept)",
      remedy: "log in again; other sessions are not touched"
    )
  }
}
