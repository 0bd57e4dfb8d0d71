// SPDX-License-Identifier: Apache-2.0

/// Text from a server, made fit to stand in one line of a message.
package enum Text {
  /// Drops everything that moves a cursor, hides text or turns its direction, and cuts at `limit`
  /// characters.
  package static func line(_ text: String, limit: Int = Limits.shown) -> String {
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
  package static func hasControls(_ text: String) -> Bool {
    text.unicodeScalars.contains(where: isControl)
  }

  /// Byte equality.
  ///
  /// Swift's `==` holds canonically equivalent texts equal: KELVIN SIGN and the letter K, for one.
  static func sameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }

  /// True if every byte is a visible ASCII character other than the space.
  package static func isVisibleASCII(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    // C0, DEL and C1; what is invisible or sets the direction (format); what breaks lines.
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
