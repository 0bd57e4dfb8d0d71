// SPDX-License-Identifier: Apache-2.0

/// One pass over the bytes, by recursive descent with a bounded depth.
struct StrictJSONParser {
  let bytes: [UInt8]
  private var at = 0
  private var depth = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func document() throws(StrictJSON.Fault) -> StrictJSON {
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw fault("something follows the value") }
    return value
  }

  private func fault(_ reason: String) -> StrictJSON.Fault {
    StrictJSON.Fault(reason: reason, offset: at)
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func value() throws(StrictJSON.Fault) -> StrictJSON {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"): return try number()
    case nil: throw fault("it ends too early")
    case let digit? where (0x30...0x39).contains(digit): return try number()
    default: throw fault("a character that begins no value")
    }
  }

  private mutating func word(_ word: String, _ value: StrictJSON) throws(StrictJSON.Fault)
    -> StrictJSON
  {
    guard bytes[at...].starts(with: word.utf8) else {
      throw fault("a character that begins no value")
    }
    at += word.utf8.count
    return value
  }

  private mutating func descend() throws(StrictJSON.Fault) {
    at += 1
    depth += 1
    guard depth <= Limits.jsonDepth else { throw fault("nested too deeply") }
    skipSpace()
  }

  private mutating func object() throws(StrictJSON.Fault) -> StrictJSON {
    try descend()
    var members: [String: StrictJSON] = [:]
    if !take("}") {
      repeat {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw fault("a member name is missing") }
        let name = try string()
        skipSpace()
        guard take(":") else { throw fault("a colon is missing") }
        let member = try value()
        guard members.updateValue(member, forKey: name) == nil else {
          throw fault("a member appears twice")
        }
        skipSpace()
      } while take(",")
      guard take("}") else { throw fault("an object is not closed") }
    }
    depth -= 1
    return .object(members)
  }

  private mutating func array() throws(StrictJSON.Fault) -> StrictJSON {
    try descend()
    var elements: [StrictJSON] = []
    if !take("]") {
      repeat {
        elements.append(try value())
        skipSpace()
      } while take(",")
      guard take("]") else { throw fault("an array is not closed") }
    }
    depth -= 1
    return .array(elements)
  }

  // MARK: numbers

  private mutating func digits() throws(StrictJSON.Fault) {
    let start = at
    while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
    guard at > start else { throw fault("a digit is missing") }
  }

  private mutating func number() throws(StrictJSON.Fault) -> StrictJSON {
    let start = at
    var isWhole = true
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") {
      isWhole = false
      try digits()
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    guard at - start <= Limits.jsonNumber else { throw fault("a number is too long") }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole, let exact = Int64(text) { return .integer(exact) }
    guard let value = Double(text), value.isFinite else { throw fault("a number is too large") }
    return .number(value)
  }

  // MARK: strings

  private mutating func string() throws(StrictJSON.Fault) -> String {
    at += 1
    var text: [UInt8] = []
    while true {
      guard let byte = next else { throw fault("a string is not closed") }
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw fault("a string is not UTF-8")
        }
        return result
      case UInt8(ascii: "\\"):
        text.append(contentsOf: String(Character(try escape())).utf8)
      case 0..<0x20:
        throw fault("a control character in a string")
      default:
        text.append(byte)
      }
    }
  }

  private mutating func escape() throws(StrictJSON.Fault) -> Unicode.Scalar {
    guard let byte = next else { throw fault("a string is not closed") }
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw fault("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(StrictJSON.Fault) -> Unicode.Scalar {
    let first = try hexQuad()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800...0xDBFF).contains(first), take("\\"), take("u") else {
      throw fault("half of a surrogate pair")
    }
    let second = try hexQuad()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw fault("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexQuad() throws(StrictJSON.Fault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = FormEncoding.hexValue(byte) else {
        throw fault("a broken escape")
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
