// SPDX-License-Identifier: Apache-2.0

/// Text from a server, made fit to stand in one line of a message.
enum Text {
  /// Drops everything that moves a cursor, hides text or turns its direction, and cuts at `limit`
  /// characters.
  static func line(_ text: String, limit: Int = Limits.shown) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !isControl(scalar) {
      if result.count == limit {
        result.append("…")
        break
      }
      result.append(scalar)
    }
    return String(result)
  }

  /// True if any character is one that ``line(_:limit:)`` drops.
  static func hasControls(_ text: String) -> Bool {
    text.unicodeScalars.contains(where: isControl)
  }

  /// Byte equality.
  ///
  /// Swift's `==` holds canonically equivalent texts equal: KELVIN SIGN and the letter K, for one.
  static func sameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }

  /// True if every byte is a visible ASCII character other than the space.
  static func isVisibleASCII(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // C0, DEL and C1; then what is invisible, breaks lines or sets the direction.
    case 0...0x1F, 0x7F...0x9F: true
    case 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
