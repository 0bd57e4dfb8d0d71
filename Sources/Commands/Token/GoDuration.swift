// SPDX-License-Identifier: Apache-2.0

/// Times as Go writes them: `90s`, `1m30s`, `1.5h` (Go, `time.ParseDuration`).
enum GoDuration {
  private static let units: [String: Double] = ["h": 3600, "m": 60, "s": 1, "ms": 0.001]

  /// Seconds, above 0 and at most a day; nil for any other text.
  static func seconds(_ text: String) -> Double? {
    var rest = text[...]
    var total = 0.0
    guard !rest.isEmpty, rest.utf8.count <= 32 else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest[number.endIndex...]
      let unit = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest[unit.endIndex...]
      guard let value = Double(number), let factor = units[String(unit)] else { return nil }
      total += value * factor
    }
    return total > 0 && total <= 86_400 ? total : nil
  }
}
