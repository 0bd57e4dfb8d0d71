// SPDX-License-Identifier: Apache-2.0

import ReadyCredential

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times as Google and gcloud write them.
enum UTCTime {
  /// `2026-11-23T21:58:53Z` (RFC 3339), with or without a fraction; and `2026-11-23 21:58:53.917825`, as gcloud's
  /// database has it, which is UTC too.
  ///
  /// Nil for any other text, another zone among them.
  static func date(_ text: String) -> Date? {
    var bytes = Array(text.utf8.prefix(40))
    if bytes.last == UInt8(ascii: "Z") { bytes.removeLast() }
    guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      [UInt8(ascii: "T"), UInt8(ascii: " ")].contains(bytes[10]), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), isFraction(bytes[19...]),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
      let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
      year >= 1970,
      let time = CivilTime(
        year: year,
        month: month,
        day: day,
        hour: hour,
        minute: minute,
        second: second
      )
    else { return nil }
    return Date(timeIntervalSince1970: Double(time.unixSeconds))
  }

  /// Nothing, or a point and digits; the fraction is dropped, which makes a token end no later.
  private static func isFraction(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let point = bytes.first else { return true }
    return point == UInt8(ascii: ".") && bytes.count > 1 && number(bytes.dropFirst()) != nil
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.count <= 15, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
