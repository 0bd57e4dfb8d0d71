// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reading small files of unknown provenance.
package enum Files {
  /// The content of a regular file; nil if there is no such file.
  ///
  /// Never waits: a FIFO or device put in a file's place is refused, not opened for reading. Symbolic links are
  /// followed, because people link their configuration.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes that it may hold.
  ///   - check: Looks at the opened descriptor before it is read, and throws if it must not be.
  /// - Returns: The bytes, or nil.
  /// - Throws: `.notOurFile` if it is no regular file, `.tooLarge` beyond `limit`, `.system` otherwise.
  package static func readBounded(
    _ path: String,
    limit: Int,
    check: (Int32) throws(HostError) -> Void = { _ in }
  ) throws(HostError) -> [UInt8]? {
    let descriptor = unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .system("cannot open \(Terminal.escape(path))")
    }
    defer { close(descriptor) }
    guard isRegular(descriptor) else {
      throw HostError(.notOurFile, "\(Terminal.escape(path)) is not a regular file")
    }
    try check(descriptor)
    guard let bytes = try read(descriptor, path: path, limit: limit) else {
      throw HostError(.tooLarge, "\(Terminal.escape(path)) is larger than \(limit) bytes")
    }
    return bytes
  }

  /// Gives a file that was just made the rights that a umask took from its owner.
  static func ensureOwnAccess(_ descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & 0o600 != 0o600 else { return }
    fchmod(descriptor, 0o600)
  }

  /// Whether a descriptor is one of a regular file.
  static func isRegular(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether a path is a regular file, symbolic links followed; false if nothing is there.
  ///
  /// Throws `.notOurFile` for anything else, and `.system` if it cannot be looked at.
  static func isRegular(_ path: String) throws(HostError) -> Bool {
    var status = stat()
    guard unsafe path.withCString({ unsafe stat($0, &status) }) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return false }
      throw .system("cannot look at \(Terminal.escape(path))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw HostError(.notOurFile, "\(Terminal.escape(path)) is not a regular file")
    }
    return true
  }

  /// Whether something lies at a path.
  package static func exists(_ path: String) -> Bool {
    unsafe path.withCString { unsafe access($0, F_OK) } == 0
  }

  /// Whether a folder may be entered by this user.
  package static func isEnterable(_ path: String) -> Bool {
    var status = stat()
    return unsafe path.withCString { pointer in
      unsafe stat(pointer, &status) == 0 && access(pointer, X_OK) == 0
    } && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether a path is a regular file that we may run.
  package static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return unsafe path.withCString { pointer in
      unsafe stat(pointer, &status) == 0 && access(pointer, X_OK) == 0
    } && status.st_mode & S_IFMT == S_IFREG
  }

  /// The names in a folder, at most a thousand and in no order; empty if it cannot be read.
  static func names(inFolder path: String) -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe _ = closedir(folder) }
    var names: [String] = []
    while names.count < 1000, let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { start in
        unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Everything up to the end of the file; nil if that is more than `limit` bytes.
  ///
  /// Sizes in `/proc` are 0, so only reading tells.
  private static func read(
    _ descriptor: Int32,
    path: String,
    limit: Int
  ) throws(HostError) -> [UInt8]? {
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(max(limit, 0) + 1, 65536))
    while true {
      let count = readSome(descriptor, into: &chunk)
      guard count >= 0 else { throw .system("cannot read \(Terminal.escape(path))") }
      guard count > 0 else { return content }
      content += chunk[..<count]
      guard content.count <= limit else { return nil }
    }
  }

  /// One `read(2)` that is repeated when a signal interrupts it.
  static func readSome(_ descriptor: Int32, into chunk: inout [UInt8]) -> Int {
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe systemRead(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 || errno != EINTR { return count }
    }
  }
}

/// `read(2)`, named so that methods called `read` do not hide it.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int
{
  unsafe read(descriptor, bytes, count)
}
