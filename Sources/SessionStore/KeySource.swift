// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the data key comes from.
///
/// Adding one means another conforming type and its entry in the store's list.
package protocol KeySource: Sendable {
  /// What `store.json` records, such as `key-file`.
  var name: String { get }
  /// Where the key is, for messages: a path, or the name of a keyring.
  var place: String { get }
  /// The key, or nil if this source has none; throws if it has one that cannot or must not be used.
  func load() throws(StoreError) -> DataKey?
  /// Makes and keeps a new key. If another process has just made one, gives that one instead.
  func create(random: (Int) -> [UInt8]) throws(StoreError) -> DataKey
}

/// A data key in a file: 32 raw bytes, 0600.
///
/// It protects against who gets the session files but not this one.
package struct KeyFile: KeySource {
  /// `key-file`.
  package var name: String { "key-file" }
  /// The file's path.
  package var place: String { path }

  private let path: String
  private let files: FileEffects
  private let atomic: AtomicFile

  /// Names the file; it need not exist.
  ///
  /// `random` only makes the names of temporary files here.
  package init(
    _ path: String,
    files: FileEffects = .posix,
    random: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.path = path
    self.files = files
    atomic = AtomicFile(files: files, random: random)
  }

  /// Reads the key; nil if there is no file.
  ///
  /// Throws `.keyUnsafe` if the file is a link, has another owner or size, or others may read or write it;
  /// `.keyUnavailable` if it cannot be read.
  package func load() throws(StoreError) -> DataKey? {
    let found: FileContents?
    do throws(FileFault) {
      found = try files.read(path, DataKey.length)
    } catch  where [ELOOP, EISDIR, EINVAL].contains(error.number) {
      throw unsafeKey("is not a regular file", remedy: "move it away and restore the real key file")
    } catch {
      throw StoreError(
        .keyUnavailable,
        what: "the key file \(quoted(path)) cannot be read",
        remedy: "make it readable for this user, mode 0600",
        cause: error.text
      )
    }
    guard let found else { return nil }
    guard found.status.owner == files.userID() else {
      throw unsafeKey(
        "belongs to uid \(found.status.owner)",
        remedy: "run as that user, or use another store"
      )
    }
    guard found.status.mode & 0o077 == 0 else {
      throw unsafeKey("can be used by other users", remedy: "chmod 600 \(quoted(path))")
    }
    guard found.bytes.count == DataKey.length else {
      throw unsafeKey(
        "is not \(DataKey.length) bytes long",
        remedy: "restore the key file from a backup"
      )
    }
    return try DataKey(bytes: found.bytes)
  }

  /// Makes the file with a new key, durably, unless there is one already, which is then loaded.
  package func create(random: (Int) -> [UInt8]) throws(StoreError) -> DataKey {
    let key = try DataKey.generate(random: random)
    do throws(FileFault) {
      try atomic.write(key.expose(), to: path, .mustBeNew)
      return key
    } catch  where error.number == EEXIST {
      if let existing = try load() { return existing }
      throw StoreError(error, doing: "write", path: path)
    } catch {
      throw StoreError(error, doing: "write", path: path)
    }
  }

  private func unsafeKey(_ fault: String, remedy: String) -> StoreError {
    StoreError(.keyUnsafe, what: "the key file \(quoted(path)) \(fault)", remedy: remedy)
  }
}
