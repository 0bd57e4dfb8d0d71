// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file with its space allocated, made before a refresh token is spent: proof that its successor can be kept.
///
/// Hand it to ``SessionStore/commit(_:header:payload:key:expecting:using:)`` or discard it, once.
package struct Reservation: Sendable {
  let id: SessionID
  let temporary: AtomicFile.Temporary
  let atomic: AtomicFile

  /// Gives the space back.
  package func discard() { atomic.abandon(temporary) }
}

extension SessionStore {
  /// Proves that a session can be written: makes the very file that the commit will use, with its space.
  ///
  /// `capacity` is header and payload together, in bytes; a longer record still works if there is room then.
  /// Also removes what dead writers of this session left. The caller holds the session's lock.
  /// Throws `.folderFull`, `.folderReadOnly`, and the errors of ``prepareFolders()``.
  package func reserve(_ id: SessionID, capacity: Int) throws(StoreError) -> Reservation {
    try prepareFolders()
    sweep(id)
    let path = try path(id)
    let atomic = atomic
    let length = max(capacity, 0) + SessionRecord.overhead
    let temporary = try attempt("reserve space for", path) { () throws(FileFault) in
      try atomic.begin(for: path, allocating: length)
    }
    return Reservation(id: id, temporary: temporary, atomic: atomic)
  }

  /// Encrypts and durably writes the next generation of a session, and gives its number.
  ///
  /// The caller holds the session's lock. A failed commit leaves the old generation, unless only the last step
  /// (making the new name durable) failed; then the new one is there.
  ///
  /// - Parameters:
  ///   - id: which session.
  ///   - header: at most 64 KiB, readable by anyone with the file.
  ///   - payload: at most 1 MiB, encrypted.
  ///   - key: encrypts the payload; its id is recorded.
  ///   - expecting: the generation that the caller has read; nil if there must be none.
  ///   - reservation: what ``reserve(_:capacity:)`` gave for this id; consumed whatever happens.
  /// - Returns: the new generation, one more than the expected one.
  /// - Throws: `.conflict` if another generation is there, `.newerVersion`, `.tooLarge`, `.folderFull`,
  ///   `.folderReadOnly`, `.io`, and the errors of ``prepareFolders()``. A damaged file in the way is set aside.
  package func commit(
    _ id: SessionID,
    header: [UInt8],
    payload: Payload,
    key: DataKey,
    expecting: UInt64?,
    using reservation: Reservation?
  ) throws(StoreError) -> UInt64 {
    let prepared: (generation: UInt64, bytes: [UInt8])
    do throws(StoreError) {
      try prepareFolders()
      try require(expecting, of: id)
      let generation = (expecting ?? 0) &+ 1
      let bytes = try encode(id, generation, header, payload, key)
      prepared = (generation, bytes)
    } catch {
      reservation?.discard()
      throw error
    }
    try place(prepared.bytes, at: try path(id), using: reservation, for: id)
    return prepared.generation
  }

  /// Removes a session durably; nothing happens if there is none and none was expected.
  ///
  /// The caller holds the session's lock. Throws `.conflict` if `expecting` is given and another generation is
  /// there, `.newerVersion` for a file that this lanyard may not touch, and errors of the file system.
  package func remove(_ id: SessionID, expecting: UInt64?) throws(StoreError) {
    let path = try path(id)
    guard try isReadable(), try inspect(try sessionsPath(), forWriting: true) else {
      if expecting == nil { return }
      throw Self.conflict(path, found: nil)
    }
    if expecting != nil {
      try require(expecting, of: id)
    } else if let bytes = try load(path), case .newer(let version) = SessionRecord.parse(bytes) {
      throw Self.newer(version, path)
    }
    try attempt("remove", path) { () throws(FileFault) in
      do throws(FileFault) { try files.unlink(path) } catch  where error.number == ENOENT { return }
      try files.syncFolder(parentFolder(of: path))
    }
  }

  /// Removes what lies about something that was removed for good: its lock and the note of its outage.
  ///
  /// The caller holds the lock, and whoever waits for it finds a new one.
  package func forgetTraces(of id: SessionID) {
    try? files.unlink(lockPath(forSession: id))
    for name in [Self.outageName(of: id), Self.slownessName(of: id)] {
      try? files.unlink("\(cacheFolder)/\(name)")
    }
  }

  func encode(
    _ id: SessionID,
    _ generation: UInt64,
    _ header: [UInt8],
    _ payload: Payload,
    _ key: DataKey
  ) throws(StoreError) -> [UInt8] {
    guard header.count <= SessionRecord.maximumHeader,
      payload.bytes.count <= SessionRecord.maximumPayload
    else {
      throw StoreError(
        .tooLarge,
        what: "a session of \(header.count) and \(payload.bytes.count) bytes is too large to keep",
        remedy: "ask the issuer for fewer groups or claims in its tokens"
      )
    }
    let sealed = SessionRecord.seal(
      id,
      generation: generation,
      header: header,
      payload: payload,
      key: key,
      random: random
    )
    if let sealed { return sealed }
    throw StoreError(
      .io,
      what: "the session could not be encrypted",
      remedy: "check that the system's random source works"
    )
  }

  /// Throws unless the generation on disk is the expected one; a damaged file counts as the expected one.
  private func require(_ expecting: UInt64?, of id: SessionID) throws(StoreError) {
    let path = try path(id)
    guard let bytes = try load(path) else {
      if expecting == nil { return }
      throw Self.conflict(path, found: nil)
    }
    switch SessionRecord.parse(bytes) {
    case .record(let record) where record.generation == expecting: return
    case .record(let record): throw Self.conflict(path, found: record.generation)
    case .newer(let version): throw Self.newer(version, path)
    // Refusing here would lose the successor of a refresh token that is already spent.
    case .malformed: _ = setAside(path, bytes)
    }
  }

  /// Writes through the reservation; if that fails, once more without it, because the token is spent already.
  private func place(
    _ bytes: [UInt8],
    at path: String,
    using reservation: Reservation?,
    for id: SessionID
  ) throws(StoreError) {
    let atomic = atomic
    if let reservation {
      if reservation.id == id {
        do throws(FileFault) {
          return try atomic.finish(reservation.temporary, bytes: bytes, at: path)
        } catch {}
      } else {
        reservation.discard()
      }
    }
    try attempt("write", path) { () throws(FileFault) in try atomic.write(bytes, to: path) }
  }

  static func conflict(_ path: String, found: UInt64?) -> StoreError {
    StoreError(
      .conflict(found: found),
      what: found.map { "\(quoted(path)) was changed meanwhile, to generation \($0)" }
        ?? "\(quoted(path)) was removed meanwhile",
      remedy: "run the command again"
    )
  }
}
