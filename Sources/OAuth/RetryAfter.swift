// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
package import HTTPTypes

/// The `Retry-After` field (RFC 9110 section 10.2.3).
package enum RetryAfter {
  /// Seconds from `now`, 0 to one day; nil if the field is absent or neither seconds nor an
  /// IMF-fixdate.
  ///
  /// Without `now` a date cannot be read, and gives nil.
  package static func seconds(in headers: HTTPFields, now: Date?) -> Int? {
    guard let text = headers[.retryAfter] else { return nil }
    if !text.isEmpty, text.utf8.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return Int(text).map { min($0, Limits.retryAfter) }
    }
    guard let now, let date = epoch(imfFixdate: text) else { return nil }
    let ahead = (Double(date) - now.timeIntervalSince1970).rounded(.up)
    return Int(min(max(ahead, 0), Double(Limits.retryAfter)))
  }

  /// Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT"; nil for any other form.
  static func epoch(imfFixdate text: String) -> Int? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 6, parts[0].count == 4, parts[0].hasSuffix(","), parts[5] == "GMT",
      let day = number(parts[1], 2, 1...31), let month = months.firstIndex(of: String(parts[2])),
      let year = number(parts[3], 4, 1970...9999)
    else { return nil }
    let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
    guard clock.count == 3, let hour = number(clock[0], 2, 0...23),
      let minute = number(clock[1], 2, 0...59), let second = number(clock[2], 2, 0...60)
    else { return nil }
    return days(year, month + 1, day) * 86_400 + hour * 3600 + minute * 60 + second
  }

  private static func number(_ text: Substring, _ width: Int, _ range: ClosedRange<Int>) -> Int? {
    guard text.utf8.count == width, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let value = Int(text), range.contains(value)
    else { return nil }
    return value
  }

  /// Days since 1970-01-01 in the Gregorian calendar, counting years from March so that leap days
  /// come last.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
