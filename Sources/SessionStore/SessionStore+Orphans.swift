// SPDX-License-Identifier: Apache-2.0

import Crypto

extension SessionStore {
  /// Keeps a session's next generation, encrypted, in another folder because the store could not take it.
  ///
  /// `folder` is usually the runtime folder; it is made 0700 if missing, and must be this user's alone.
  /// `expecting` is what the failed commit was given; there must be a session, because the orphan is bound to it.
  /// Throws `.conflict` if there is none, the errors of the folder checks, of reading and of writing.
  package func writeOrphan(
    _ id: SessionID,
    header: [UInt8],
    payload: Payload,
    key: DataKey,
    expecting: UInt64?,
    into folder: String
  ) throws(StoreError) {
    _ = try ensureFolder(folder)
    let path = try path(id)
    guard let current = try load(path) else { throw Self.conflict(path, found: nil) }
    let bytes = try encode(id, (expecting ?? 0) &+ 1, header, payload, key)
    let orphan = Self.orphanPath(id, after: current, folder)
    let atomic = atomic
    try attempt("write", orphan) { () throws(FileFault) in try atomic.write(bytes, to: orphan) }
  }

  /// Takes an orphan into the store if what it succeeds is still there; gives its generation if it was taken.
  ///
  /// The caller holds the session's lock. What succeeds anything else (the session was renewed, ended or begun anew
  /// since), is damaged or another session's is removed; one under another key stays. Throws only what keeps a good
  /// orphan from being taken in; the orphan then stays.
  package func adoptOrphan(
    _ id: SessionID,
    key: DataKey,
    from folder: String
  ) throws(StoreError) -> UInt64? {
    guard try inspect(folder, forWriting: false) else { return nil }
    try prepareFolders()
    let path = try path(id)
    guard let current = try load(path),
      let bytes = try load(Self.orphanPath(id, after: current, folder)),
      case .record(let record) = SessionRecord.parse(bytes)
    else {
      discardOrphan(id, in: folder)
      return nil
    }
    guard record.keyID == key.id else { return nil }
    guard record.open(id, key: key) != nil else {
      discardOrphan(id, in: folder)
      return nil
    }
    let atomic = atomic
    try attempt("write", path) { () throws(FileFault) in try atomic.write(bytes, to: path) }
    discardOrphan(id, in: folder)
    return record.generation
  }

  /// Removes what there is of a session's orphans; login and logout do so, because none may outlive what they ended.
  package func discardOrphan(_ id: SessionID, in folder: String) {
    for name in (try? files.list(folder)) ?? [] where name.hasPrefix("\(id)\(Self.orphanMarker)") {
      try? files.unlink("\(folder)/\(name)")
    }
  }

  private static let orphanMarker = ".orphan-"

  /// Named by the digest of the very file that it succeeds.
  ///
  /// A generation would not do, because a login after a logout counts from 1 again; nor the epoch, which another
  /// session's login moves.
  private static func orphanPath(
    _ id: SessionID,
    after current: [UInt8],
    _ folder: String
  ) -> String {
    let digest = SHA256.hash(data: current).prefix(16)
    return "\(folder)/\(id)\(orphanMarker)\(Hex.encode(Array(digest)))"
  }
}
