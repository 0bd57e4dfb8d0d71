// SPDX-License-Identifier: Apache-2.0

/// The words of a command line, split as a POSIX shell splits them and without anything else that a shell does.
///
/// Python's `shlex.split`, which botocore uses for section names and for `credential_process`: single quotes keep
/// everything, double quotes let a backslash escape `"` and `\`, a backslash outside of quotes escapes any character.
package enum ShellWords {
  /// The words; nil if a quotation or an escape does not end.
  package static func split(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String.UnicodeScalarView?
    var rest = text.unicodeScalars.makeIterator()
    while let scalar = rest.next() {
      switch scalar {
      case " ", "\t", "\r", "\n":
        if let finished = word { words.append(String(finished)) }
        word = nil
      case "\\":
        guard let escaped = rest.next() else { return nil }
        word = (word ?? .init()) + [escaped]
      case "'", "\"":
        guard let quoted = quotation(closedBy: scalar, &rest) else { return nil }
        word = (word ?? .init()) + quoted
      default:
        word = (word ?? .init()) + [scalar]
      }
    }
    if let finished = word { words.append(String(finished)) }
    return words
  }

  private static func quotation(
    closedBy quote: Unicode.Scalar,
    _ rest: inout String.UnicodeScalarView.Iterator
  ) -> String.UnicodeScalarView? {
    var text = String.UnicodeScalarView()
    while let scalar = rest.next() {
      if scalar == quote { return text }
      guard quote == "\"", scalar == "\\" else {
        text.append(scalar)
        continue
      }
      guard let escaped = rest.next() else { return nil }
      if escaped != "\"", escaped != "\\" { text.append("\\") }
      text.append(escaped)
    }
    return nil
  }
}
