// SPDX-License-Identifier: Apache-2.0

import OAuth

/// The place of a text in a JSON document, where it can be replaced with every other byte left alone.
///
/// So a vendor's file keeps what we do not know, its layout and its byte order mark.
package struct JSONMember: Sendable {
  private let path: [String]
  private let document: [UInt8]
  private let range: Range<Int>

  /// The member that a path leads to from the outermost object; nil if the document is not JSON, has no such member, or
  /// the member is no text.
  package init?(_ path: [String], in document: [UInt8]) {
    let content = CredentialFile.withoutMark(document)
    guard Self.text(at: path, in: content) != nil, var start = Self.start(of: content) else {
      return nil
    }
    for name in path {
      guard let value = Self.value(of: name, inObjectAt: start, content) else { return nil }
      start = value
    }
    guard content[start] == UInt8(ascii: "\"") else { return nil }
    self.path = path
    self.document = document
    range = start..<Self.end(ofText: start, in: content)
  }

  /// The document with another text there; nil if it would not be read as that.
  package func replaced(with value: String) -> [UInt8]? {
    let changed =
      document[..<range.lowerBound] + Self.quoted(value) + document[range.upperBound...]
    guard Self.text(at: path, in: CredentialFile.withoutMark(Array(changed))) == value else {
      return nil
    }
    return Array(changed)
  }

  private static func text(at path: [String], in content: ArraySlice<UInt8>) -> String? {
    guard var json = try? StrictJSON(parsing: content) else { return nil }
    for name in path {
      guard let member = json[name] else { return nil }
      json = member
    }
    return json.string
  }

  /// Where the value of a member begins; the content is known to be JSON without members that come twice.
  private static func value(
    of name: String,
    inObjectAt start: Int,
    _ content: ArraySlice<UInt8>
  ) -> Int? {
    var depth = 0
    var at = start
    var isName = false
    while at < content.endIndex {
      switch content[at] {
      case UInt8(ascii: "\""):
        let end = end(ofText: at, in: content)
        if depth == 1, isName, text(content[at..<end]) == name {
          guard let colon = content[end...].firstIndex(of: UInt8(ascii: ":")) else { return nil }
          return self.start(of: content[(colon + 1)...])
        }
        at = end
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        isName = true
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return nil }
      case UInt8(ascii: ":"): isName = false
      case UInt8(ascii: ","): isName = true
      default: break
      }
      at += 1
    }
    return nil
  }

  /// The first byte that is no white space.
  private static func start(of content: ArraySlice<UInt8>) -> Int? {
    content.firstIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
  }

  /// One behind the closing quote of the text that opens at `start`.
  private static func end(ofText start: Int, in content: ArraySlice<UInt8>) -> Int {
    var at = start + 1
    while at < content.endIndex, content[at] != UInt8(ascii: "\"") {
      at += content[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(at + 1, content.endIndex)
  }

  private static func text(_ quoted: ArraySlice<UInt8>) -> String? {
    (try? StrictJSON(parsing: quoted))?.string
  }

  private static func quoted(_ text: String) -> [UInt8] {
    var result: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      // Tokens are visible ASCII, so quotes and backslashes are all that has to be escaped.
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        result.append(UInt8(ascii: "\\"))
      }
      result.append(byte)
    }
    return result + [UInt8(ascii: "\"")]
  }
}
