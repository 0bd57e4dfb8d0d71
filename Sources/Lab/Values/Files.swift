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

/// Files that the lab leaves for people and tests: readable by their owner only, and never half
/// written.
package enum PrivateFile {
  /// Creates or replaces the file at `path` by rename, mode 0600.
  ///
  /// With `marker`, an existing file that does not begin with
  /// it belongs to somebody else and is left alone: `LabError.file`.
  package static func write(_ text: String, to path: String, replacingOnly marker: String? = nil)
    throws
  {
    if let marker, let existing = try? String(contentsOfFile: path, encoding: .utf8),
      !existing.hasPrefix(marker)
    {
      throw LabError(
        .file,
        "\(path) exists and was not written by the lab",
        remedy: "name another file, or remove that one yourself"
      )
    }
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
