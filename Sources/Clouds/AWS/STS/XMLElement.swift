// SPDX-License-Identifier: Apache-2.0

/// One element of the few XML documents that AWS answers with: its name, the elements in it, its text.
///
/// The subset that they use: no attributes that matter, no document type (and so no entities but the five of XML), no
/// processing instructions after the first. Anything else is no such document.
package struct XMLElement: Sendable, Equatable {
  /// Its name without a prefix.
  package let name: String
  /// The elements in it.
  package internal(set) var children: [XMLElement] = []
  /// Its text, without white space around it.
  package internal(set) var text = ""

  /// The largest document that is read, in bytes: a session token has a few thousand.
  package static let maximumLength = 256 * 1024

  /// Reads a document; nil if it is not one of this kind.
  package init?(parsing bytes: [UInt8]) {
    guard bytes.count <= Self.maximumLength, let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    var parser = XMLParser(rest: text.unicodeScalars[...])
    guard let root = parser.document() else { return nil }
    self = root
  }

  init(name: String) {
    self.name = name
  }

  /// The first element that the names lead to, one inside the other.
  package subscript(_ path: String...) -> XMLElement? {
    path.reduce(self as XMLElement?) { element, name in
      element?.children.first { $0.name == name }
    }
  }
}

/// Reads the scalars of such a document.
private struct XMLParser {
  /// Deeper than any answer of STS, which has four levels.
  private static let maximumDepth = 16

  var rest: Substring.UnicodeScalarView

  mutating func document() -> XMLElement? {
    skipSpace()
    if take("<?xml") { guard skip(past: "?>") else { return nil } }
    skipSpace()
    guard let root = element(depth: 0) else { return nil }
    skipSpace()
    return rest.isEmpty ? root : nil
  }

  private mutating func element(depth: Int) -> XMLElement? {
    guard depth < Self.maximumDepth, take("<"), let name = name(), let isEmpty = endOfTag() else {
      return nil
    }
    var element = XMLElement(name: name)
    if isEmpty { return element }
    var text = String.UnicodeScalarView()
    while let scalar = rest.first {
      if take("</") {
        guard self.name() == name, closeTag() else { return nil }
        element.text = Self.trimmed(text)
        return element
      }
      if scalar == "<" {
        guard let child = self.element(depth: depth + 1) else { return nil }
        element.children.append(child)
      } else {
        guard let scalar = character() else { return nil }
        text.append(scalar)
      }
    }
    return nil
  }

  /// The name of a tag, without what stands before a colon.
  private mutating func name() -> String? {
    let isNameScalar = { (scalar: Unicode.Scalar) in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789_-.:".unicodeScalars.contains(scalar))
    }
    let name = rest.prefix(while: isNameScalar)
    rest = rest[name.endIndex...]
    let local = String(name).split(separator: ":", omittingEmptySubsequences: false).last
    return local.flatMap { $0.isEmpty ? nil : String($0) }
  }

  /// Skips attributes; whether the tag is an element of its own, nil if it does not end.
  private mutating func endOfTag() -> Bool? {
    while let scalar = rest.popFirst() {
      switch scalar {
      case ">": return false
      case "/": return take(">") ? true : nil
      case "<": return nil
      case "\"", "'":
        guard let end = rest.firstIndex(of: scalar) else { return nil }
        rest = rest[rest.index(after: end)...]
      default: continue
      }
    }
    return nil
  }

  private mutating func closeTag() -> Bool {
    skipSpace()
    return take(">")
  }

  /// One scalar of text, or what a reference stands for.
  private mutating func character() -> Unicode.Scalar? {
    guard let scalar = rest.popFirst() else { return nil }
    guard scalar == "&" else { return scalar }
    let name = String(rest.prefix(10).prefix { $0 != ";" })
    rest = rest.dropFirst(name.unicodeScalars.count)
    guard take(";") else { return nil }
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      let isHex = name.hasPrefix("#x")
      guard name.hasPrefix("#"),
        let value = UInt32(name.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10)
      else { return nil }
      return Unicode.Scalar(value)
    }
  }

  private mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.unicodeScalars) else { return false }
    rest = rest.dropFirst(text.unicodeScalars.count)
    return true
  }

  private mutating func skip(past text: String) -> Bool {
    while !rest.isEmpty {
      if take(text) { return true }
      rest = rest.dropFirst()
    }
    return false
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
  }

  private static func trimmed(_ text: String.UnicodeScalarView) -> String {
    let isSpace = { (scalar: Unicode.Scalar) in
      scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }
    guard let first = text.firstIndex(where: { !isSpace($0) }),
      let last = text.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(text[first...last])
  }
}
