// SPDX-License-Identifier: Apache-2.0

extension SessionStore {
  /// Keeps a session's next generation, encrypted, in another folder because the store could not take it.
  ///
  /// `folder` is usually the runtime folder; it is made 0700 if missing, and must be this user's alone.
  /// `expecting` is what the failed commit was given. Throws the errors of the folder checks and of writing.
  package func writeOrphan(
    _ id: SessionID,
    header: [UInt8],
    payload: Payload,
    key: DataKey,
    expecting: UInt64?,
    into folder: String
  ) throws(StoreError) {
    _ = try ensureFolder(folder)
    let bytes = try encode(id, (expecting ?? 0) &+ 1, header, payload, key)
    let path = Self.orphanPath(id, folder)
    let atomic = atomic
    try attempt("write", path) { () throws(FileFault) in try atomic.write(bytes, to: path) }
  }

  /// Takes an orphan into the store if it is newer than what is there; gives its generation if it was taken.
  ///
  /// The caller holds the session's lock. An orphan that is older, damaged or another session's is removed; one
  /// under another key stays. Throws only what keeps a good orphan from being taken in; the orphan then stays.
  package func adoptOrphan(
    _ id: SessionID,
    key: DataKey,
    from folder: String
  ) throws(StoreError) -> UInt64? {
    let orphan = Self.orphanPath(id, folder)
    guard try inspect(folder, forWriting: false), let bytes = try load(orphan) else { return nil }
    guard case .record(let record) = SessionRecord.parse(bytes) else {
      discardOrphan(id, in: folder)
      return nil
    }
    guard record.keyID == key.id else { return nil }
    try prepareFolders()
    let path = try path(id)
    guard record.open(id, key: key) != nil, try isNewer(record, than: path) else {
      discardOrphan(id, in: folder)
      return nil
    }
    let atomic = atomic
    try attempt("write", path) { () throws(FileFault) in try atomic.write(bytes, to: path) }
    discardOrphan(id, in: folder)
    return record.generation
  }

  /// Removes an orphan; login and logout do so, because an orphan must not revive a session that they ended.
  package func discardOrphan(_ id: SessionID, in folder: String) {
    try? files.unlink(Self.orphanPath(id, folder))
  }

  private func isNewer(_ record: SessionRecord, than path: String) throws(StoreError) -> Bool {
    guard let bytes = try load(path) else { return true }
    switch SessionRecord.parse(bytes) {
    case .record(let current): return record.generation > current.generation
    case .newer(let version): throw Self.newer(version, path)
    case .malformed:
      _ = setAside(path, bytes)
      return true
    }
  }

  private static func orphanPath(_ id: SessionID, _ folder: String) -> String {
    "\(folder)/\(id).orphan"
  }
}
