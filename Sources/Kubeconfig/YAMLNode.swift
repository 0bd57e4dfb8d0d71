// SPDX-License-Identifier: Apache-2.0

/// A place in a YAML text.
struct YAMLMark: Equatable {
  /// Unicode scalars (not bytes) before it, as libyaml counts.
  let index: Int
  /// From 0.
  let line: Int
  /// From 0, in Unicode scalars.
  let column: Int
}

/// A YAML node with the place it was read from; aliases are replaced by what they name.
struct YAMLNode {
  enum Content {
    /// `plain` is true for text without quotes, which can also mean null, a boolean or a number.
    case scalar(String, plain: Bool)
    case sequence([YAMLNode])
    case mapping([(key: YAMLNode, value: YAMLNode)])
  }

  let content: Content
  let start: YAMLMark
  /// For a block collection libyaml puts it where the next token begins.
  let end: YAMLMark
  /// Nodes in the tree below and including this one, aliases expanded.
  let size: Int
  /// Levels of nesting, 1 for a scalar, aliases expanded.
  let height: Int

  init(_ content: Content, start: YAMLMark, end: YAMLMark) {
    self.content = content
    self.start = start
    self.end = end
    switch content {
    case .scalar:
      size = 1
      height = 1
    case .sequence(let items):
      size = items.reduce(1) { $0 + $1.size }
      height = 1 + items.reduce(0) { max($0, $1.height) }
    case .mapping(let pairs):
      size = pairs.reduce(1) { $0 + $1.key.size + $1.value.size }
      height = 1 + pairs.reduce(0) { max($0, $1.key.height, $1.value.height) }
    }
  }
}

extension YAMLNode {
  /// What an unquoted scalar means in the YAML 1.1 that Kubernetes' parser reads.
  enum PlainMeaning { case null, bool(Bool), number, string }

  static func meaning(of text: String) -> PlainMeaning {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y": return .bool(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N":
      return .bool(false)
    default: return isNumber(text) ? .number : .string
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    var body = text[...]
    if let sign = body.first, sign == "-" || sign == "+" { body = body.dropFirst() }
    if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(String(body)) { return true }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where body.hasPrefix(prefix) {
      let digits = body.dropFirst(2).filter { $0 != "_" }
      return !digits.isEmpty && digits.allSatisfy { ($0.hexDigitValue ?? 99) < radix }
    }
    guard let first = body.utf8.first, first == UInt8(ascii: ".") || isDigit(first),
      body.utf8.allSatisfy({ isDigit($0) || "._eE+-".utf8.contains($0) })
    else { return false }
    return Double(body.filter { $0 != "_" }) != nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
