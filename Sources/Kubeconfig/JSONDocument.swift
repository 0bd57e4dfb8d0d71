// SPDX-License-Identifier: Apache-2.0

/// A JSON value and where it stands in the text that it was read from.
struct JSONNode {
  enum Value {
    case null
    case bool(Bool)
    case number
    case string(String)
    case array([JSONNode])
    case object([(name: String, node: JSONNode)])
  }

  let value: Value
  /// Byte offsets in the text.
  let range: Range<Int>
}

/// Why a text is not JSON, and where.
struct JSONFault: Error {
  let offset: Int
  let what: String
}

/// A strict JSON reader (RFC 8259) for hostile input: bounded depth, no duplicate names, valid UTF-8 only.
///
/// It keeps the place of every value, so that a part (`spec.cluster.config`) can be passed on byte for byte.
struct JSONReader {
  static let maximumDepth = 64

  let bytes: [UInt8]
  var position = 0
  private var depth = 0

  static func read(_ bytes: [UInt8]) throws(JSONFault) -> JSONNode {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw JSONFault(offset: 0, what: "it is not UTF-8")
    }
    var reader = JSONReader(bytes: bytes)
    let node = try reader.value()
    reader.skipSpace()
    guard reader.position == bytes.count else {
      throw reader.fault("something follows the document")
    }
    return node
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  func fault(_ what: String) -> JSONFault { JSONFault(offset: position, what: what) }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x0a, 0x0d, 0x09].contains(byte) { position += 1 }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(JSONFault) -> JSONNode {
    skipSpace()
    let start = position
    let value: JSONNode.Value
    switch next {
    case UInt8(ascii: "{"):
      value = .object(try nested { reader throws(JSONFault) in try reader.members() })
    case UInt8(ascii: "["):
      value = .array(try nested { reader throws(JSONFault) in try reader.elements() })
    case UInt8(ascii: "\""): value = .string(try string())
    case UInt8(ascii: "t"): value = .bool(try word("true", true))
    case UInt8(ascii: "f"): value = .bool(try word("false", false))
    case UInt8(ascii: "n"): value = try word("null", .null)
    default:
      try number()
      value = .number
    }
    return JSONNode(value: value, range: start..<position)
  }

  private mutating func nested<Value>(
    _ body: (inout JSONReader) throws(JSONFault) -> Value
  ) throws(JSONFault) -> Value {
    depth += 1
    guard depth <= Self.maximumDepth else { throw fault("it is nested too deeply") }
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  private mutating func members() throws(JSONFault) -> [(name: String, node: JSONNode)] {
    var members: [(name: String, node: JSONNode)] = []
    var names: Set<String> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return members }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw fault("a member name is missing") }
      let name = try string()
      guard names.insert(name).inserted else { throw fault("a member name is repeated") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw fault("a colon is missing") }
      members.append((name, try value()))
      skipSpace()
      if take(UInt8(ascii: "}")) { return members }
      guard take(UInt8(ascii: ",")) else { throw fault("a comma or a closing brace is missing") }
    }
  }

  private mutating func elements() throws(JSONFault) -> [JSONNode] {
    var elements: [JSONNode] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return elements }
      guard take(UInt8(ascii: ",")) else { throw fault("a comma or a closing bracket is missing") }
    }
  }

  private mutating func word<Value>(_ word: String, _ value: Value) throws(JSONFault) -> Value {
    guard bytes[position...].starts(with: word.utf8) else { throw fault("an unknown word") }
    position += word.utf8.count
    return value
  }
}
