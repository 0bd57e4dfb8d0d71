// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A private file that only grows, line by line.
final class LineFile: Sendable {
  private let descriptor: Int32

  init(appendingTo path: String) throws {
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw LabError(.file, "cannot open \(path) for appending (errno \(errno))")
    }
  }

  deinit { close(descriptor) }

  func append(_ line: String) {
    writeAll(Array(line.utf8) + [UInt8(ascii: "\n")], to: descriptor)
  }
}

/// Writes all bytes; false when the file system or the reader refused some.
@discardableResult
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    if written < 0 && errno == EINTR { continue }
    guard written > 0 else { return false }
    rest = rest.dropFirst(written)
  }
  return true
}

/// The first bytes of a file, as many as there are; throws `LabError.file` when they cannot be read.
private func beginning(of path: String, _ count: Int) throws -> [UInt8] {
  // A pipe without a writer must not hold the lab up.
  let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  guard descriptor >= 0 else { throw LabError(.file, "cannot read \(path) (errno \(errno))") }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: count)
  let got = unsafe bytes.withUnsafeMutableBytes {
    unsafe read(descriptor, $0.baseAddress, $0.count)
  }
  guard got >= 0 else { throw LabError(.file, "cannot read \(path) (errno \(errno))") }
  return Array(bytes.prefix(got))
}

/// Files that the lab leaves for people and tests: readable by their owner only, and never half
/// written.
package enum PrivateFile {
  /// Creates or replaces the file at `path` by rename, mode 0600.
  ///
  /// With `marker`, an existing file that does not begin with it, or cannot be read, belongs to
  /// somebody else and is left alone: `LabError.file`. A symbolic link to a file that does begin
  /// with it stays, and that file is replaced.
  package static func write(_ text: String, to path: String, replacingOnly marker: String? = nil)
    throws
  {
    let path = try marker.map { try Self.own(path, $0) } ?? path
    let temporary = "\(path).\(getpid()).new"
    unsafe unlink(temporary)
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw LabError(.file, "cannot create \(temporary) (errno \(errno))")
    }
    let complete = writeAll(Array(text.utf8), to: descriptor)
    close(descriptor)
    guard unsafe complete && rename(temporary, path) == 0 else {
      let failure = errno
      unsafe unlink(temporary)
      throw LabError(.file, "cannot write \(path) (errno \(failure))")
    }
  }

  /// Where a file that begins with `marker` lies, behind all links, or can be made.
  private static func own(_ path: String, _ marker: String) throws -> String {
    let remedy = "name another file, or remove that one yourself"
    var entry = stat()
    guard unsafe lstat(path, &entry) == 0 else {
      if errno == ENOENT { return path }
      throw LabError(.file, "cannot look at \(path) (errno \(errno))", remedy: remedy)
    }
    guard let target = unsafe realpath(path, nil) else {
      throw LabError(.file, "cannot follow \(path) (errno \(errno))", remedy: remedy)
    }
    defer { unsafe free(target) }
    let file = unsafe String(cString: target)
    guard try beginning(of: file, marker.utf8.count) == Array(marker.utf8) else {
      throw LabError(.file, "\(path) exists and was not written by the lab", remedy: remedy)
    }
    return file
  }

  /// Makes a new folder of mode 0700 with a name that begins with `prefix`, in `$TMPDIR` or `/tmp`.
  package static func temporaryFolder(prefix: String) throws -> String {
    let parent = FileManager.default.temporaryDirectory.path
    let trimmed = parent.hasSuffix("/") ? String(parent.dropLast()) : parent
    let suffix = Randomness.base64URL(Randomness.bytes(9))
    let path = "\(trimmed)/\(prefix)-\(suffix)"
    guard unsafe mkdir(path, 0o700) == 0 else {
      throw LabError(.file, "cannot make the folder \(path) (errno \(errno))")
    }
    return path
  }

  /// Makes the folder at `path`, mode 0700, if there is nothing yet.
  package static func makeFolder(_ path: String) throws {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw LabError(.file, "cannot make the folder \(path) (errno \(errno))")
    }
  }

  /// The text of a small file; throws `LabError.file` when it cannot be read.
  package static func read(_ path: String) throws -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw LabError(.file, "cannot read \(path)")
    }
    return text
  }

  /// Removes a folder that the lab made, with what is in it.
  package static func removeFolder(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }
}
