// SPDX-License-Identifier: Apache-2.0

/// The fields of a query string or of an `application/x-www-form-urlencoded` body, in order.
package struct FormFields: Sendable, Equatable {
  private(set) var pairs: [(name: String, value: String)]

  /// Fields to be encoded, in this order.
  package init(_ pairs: [(String, String)] = []) {
    self.pairs = pairs.map { (name: $0.0, value: $0.1) }
  }

  /// Decodes `a=1&b=2`; `+` is a space, broken percent escapes stay as they are.
  package init(decoding text: some StringProtocol) {
    pairs = text.split(separator: "&").map { pair in
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        name: Self.decode(String(halves[0])),
        value: halves.count > 1 ? Self.decode(String(halves[1])) : ""
      )
    }
  }

  /// The first value of `name`; nil when it is absent or empty (RFC 6749 §3.1: empty counts as
  /// omitted).
  package subscript(name: String) -> String? {
    pairs.first { $0.name == name && !$0.value.isEmpty }?.value
  }

  /// These fields with another value of `name`.
  func replacing(_ name: String, with value: String) -> FormFields {
    FormFields(pairs.filter { $0.name != name }.map { ($0.name, $0.value) } + [(name, value)])
  }

  /// Every value of `name`, in order.
  package func values(_ name: String) -> [String] {
    pairs.filter { $0.name == name }.map(\.value)
  }

  /// A parameter that is given more than once, which RFC 6749 §3.1 forbids; RFC 8707 and RFC 8693
  /// allow it for two.
  var repeatedName: String? {
    var seen: Set<String> = []
    let repeatable: Set = ["resource", "audience"]
    return pairs.filter { !repeatable.contains($0.name) }.first { !seen.insert($0.name).inserted }?
      .name
  }

  /// The fields as `a=1&b=2`, with everything but unreserved characters escaped.
  package var encoded: String {
    pairs.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
  }

  package static func == (left: FormFields, right: FormFields) -> Bool {
    left.pairs.elementsEqual(right.pairs) { $0 == $1 }
  }

  private static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Decodes one name or value of a form: `+` and percent escapes.
  static func decode(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(
          String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self),
          radix: 16
        )
      {
        decoded.append(value)
        index += 3
      } else {
        decoded.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}
