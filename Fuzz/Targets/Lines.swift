// SPDX-License-Identifier: Apache-2.0

/// Cuts an input into parts at line ends, so that a seed is a text file and mutations stay inside a
/// part.
enum Lines {
  /// The first `count` lines, and the rest as it is; nil for what is not there.
  static func split(_ input: [UInt8], _ count: Int) -> [[UInt8]?] {
    let parts = input.split(separator: 0x0A, maxSplits: count, omittingEmptySubsequences: false)
    return (0...count).map { $0 < parts.count ? Array(parts[$0]) : nil }
  }

  /// A line as text; broken UTF-8 is repaired.
  static func text(_ line: [UInt8]?) -> String? {
    line.map { String(decoding: $0, as: UTF8.self) }
  }
}
