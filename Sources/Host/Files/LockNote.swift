// SPDX-License-Identifier: Apache-2.0
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who holds a lock, for messages only: nothing may be decided by it.
package struct LockNote: Sendable, Equatable, Codable {
  /// The process that wrote the note.
  package let pid: Int32
  /// When it took the lock, in seconds since 1970.
  package let since: Int
  /// What it took the lock for, in a few words.
  package let why: String

  /// A note from its parts.
  package init(pid: Int32, since: Int, why: String) {
    self.pid = pid
    self.since = since
    self.why = why
  }

  /// The most bytes that a note takes in its file.
  static let limit = 4096

  /// The note as JSON.
  var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let data = try? encoder.encode(self) else { return [] }
    return [UInt8](data)
  }

  /// A note from a file's content; nil if it is none.
  init?(bytes: [UInt8]) {
    guard let note = try? JSONDecoder().decode(LockNote.self, from: Data(bytes)) else {
      return nil
    }
    self = note
  }
}
