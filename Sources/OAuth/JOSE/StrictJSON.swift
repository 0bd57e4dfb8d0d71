// SPDX-License-Identifier: Apache-2.0

/// A JSON value from a hostile source (RFC 8259), parsed so that no other parser can read it
/// otherwise.
///
/// Refused: duplicate members, anything after the value, invalid UTF-8, lone surrogates, raw
/// control characters, numbers that a Double cannot hold, nesting beyond 32, a byte order mark.
package enum StrictJSON: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent that fits 64 bits: exact.
  case integer(Int64)
  /// Any other number.
  case number(Double)
  case string(String)
  case array([StrictJSON])
  case object([String: StrictJSON])

  /// Why bytes are not such a value, and where.
  package struct Fault: Error, Sendable, Equatable {
    /// In words for a message.
    package let reason: String
    /// Offset of the byte at which parsing stopped.
    package let offset: Int
  }

  /// Parses a whole document; the caller bounds its size.
  ///
  /// Throws ``Fault``.
  package init(parsing bytes: some Sequence<UInt8>) throws(Fault) {
    var parser = StrictJSONParser(bytes: Array(bytes))
    self = try parser.document()
  }
}

extension StrictJSON {
  /// A member of an object; nil if this is no object, or has no such member.
  package subscript(_ name: String) -> StrictJSON? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// The members, if this is an object.
  package var members: [String: StrictJSON]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements, if this is an array.
  package var elements: [StrictJSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The text, if this is a string.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The value, if this is a boolean.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The value of a number without a fractional part whose size a Double holds exactly (1.7e9 is
  /// one).
  package var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let value) where abs(value) <= 9_007_199_254_740_992: Int64(exactly: value)
    default: nil
    }
  }

  /// The texts, if this is an array of nothing but strings.
  package var strings: [String]? {
    guard let elements else { return nil }
    let texts = elements.compactMap(\.string)
    return texts.count == elements.count ? texts : nil
  }
}
