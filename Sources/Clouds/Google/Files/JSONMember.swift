// SPDX-License-Identifier: Apache-2.0

import OAuth

/// Replaces one text in a JSON document and leaves every other byte of it alone.
enum JSONMember {
  /// The document with another text for a member of the outermost object; nil if the document is not JSON, has no such
  /// member, or the member is no text.
  ///
  /// So a vendor's file keeps what we do not know, and its layout.
  static func replace(_ name: String, with value: String, in document: [UInt8]) -> [UInt8]? {
    guard let json = try? StrictJSON(parsing: document), json[name]?.string != nil,
      let range = range(of: name, in: document)
    else { return nil }
    let changed = document[..<range.lowerBound] + quoted(value) + document[range.upperBound...]
    guard let check = try? StrictJSON(parsing: changed), check[name]?.string == value else {
      return nil
    }
    return Array(changed)
  }

  /// Where the quoted value of the member lies; the document is known to be JSON without members that come twice.
  private static func range(of name: String, in document: [UInt8]) -> Range<Int>? {
    var depth = 0
    var at = 0
    var isName = false
    while at < document.count {
      switch document[at] {
      case UInt8(ascii: "\""):
        let end = end(ofText: at, in: document)
        if depth == 1, isName, text(document[at..<end]) == name {
          return value(after: end, in: document)
        }
        at = end
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        isName = true
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":"): isName = false
      case UInt8(ascii: ","): isName = true
      default: break
      }
      at += 1
    }
    return nil
  }

  private static func value(after end: Int, in document: [UInt8]) -> Range<Int>? {
    guard let quote = document[end...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    return quote..<self.end(ofText: quote, in: document)
  }

  /// One behind the closing quote of the text that opens at `start`.
  private static func end(ofText start: Int, in document: [UInt8]) -> Int {
    var at = start + 1
    while at < document.count, document[at] != UInt8(ascii: "\"") {
      at += document[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(at + 1, document.count)
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
