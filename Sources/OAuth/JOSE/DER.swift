// SPDX-License-Identifier: Apache-2.0

/// Reads the elements of a DER encoding one after the other (X.690), as far as a PKCS #8 key needs
/// it: tags of one byte, definite lengths.
struct DER {
  /// The tags that are asked for.
  enum Tag: UInt8 {
    case integer = 0x02
    case octetString = 0x04
    case objectIdentifier = 0x06
    case sequence = 0x30
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: some Collection<UInt8>) {
    rest = ArraySlice(bytes)
  }

  /// True when nothing is left.
  var isAtEnd: Bool { rest.isEmpty }

  /// The content of the next element, or nil if it is cut or has another tag.
  mutating func next(_ tag: Tag) -> ArraySlice<UInt8>? {
    guard rest.popFirst() == tag.rawValue, let length = length(), length <= rest.count else {
      return nil
    }
    defer { rest = rest.dropFirst(length) }
    return rest.prefix(length)
  }

  private mutating func length() -> Int? {
    guard let first = rest.popFirst() else { return nil }
    guard first >= 0x80 else { return Int(first) }
    let count = Int(first & 0x7F)
    guard (1...3).contains(count), rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
  }
}
