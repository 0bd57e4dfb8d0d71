// SPDX-License-Identifier: Apache-2.0

import CPlatform

/// Reads SQLite files of other programs.
package enum Database {
  /// The most bytes that one value may have.
  package static let longest = 1 << 20

  /// The rows that a SELECT gives; nil if there is no such file.
  ///
  /// The file is opened for reading only and nothing is written beside it.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - statement: One SELECT with `?1`, `?2`, … for the parameters.
  ///   - parameters: Texts.
  ///   - seconds: How long a lock of another program is waited for.
  /// - Returns: The rows, each value as its bytes, nil for NULL; at most a thousand.
  /// - Throws: `.timedOut` if another program holds the file that long; `.notOurFile` if it is no regular file, none of
  ///   SQLite's, damaged, or without such a table; `.system` if it cannot be read or the library is not installed.
  package static func rows(
    _ path: String,
    _ statement: String,
    _ parameters: [String],
    seconds: Double
  ) throws(HostError) -> [[[UInt8]?]]? {
    let name = Terminal.escape(path)
    // A FIFO in the file's place would be waited for.
    guard try Files.isRegular(path) else { return nil }
    let answer = Answer()
    switch ask(path, statement, parameters, seconds: seconds, answer) {
    case PLATFORM_DATABASE_OK: return answer.rows
    case PLATFORM_DATABASE_NO_LIBRARY:
      throw HostError(
        .system,
        "\(name) cannot be read without the library of SQLite",
        remedy: "install it (Debian: libsqlite3-0)"
      )
    case PLATFORM_DATABASE_BUSY:
      throw HostError(.timedOut, "another program holds \(name)", remedy: "try again in a moment")
    case PLATFORM_DATABASE_UNREADABLE: throw HostError(.system, "\(name) cannot be read")
    default: throw HostError(.notOurFile, "\(name) is damaged or another kind of file")
    }
  }

  /// What the rows are gathered in while the library gives them.
  private final class Answer {
    var rows: [[[UInt8]?]] = []

    func take(_ row: Int, _ value: [UInt8]?) {
      while rows.count <= row { rows.append([]) }
      rows[row].append(value)
    }
  }

  private static func ask(
    _ path: String,
    _ statement: String,
    _ parameters: [String],
    seconds: Double,
    _ answer: Answer
  ) -> platform_database_result {
    let texts = parameters.map { Array($0.utf8CString) }
    let context = unsafe Unmanaged.passUnretained(answer).toOpaque()
    let take: platform_database_take = { context, row, _, bytes, length in
      guard let context = unsafe context else { return }
      let answer = unsafe Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue()
      let value = unsafe bytes.map { bytes in
        unsafe Array(UnsafeRawBufferPointer(start: bytes, count: Int(length)))
      }
      answer.take(Int(row), value)
    }
    return unsafe withPointers(to: texts[...], []) { pointers in
      unsafe platform_database_ask(
        path,
        statement,
        pointers,
        Int32(pointers.count),
        Int32(min(seconds, 600) * 1000),
        Int32(longest),
        context,
        take
      )
    }
  }

  /// Calls `body` while every text stays where it is.
  private static func withPointers<Result>(
    to texts: ArraySlice<[CChar]>,
    _ pointers: [UnsafePointer<CChar>?],
    _ body: ([UnsafePointer<CChar>?]) -> Result
  ) -> Result {
    guard let text = texts.first else { return unsafe body(pointers) }
    return unsafe text.withUnsafeBufferPointer { buffer in
      unsafe withPointers(to: texts.dropFirst(), pointers + [buffer.baseAddress], body)
    }
  }
}
