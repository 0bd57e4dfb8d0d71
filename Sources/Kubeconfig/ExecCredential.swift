// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What a plugin prints for client-go.
package enum ExecCredential {
  /// One JSON document and a newline: the token, and until when client-go may keep it.
  ///
  /// `version` must be the one asked for, or client-go refuses the answer. `expiration` is rounded down to whole
  /// seconds (RFC 3339, UTC); without it client-go keeps the token until a 401.
  package static func render(
    _ version: ExecVersion,
    token: String,
    expiration: Date?
  ) -> [UInt8] {
    var text = #"{"kind":"ExecCredential","apiVersion":""# + version.rawValue + #"","status":{"#
    if let expiration, let stamp = timestamp(expiration) {
      text += #""expirationTimestamp":""# + stamp + #"","#
    }
    var bytes = Array((text + #""token":""#).utf8)
    appendEscaped(token, to: &bytes)
    bytes += Array("\"}}\n".utf8)
    return bytes
  }

  private static func appendEscaped(_ text: String, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20, 0x7f:
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
  }

  /// RFC 3339 in UTC with whole seconds; nil outside the years 1 to 9999, which RFC 3339 cannot write.
  static func timestamp(_ date: Date) -> String? {
    let seconds = date.timeIntervalSince1970.rounded(.down)
    guard (-62_135_596_800..<253_402_300_800).contains(seconds) else { return nil }
    let total = Int(seconds)
    let secondOfDay = ((total % 86_400) + 86_400) % 86_400
    let (year, month, day) = civil(daysSince1970: (total - secondOfDay) / 86_400)
    let time = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T"
      + time.map { padded($0, 2) }.joined(separator: ":") + "Z"
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// The proleptic Gregorian date of a day number, counted in 400-year eras that begin on 1 March.
  private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
