// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension SessionStore {
  /// Makes the store's folders (0700) where they are missing, and checks those that exist.
  ///
  /// Throws `.folderForeign` if one belongs to another uid, or would be made below a folder of another user than root;
  /// `.folderUnsafe` if one is a symbolic link or can be written by others, `.folderUnreachable` if this user cannot
  /// get there, `.hostUnknown` on a network file system without a host id, and the errors of `mkdir`.
  package func prepareFolders() throws(StoreError) {
    let sessions = try sessionsPath()
    let made = try ensureFolder(folder)
    if made { try? files.syncFolder(parentFolder(of: folder)) }
    var madeInside = false
    for path in [sessions, locksFolder, cacheFolder] where try ensureFolder(path) {
      madeInside = true
    }
    guard madeInside else { return }
    try attempt("make durable", folder) { () throws(FileFault) in try files.syncFolder(folder) }
  }

  /// The ids of all sessions, sorted; empty if there is no store yet.
  ///
  /// Throws `.folderForeign` or `.folderUnsafe` for a folder that must not be trusted, and errors of reading.
  package func list() throws(StoreError) -> [SessionID] {
    guard try isReadable() else { return [] }
    let path = try sessionsPath()
    let names = try attempt("list", path) { () throws(FileFault) in try files.list(path) }
    return names.sorted().compactMap { SessionID($0) }
  }

  /// Removes what dead writers of one session left behind; the caller holds the session's lock.
  package func sweep(_ id: SessionID) {
    guard let sessionsFolder, (try? isReadable()) == true else { return }
    sweep(sessionsFolder) { $0.hasPrefix("\(id)\(AtomicFile.marker)") }
  }

  /// Removes unfinished files of all kinds that nobody has written to since `time` (Unix seconds).
  package func sweep(untouchedSince time: Int64) {
    guard (try? isReadable()) == true else { return }
    for path in [folder, sessionsFolder, cacheFolder].compactMap(\.self) {
      sweep(path) { name in
        guard name.contains(AtomicFile.marker),
          let status = try? files.status("\(path)/\(name)")
        else { return false }
        return status.kind == .file && status.modified < time
      }
    }
  }

  private func sweep(_ path: String, where isStale: (String) -> Bool) {
    for name in (try? files.list(path)) ?? [] where isStale(name) {
      try? files.unlink("\(path)/\(name)")
    }
  }

  func sessionsPath() throws(StoreError) -> String {
    if let sessionsFolder { return sessionsFolder }
    throw StoreError(
      .hostUnknown,
      what: "\(quoted(folder)) is on a network file system, and this host has no usable machine id",
      remedy: "set XDG_STATE_HOME to a folder on a local disk, or give the host an /etc/machine-id"
    )
  }

  func path(_ id: SessionID) throws(StoreError) -> String { "\(try sessionsPath())/\(id)" }

  /// Whether the session folder exists; throws if it, or the store's folder, must not be read.
  func isReadable() throws(StoreError) -> Bool {
    let sessions = try sessionsPath()
    guard try inspect(folder, forWriting: false) else { return false }
    return try inspect(sessions, forWriting: false)
  }

  /// Makes the folder and its missing parents; whether it had to be made.
  func ensureFolder(_ path: String) throws(StoreError) -> Bool {
    if try inspect(path, forWriting: true) { return false }
    try requireTrustedAncestor(of: path)
    try makeParents(of: path)
    do throws(FileFault) {
      try files.makeFolder(path)
    } catch  where error.number != EEXIST {
      throw StoreError(error, doing: "make the folder", path: path)
    } catch {
      // Another process made it between the look and the call; it is checked like any other.
      _ = try inspect(path, forWriting: true)
    }
    return true
  }

  /// Throws `.folderForeign` unless the nearest folder above that exists is this user's or root's.
  ///
  /// Under sudo with HOME kept, what root made in a user's home would lock that user out.
  private func requireTrustedAncestor(of path: String) throws(StoreError) {
    var ancestor = parentFolder(of: path)
    while ancestor != "/", ancestor != ".", (try? files.status(ancestor)) == nil {
      ancestor = parentFolder(of: ancestor)
    }
    // The dot follows a link, whose own owner says nothing; where it leads nowhere, mkdir says so.
    guard let found = try? files.status("\(ancestor)/."), found.owner != 0 else { return }
    try requireOwn(found, ancestor)
  }

  private func makeParents(of path: String) throws(StoreError) {
    let parent = parentFolder(of: path)
    guard parent != "/", parent != ".", (try? files.status(parent)) == nil else { return }
    try makeParents(of: parent)
    do throws(FileFault) {
      try files.makeFolder(parent)
    } catch  where error.number != EEXIST {
      throw StoreError(error, doing: "make the folder", path: parent)
    } catch {}
  }

  /// Whether the folder exists; throws unless it is a real folder of this user that only they can write.
  func inspect(_ path: String, forWriting: Bool) throws(StoreError) -> Bool {
    guard let found = try look(path) else { return false }
    guard found.kind == .folder else {
      throw StoreError(
        .folderUnsafe,
        what: found.kind == .link
          ? "\(quoted(path)) is a symbolic link" : "\(quoted(path)) is not a folder",
        remedy: "move it away, or set XDG_STATE_HOME to where the real folder lies"
      )
    }
    try requireOwn(found, path)
    guard !forWriting || found.mode & 0o022 == 0 else {
      throw StoreError(
        .folderUnsafe,
        what: "other users can write to \(quoted(path))",
        remedy: "chmod 700 \(quoted(path))"
      )
    }
    return true
  }

  private func look(_ path: String) throws(StoreError) -> FileStatus? {
    do throws(FileFault) {
      return try files.status(path)
    } catch  where [EACCES, ENOTDIR].contains(error.number) && path == folder {
      throw StoreError(
        .folderUnreachable,
        what: "this user cannot get to \(quoted(path))",
        remedy: Self.otherFolder,
        cause: error.text
      )
    } catch {
      throw StoreError(error, doing: "look at", path: path)
    }
  }

  private func requireOwn(_ found: FileStatus, _ path: String) throws(StoreError) {
    let user = files.userID()
    guard found.owner != user else { return }
    throw StoreError(
      .folderForeign,
      what: "\(quoted(path)) belongs to uid \(found.owner), and this process runs as uid \(user)",
      remedy: found.owner == 0
        ? "take it back: sudo chown -R \(user) \(quoted(path)); or remove it"
        : "run without sudo, or \(Self.otherFolder)"
    )
  }

  private static let otherFolder = "set HOME or XDG_STATE_HOME to a folder of this user"

  /// Runs system calls and turns a failure into an error that says what was being done to which path.
  func attempt<Value>(
    _ doing: String,
    _ path: String,
    _ body: () throws(FileFault) -> Value
  ) throws(StoreError) -> Value {
    do throws(FileFault) {
      return try body()
    } catch {
      throw StoreError(error, doing: doing, path: path)
    }
  }
}
