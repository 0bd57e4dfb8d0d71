// SPDX-License-Identifier: Apache-2.0

/// A second of the proleptic Gregorian calendar in UTC, between the years 1 and 9999.
///
/// By hand, because the hot path links no Foundation.
package struct CivilTime: Sendable, Hashable {
  /// The year, 1 to 9999.
  package let year: Int
  /// The month, 1 to 12.
  package let month: Int
  /// The day of the month, 1 to 31.
  package let day: Int
  /// The second of the day, 0 to 86,399.
  package let secondOfDay: Int

  /// The second that is so far from 1970-01-01T00:00:00Z; nil outside the years 1 to 9999.
  package init?(unixSeconds total: Int64) {
    guard (-62_135_596_800..<253_402_300_800).contains(total) else { return nil }
    let second = Int(((total % 86_400) + 86_400) % 86_400)
    secondOfDay = second
    // Counted in 400-year eras that begin on 1 March, so that the leap day is a year's last.
    let shifted = (Int(total) - second) / 86_400 + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// A second from its parts; nil for one that no calendar has (a leap second is taken as the second before it).
  package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= lengths[month - 1], (0...23).contains(hour), (0...59).contains(minute),
      (0...60).contains(second)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.secondOfDay = hour * 3600 + minute * 60 + min(second, 59)
  }

  /// Seconds since 1970.
  package var unixSeconds: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468) * 86_400 + Int64(secondOfDay)
  }

  /// `2024-01-02T03:04:05Z` (RFC 3339).
  package var rfc3339: String {
    Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) + "T"
      + time.joined(separator: ":") + "Z"
  }

  /// `20240102T030405Z` (ISO 8601 basic format).
  package var basic: String { basicDay + "T" + time.joined() + "Z" }

  /// `20240102`.
  package var basicDay: String {
    Self.padded(year, 4) + Self.padded(month, 2) + Self.padded(day, 2)
  }

  private var time: [String] {
    [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60].map { Self.padded($0, 2) }
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
