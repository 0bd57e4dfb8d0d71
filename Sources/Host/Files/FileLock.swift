// SPDX-License-Identifier: Apache-2.0
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An advisory lock on a file: `flock(2)`, which belongs to the open file, not to the process.
///
/// A child that inherits ``descriptor`` shares the lock: it stays held until every copy is closed, or any one of them
/// unlocks. The file is never deleted, because a lock on a deleted file excludes nobody.
package final class FileLock: Sendable {
  private let held: Mutex<Int32?>

  private init(owning descriptor: Int32) {
    self.held = Mutex(descriptor)
  }

  deinit {
    abandon()
  }

  /// Takes the lock if nobody has it; never waits.
  ///
  /// - Parameter path: The lock file. It is made, with mode 0600, if it is not there; its folder must be.
  /// - Returns: The lock, or nil if another holder excludes us.
  /// - Throws: `.notOurFile` if the path is a symbolic link or no regular file, `.system` otherwise.
  package static func attempt(path: String) throws(LockError) -> FileLock? {
    for _ in 0..<8 {
      let descriptor = try openFile(path)
      let lock = FileLock(owning: descriptor)
      guard try take(descriptor, path: path) else { return nil }
      if isStill(descriptor, at: path) { return lock }
    }
    throw HostError(.system, "the lock file \(Terminal.escape(path)) keeps being replaced")
  }

  /// Takes over a descriptor that was inherited with its lock held.
  ///
  /// - Throws: `.notOurFile` if it is no regular file's, `.system` if somebody else holds the lock.
  package static func adopt(descriptor: Int32) throws(LockError) -> FileLock {
    guard Files.isRegular(descriptor) else {
      throw HostError(.notOurFile, "descriptor \(descriptor) is not one of a lock file")
    }
    let lock = FileLock(owning: descriptor)
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
      throw .system("cannot keep descriptor \(descriptor) to ourselves")
    }
    guard try take(descriptor, path: "descriptor \(descriptor)") else {
      throw HostError(.system, "the inherited lock is held by another process")
    }
    return lock
  }

  /// Who said that they hold the lock; nil if nobody did.
  ///
  /// Means something only right after ``attempt(path:)`` returned nil, and may be out of date even then.
  package static func holder(path: String) -> LockNote? {
    guard let bytes = try? Files.readBounded(path, limit: LockNote.limit) else { return nil }
    return LockNote(bytes: bytes)
  }

  /// The descriptor to be inherited by a child; -1 once given up.
  package var descriptor: Int32 { held.withLock { $0 ?? -1 } }

  /// Leaves word for those who find the lock taken; a failure to do so is of no consequence.
  ///
  /// - Parameters:
  ///   - pid: The process that will hold it.
  ///   - why: What for, in a few words.
  package func note(pid: Int32, why: String) {
    let since = Int(Clock.now().timeIntervalSince1970)
    write(LockNote(pid: pid, since: since, why: String(why.prefix(200))).bytes)
  }

  /// Unlocks, for every process that shares this lock, and closes.
  ///
  /// May be called more than once.
  package func release() {
    write([])
    held.withLock { descriptor in
      guard let open = descriptor else { return }
      _ = flock(open, LOCK_UN)
      close(open)
      descriptor = nil
    }
  }

  /// Closes our descriptor only: a child that inherited it keeps the lock.
  ///
  /// May be called more than once.
  package func abandon() {
    held.withLock { descriptor in
      guard let open = descriptor else { return }
      close(open)
      descriptor = nil
    }
  }

  private func write(_ bytes: [UInt8]) {
    held.withLock { descriptor in
      guard let descriptor, ftruncate(descriptor, 0) == 0, !bytes.isEmpty else { return }
      _ = unsafe bytes.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0)
      }
    }
  }
}

extension FileLock {
  private static func openFile(_ path: String) throws(LockError) -> Int32 {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    let descriptor = unsafe path.withCString { unsafe open($0, flags, 0o600) }
    guard descriptor >= 0 else {
      if errno == ELOOP {
        throw HostError(
          .notOurFile,
          "the lock file \(Terminal.escape(path)) is a symbolic link",
          remedy: "remove it",
          systemError: ELOOP
        )
      }
      throw .system("cannot open the lock file \(Terminal.escape(path))")
    }
    guard Files.isRegular(descriptor) else {
      close(descriptor)
      throw HostError(
        .notOurFile,
        "the lock file \(Terminal.escape(path)) is not a regular file",
        remedy: "remove it"
      )
    }
    Files.ensureOwnAccess(descriptor)
    return descriptor
  }

  private static func take(_ descriptor: Int32, path: String) throws(LockError) -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR { throw .system("cannot lock \(Terminal.escape(path))") }
    }
    return true
  }

  /// Whether the path still leads to the file that was locked, which somebody may have deleted meanwhile.
  private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
    var locked = stat()
    var named = stat()
    guard unsafe fstat(descriptor, &locked) == 0,
      unsafe path.withCString({ unsafe lstat($0, &named) }) == 0
    else { return false }
    return locked.st_ino == named.st_ino && locked.st_dev == named.st_dev
  }
}
