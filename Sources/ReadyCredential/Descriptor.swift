// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open file descriptor that closes itself.
struct Descriptor: ~Copyable {
  let raw: Int32

  /// How an attempt to open ended.
  enum Opening: ~Copyable {
    case opened(Descriptor)
    case missing
    /// With the errno.
    case failed(Int32)
  }

  /// Opens `path` for reading (or with `flags`), never through a symlink, never waiting for a FIFO's other end.
  static func open(_ path: String, in folder: Int32 = AT_FDCWD, flags: Int32 = O_RDONLY) -> Opening
  {
    let raw = unsafe openat(folder, path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    if raw >= 0 { return .opened(Descriptor(raw: raw)) }
    return errno == ENOENT ? .missing : .failed(errno)
  }

  deinit {
    close(raw)
  }

  /// What `fstat` says, or nil if it fails.
  var status: FileStatus? {
    var status = stat()
    guard unsafe fstat(raw, &status) == 0 else { return nil }
    return FileStatus(status)
  }

  /// The content from the start, up to `limit` bytes; nil on an error.
  func read(atMost limit: Int) -> [UInt8]? {
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      while count < limit, let base = buffer.baseAddress {
        let got = unsafe pread(raw, base + count, limit - count, off_t(count))
        if got < 0, errno == EINTR { continue }
        failed = got < 0
        guard got > 0 else { return }
        count += got
      }
    }
    return failed ? nil : bytes
  }

  /// Writes all of `bytes` at `offset` (at the current position if nil); false with `errno` set on an error.
  func write(_ bytes: [UInt8], at offset: Int? = nil) -> Bool {
    writeAll(bytes[...], to: raw, at: offset)
  }
}

/// The parts of `struct stat` that decide whether a file may be trusted, and whether it changed.
struct FileStatus {
  var owner: UInt32
  var mode: UInt32
  var links: UInt64
  var inode: UInt64
  var size: Int64
  var modifiedSeconds: Int64
  var modifiedNanoseconds: Int64

  init(_ status: stat) {
    owner = status.st_uid
    mode = UInt32(status.st_mode)
    links = UInt64(status.st_nlink)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    #if canImport(Darwin)
    let modified = status.st_mtimespec
    #else
    let modified = status.st_mtim
    #endif
    modifiedSeconds = Int64(modified.tv_sec)
    modifiedNanoseconds = Int64(modified.tv_nsec)
  }

  /// What `stat` says about `path`, symlinks followed; nil if there is nothing or it cannot be told.
  init?(following path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
  var isDirectory: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
  /// Nobody but the owner has any permission.
  var isPrivate: Bool { mode & 0o077 == 0 }
}
