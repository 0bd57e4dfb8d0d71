// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small text file of the user's own, which nobody else may have written.
package enum OwnFile {
  /// The content; nil if there is no such file.
  ///
  /// Symbolic links are followed, because people link their configuration; what counts is whose file it is.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes that it may hold.
  /// - Returns: The bytes, or nil.
  /// - Throws: `.notOurFile` if it is no regular file, belongs to somebody other than this user or root, or may be
  ///   written by others; `.tooLarge`; `.system`.
  package static func read(_ path: String, limit: Int) throws(HostError) -> [UInt8]? {
    // What is looked at is what is read, and not whatever lies at the path a moment later.
    try Files.readBounded(path, limit: limit) { descriptor throws(HostError) in
      try check(path, descriptor)
    }
  }

  /// Adds a line at the end, making the file (0600) and its folders (0700) where they are missing.
  ///
  /// One write in append mode, so that two writers lose no line. Throws like ``read(_:limit:)``.
  package static func append(line: String, to path: String) throws(HostError) {
    try Files.makeFolders(above: path)
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK
    let descriptor = unsafe path.withCString { unsafe open($0, flags, 0o600) }
    guard descriptor >= 0 else { throw .system("cannot open \(Terminal.escape(path))") }
    defer { close(descriptor) }
    try check(path, descriptor)
    Files.ensureOwnAccess(descriptor)
    let bytes = Array("\(line)\n".utf8)
    let written = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress, $0.count)
    }
    guard written == bytes.count, fsync(descriptor) == 0 else {
      throw .system("cannot write \(Terminal.escape(path))")
    }
  }

  private static func check(_ path: String, _ descriptor: Int32) throws(HostError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .system("cannot look at \(Terminal.escape(path))")
    }
    guard status.st_mode & S_IFMT == S_IFREG, [0, geteuid()].contains(status.st_uid),
      status.st_mode & (S_IWGRP | S_IWOTH) == 0
    else {
      throw HostError(
        .notOurFile,
        "\(Terminal.escape(path)) is not a file that only you can write",
        remedy: "look into it, then make it yours alone: chown and chmod 600"
      )
    }
  }
}
