// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The store's system calls, each a thin wrapper that throws `errno`.
enum POSIXFiles {
  /// Repeats a call that a signal interrupted, and throws when it returns −1.
  private static func retrying<Value: SignedInteger>(
    _ call: () -> Value
  ) throws(FileFault) -> Value {
    while true {
      let result = call()
      if result != -1 { return result }
      if errno != EINTR { throw FileFault(errno) }
    }
  }

  @Sendable static func create(_ path: String) throws(FileFault) -> Int32 {
    let descriptor = try retrying {
      unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    // A umask can take from ourselves, too; a file system that has no modes refuses, and had no umask either.
    fchmod(descriptor, 0o600)
    return descriptor
  }

  @Sendable static func write(
    _ descriptor: Int32,
    _ bytes: ArraySlice<UInt8>
  ) throws(FileFault) -> Int {
    try retrying {
      unsafe bytes.withUnsafeBytes { buffer in
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
        unsafe Musl.write(descriptor, buffer.baseAddress, buffer.count)
        #else
        unsafe Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
      }
    }
  }

  @Sendable static func allocate(_ descriptor: Int32, _ length: Int) throws(FileFault) {
    #if !canImport(Darwin)
    let refusal = posix_fallocate(descriptor, 0, off_t(length))
    if refusal == 0 { return }
    // Some file systems and C libraries cannot preallocate; writing zeros proves the same.
    guard [EOPNOTSUPP, EINVAL, ENOSYS].contains(refusal) else { throw FileFault(refusal) }
    #endif
    var left = [UInt8](repeating: 0, count: length)[...]
    while !left.isEmpty { left = left.dropFirst(try write(descriptor, left)) }
    _ = try retrying { lseek(descriptor, 0, SEEK_SET) }
  }

  @Sendable static func truncate(_ descriptor: Int32, _ length: Int) throws(FileFault) {
    _ = try retrying { ftruncate(descriptor, off_t(length)) }
  }

  @Sendable static func sync(_ descriptor: Int32) throws(FileFault) {
    #if canImport(Darwin)
    // On macOS fsync leaves the data in the drive's cache.
    if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
    #endif
    _ = try retrying { fsync(descriptor) }
  }

  @Sendable static func close(_ descriptor: Int32) throws(FileFault) {
    #if canImport(Glibc)
    let result = Glibc.close(descriptor)
    #elseif canImport(Musl)
    let result = Musl.close(descriptor)
    #else
    let result = Darwin.close(descriptor)
    #endif
    // After EINTR the descriptor is gone on Linux, and closing again could hit another file.
    if result != 0, errno != EINTR { throw FileFault(errno) }
  }

  @Sendable static func rename(_ from: String, _ to: String) throws(FileFault) {
    #if canImport(Glibc)
    _ = try retrying { unsafe Glibc.rename(from, to) }
    #elseif canImport(Musl)
    _ = try retrying { unsafe Musl.rename(from, to) }
    #else
    _ = try retrying { unsafe Darwin.rename(from, to) }
    #endif
  }

  @Sendable static func renameNew(_ from: String, _ to: String) throws(FileFault) {
    do throws(FileFault) {
      _ = try retrying { unsafe link(from, to) }
    } catch {
      // Without hard links the check and the rename are two steps; the store lock covers the gap.
      guard [EPERM, EOPNOTSUPP, ENOSYS].contains(error.number) else { throw error }
      if try status(to) != nil { throw FileFault(EEXIST) }
      return try rename(from, to)
    }
    try unlink(from)
  }

  @Sendable static func unlink(_ path: String) throws(FileFault) {
    #if canImport(Glibc)
    _ = try retrying { unsafe Glibc.unlink(path) }
    #elseif canImport(Musl)
    _ = try retrying { unsafe Musl.unlink(path) }
    #else
    _ = try retrying { unsafe Darwin.unlink(path) }
    #endif
  }
}
