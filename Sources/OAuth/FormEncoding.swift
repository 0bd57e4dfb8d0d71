// SPDX-License-Identifier: Apache-2.0

/// `application/x-www-form-urlencoded`, both ways (RFC 6749 appendix B).
package enum FormEncoding {
  /// Name and value pairs, in the order given, as a request body: a space becomes a plus sign.
  package static func body(_ pairs: [(String, String)]) -> String {
    pairs.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
  }

  /// The same for a URL's query, with %20 for a space: every decoder reads that, and not every one
  /// the plus sign.
  package static func query(_ pairs: [(String, String)]) -> String {
    pairs.map { "\(encode($0.0, space: "%20"))=\(encode($0.1, space: "%20"))" }
      .joined(separator: "&")
  }

  /// One name or value: letters, digits and `*-._` stay, everything else is escaped byte by byte.
  package static func encode(_ text: String, space: String = "+") -> String {
    let digits = Array("0123456789ABCDEF")
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "*"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "_"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x20:
        result += space
      default:
        result.append("%")
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
      }
    }
    return result
  }

  /// Pairs in the order they came, or nil if an escape is broken or a text is not UTF-8.
  ///
  /// Empty pieces are skipped.
  package static func decode(_ bytes: some Collection<UInt8>) -> [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    for piece in bytes.split(separator: UInt8(ascii: "&")) {
      let halves = piece.split(
        separator: UInt8(ascii: "="),
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      guard let name = unescape(halves[0]),
        let value = halves.count == 2 ? unescape(halves[1]) : ""
      else { return nil }
      pairs.append((name, value))
    }
    return pairs
  }

  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  private static func unescape(_ piece: some Collection<UInt8>) -> String? {
    var result: [UInt8] = []
    var rest = piece.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "+"):
        result.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(hexValue), let low = rest.next().flatMap(hexValue)
        else { return nil }
        result.append(high << 4 | low)
      default:
        result.append(byte)
      }
    }
    return String(validating: result, as: UTF8.self)
  }
}
