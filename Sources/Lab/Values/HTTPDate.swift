// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A time as HTTP's `Date` field writes it (RFC 9110 §5.6.7, IMF-fixdate).
enum HTTPDate {
  static func text(_ date: Date) -> String {
    let seconds = Int(date.timeIntervalSince1970.rounded(.down))
    // 1970-01-01 was a Thursday.
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let day = days[((seconds / 86_400) % 7 + 7) % 7]
    // 2026-11-24T19:33:33Z
    let iso = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    let parts = iso.split { "-T".contains($0) }
    guard parts.count == 4, let month = Int(parts[1]), (1...12).contains(month) else { return iso }
    return "\(day), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3].dropLast()) GMT"
  }
}
