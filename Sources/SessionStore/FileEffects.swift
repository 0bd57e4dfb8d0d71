// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A failed system call: its `errno`.
package struct FileFault: Error, Equatable {
  /// The value of `errno`.
  package let number: Int32

  /// Wraps an `errno`.
  package init(_ number: Int32) { self.number = number }

  /// The system's text for it, such as `No space left on device`.
  package var text: String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
  }
}

/// What `lstat` or `fstat` says, as far as the store asks.
package struct FileStatus: Equatable, Sendable {
  /// The kinds that the store tells apart.
  package enum Kind: Equatable, Sendable { case file, folder, link, other }
  /// What it is.
  package var kind: Kind
  /// The owner's uid.
  package var owner: UInt32
  /// The nine permission bits.
  package var mode: UInt32
  /// The last change of the contents, in Unix seconds.
  package var modified: Int64

  /// Makes a status.
  package init(kind: Kind, owner: UInt32, mode: UInt32, modified: Int64) {
    self.kind = kind
    self.owner = owner
    self.mode = mode
    self.modified = modified
  }
}

/// A file as it was read, with the status of the very descriptor it was read from.
package struct FileContents: Sendable {
  /// The status from `fstat`.
  package var status: FileStatus
  /// At most one byte more than the limit asked for.
  package var bytes: [UInt8]

  /// Makes file contents.
  package init(status: FileStatus, bytes: [UInt8]) {
    self.status = status
    self.bytes = bytes
  }
}

/// The system calls of the store, one closure each, so that tests can fail or stop any of them.
package struct FileEffects: Sendable {
  /// The effective uid.
  package var userID: @Sendable () -> UInt32
  /// Creates a file that must not exist, 0600, never through a link; gives a descriptor for writing.
  package var create: @Sendable (_ path: String) throws(FileFault) -> Int32
  /// Writes some of the bytes and says how many.
  package var write: @Sendable (_ descriptor: Int32, ArraySlice<UInt8>) throws(FileFault) -> Int
  /// Really allocates the first `length` bytes of an empty file.
  package var allocate: @Sendable (_ descriptor: Int32, _ length: Int) throws(FileFault) -> Void
  /// Cuts the file to `length` bytes.
  package var truncate: @Sendable (_ descriptor: Int32, _ length: Int) throws(FileFault) -> Void
  /// Makes contents durable.
  package var sync: @Sendable (_ descriptor: Int32) throws(FileFault) -> Void
  /// Closes a descriptor; some file systems report a failed write only here.
  package var close: @Sendable (_ descriptor: Int32) throws(FileFault) -> Void
  /// Puts a file in the place of another, atomically.
  package var rename: @Sendable (_ from: String, _ to: String) throws(FileFault) -> Void
  /// Moves a file to a name that must be free; EEXIST otherwise.
  package var renameNew: @Sendable (_ from: String, _ to: String) throws(FileFault) -> Void
  /// Removes a file.
  package var unlink: @Sendable (_ path: String) throws(FileFault) -> Void
  /// Reads a regular file, never through a link, up to `limit` bytes and one more; nil if it is missing.
  package var read: @Sendable (_ path: String, _ limit: Int) throws(FileFault) -> FileContents?
  /// The status of the name itself, links not followed; nil if it is missing.
  package var status: @Sendable (_ path: String) throws(FileFault) -> FileStatus?
  /// Makes one folder, 0700.
  package var makeFolder: @Sendable (_ path: String) throws(FileFault) -> Void
  /// The names in a folder, without `.` and `..`.
  package var list: @Sendable (_ path: String) throws(FileFault) -> [String]
  /// Makes the names in a folder durable.
  package var syncFolder: @Sendable (_ path: String) throws(FileFault) -> Void
  /// Whether an existing path lies on a file system that other hosts may share.
  package var isNetwork: @Sendable (_ path: String) -> Bool

  /// Makes a record of effects.
  package init(
    userID: @escaping @Sendable () -> UInt32,
    create: @escaping @Sendable (_ path: String) throws(FileFault) -> Int32,
    write: @escaping @Sendable (_ descriptor: Int32, ArraySlice<UInt8>) throws(FileFault) -> Int,
    allocate: @escaping @Sendable (_ descriptor: Int32, _ length: Int) throws(FileFault) -> Void,
    truncate: @escaping @Sendable (_ descriptor: Int32, _ length: Int) throws(FileFault) -> Void,
    sync: @escaping @Sendable (_ descriptor: Int32) throws(FileFault) -> Void,
    close: @escaping @Sendable (_ descriptor: Int32) throws(FileFault) -> Void,
    rename: @escaping @Sendable (_ from: String, _ to: String) throws(FileFault) -> Void,
    renameNew: @escaping @Sendable (_ from: String, _ to: String) throws(FileFault) -> Void,
    unlink: @escaping @Sendable (_ path: String) throws(FileFault) -> Void,
    read: @escaping @Sendable (_ path: String, _ limit: Int) throws(FileFault) -> FileContents?,
    status: @escaping @Sendable (_ path: String) throws(FileFault) -> FileStatus?,
    makeFolder: @escaping @Sendable (_ path: String) throws(FileFault) -> Void,
    list: @escaping @Sendable (_ path: String) throws(FileFault) -> [String],
    syncFolder: @escaping @Sendable (_ path: String) throws(FileFault) -> Void,
    isNetwork: @escaping @Sendable (_ path: String) -> Bool
  ) {
    self.userID = userID
    self.create = create
    self.write = write
    self.allocate = allocate
    self.truncate = truncate
    self.sync = sync
    self.close = close
    self.rename = rename
    self.renameNew = renameNew
    self.unlink = unlink
    self.read = read
    self.status = status
    self.makeFolder = makeFolder
    self.list = list
    self.syncFolder = syncFolder
    self.isNetwork = isNetwork
  }
}

extension FileEffects {
  /// The real ones.
  package static let posix = FileEffects(
    userID: { geteuid() },
    create: POSIXFiles.create,
    write: POSIXFiles.write,
    allocate: POSIXFiles.allocate,
    truncate: POSIXFiles.truncate,
    sync: POSIXFiles.sync,
    close: POSIXFiles.close,
    rename: POSIXFiles.rename,
    renameNew: POSIXFiles.renameNew,
    unlink: POSIXFiles.unlink,
    read: POSIXFiles.read,
    status: POSIXFiles.status,
    makeFolder: POSIXFiles.makeFolder,
    list: POSIXFiles.list,
    syncFolder: POSIXFiles.syncFolder,
    isNetwork: MountTable.isNetwork
  )
}
