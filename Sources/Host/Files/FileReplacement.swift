// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Files {
  /// Replaces a file by rename, so that a reader or a kill finds the old contents or the new, nothing between.
  ///
  /// A symbolic link stays and its target is replaced. The mode of what was there is kept, 0600 where nothing was. The
  /// folder has to be there. Both file and folder are synced.
  ///
  /// - Throws: `.notOurFile` if something else than a regular file of ours is there, `.system` otherwise.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(HostError) {
    let path = resolved(path)
    let mode = try modeToKeep(path)
    let (temporary, descriptor) = try sibling(of: path)
    do throws(HostError) {
      defer { close(descriptor) }
      try fill(descriptor, bytes, mode, path)
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    guard unsafe rename(temporary, path) == 0 else {
      let error = HostError.system("cannot replace \(Terminal.escape(path))")
      unsafe unlink(temporary)
      throw error
    }
    syncFolder(of: path)
  }

  /// Throws what ``replace(_:with:)`` would throw now, without touching what lies there: a file of `room` bytes is made
  /// beside it and removed.
  package static func proveReplaceable(_ path: String, room: Int) throws(HostError) {
    let path = resolved(path)
    _ = try modeToKeep(path)
    let (temporary, descriptor) = try sibling(of: path)
    defer {
      close(descriptor)
      unsafe unlink(temporary)
    }
    try fill(descriptor, [UInt8](repeating: 0, count: room), 0o600, path)
  }

  /// A new file beside another, to be closed by the caller, and its path.
  private static func sibling(of path: String) throws(HostError) -> (String, Int32) {
    let temporary = "\(path).tmp-\(String(UInt64.random(in: .min ... .max), radix: 16))"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe temporary.withCString { unsafe open($0, flags, 0o600) }
    guard descriptor >= 0 else {
      throw .system("cannot make a file beside \(Terminal.escape(path))")
    }
    return (temporary, descriptor)
  }

  private static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  private static func modeToKeep(_ path: String) throws(HostError) -> mode_t {
    var status = stat()
    guard unsafe path.withCString({ unsafe stat($0, &status) }) == 0 else { return 0o600 }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
      throw HostError(.notOurFile, "\(Terminal.escape(path)) is not a file of yours")
    }
    return status.st_mode & 0o777
  }

  private static func fill(
    _ descriptor: Int32,
    _ bytes: [UInt8],
    _ mode: mode_t,
    _ path: String
  ) throws(HostError) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent)
      }
      guard count > 0 || errno == EINTR else {
        throw .system("cannot write \(Terminal.escape(path))")
      }
      sent += max(count, 0)
    }
    guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
      throw .system("cannot write \(Terminal.escape(path))")
    }
  }

  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = unsafe (folder.isEmpty ? "/" : folder).withCString {
      unsafe open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
