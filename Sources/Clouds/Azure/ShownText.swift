// SPDX-License-Identifier: Apache-2.0

/// Text from outside, made fit for one line of a message.
enum ShownText {
  /// Without control characters, and cut at so many characters.
  static func line(_ text: String, limit: Int = 200) -> String {
    let scalars = text.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
    let shown = String(String.UnicodeScalarView(scalars.prefix(limit)))
    return scalars.count > limit ? shown + "…" : shown
  }
}
