// SPDX-License-Identifier: Apache-2.0

/// Text of a message, in which arguments, files and servers have their words.
package enum BoundedText {
  /// The most characters of one word: more than any address or name that a person can read.
  private static let word = 200
  /// The most characters of a line: a command with many options.
  private static let line = 4000

  /// The text with `…` for what is beyond 200 characters of a word, and beyond 4000 of the whole.
  package static func shortened(_ text: String) -> String {
    // Bytes are the quicker question, and there are never fewer of them than characters.
    guard text.utf8.count > word else { return text }
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    return shortenedLine(words.map { cut($0, word) }.joined(separator: " "))
  }

  /// The text with `…` for what is beyond 4000 characters; for commands, which are of use only with whole words.
  package static func shortenedLine(_ text: String) -> String {
    text.utf8.count > line ? cut(text, line) : text
  }

  private static func cut(_ text: some StringProtocol, _ limit: Int) -> String {
    let kept = text.prefix(limit)
    return kept.endIndex == text.endIndex ? String(text) : "\(kept)…"
  }
}
