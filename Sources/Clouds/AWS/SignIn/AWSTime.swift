// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Times as the AWS tools write them into their files.
package enum AWSTime {
  /// A time such as `2026-11-23T21:53:59Z`.
  ///
  /// Also with a fraction of a second, with an offset (`+01:00`, `+0100`) and with the letters `UTC` in place of `Z`, as
  /// botocore before 1.29 wrote them. Nil for anything else, a time without a zone too.
  package static func date(_ text: String) -> Date? {
    guard text.utf8.count <= 40, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    guard text.count > 19, let whole = try? Date("\(text.prefix(19))Z", strategy: .iso8601) else {
      return nil
    }
    var rest = text.dropFirst(19)
    var fraction = 0.0
    if rest.first == "." {
      let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
      guard !digits.isEmpty, let value = Double("0.\(digits)") else { return nil }
      fraction = value
      rest = rest.dropFirst(1 + digits.count)
    }
    guard let offset = offset(rest) else { return nil }
    return whole.addingTimeInterval(fraction - Double(offset))
  }

  /// The time as the tools write it now: UTC, whole seconds, `Z`.
  package static func text(_ date: Date) -> String {
    let seconds = date.timeIntervalSince1970.rounded(.down)
    return Date(timeIntervalSince1970: seconds).formatted(.iso8601)
  }

  /// Seconds east of UTC.
  private static func offset(_ zone: Substring) -> Int? {
    if zone == "Z" || zone == "UTC" { return 0 }
    guard let sign = zone.first, sign == "+" || sign == "-" else { return nil }
    let digits = zone.dropFirst().filter { $0 != ":" }
    guard zone.count == 5 || (zone.count == 6 && Array(zone)[3] == ":"),
      digits.count == 4, digits.allSatisfy({ ("0"..."9").contains($0) }),
      let hours = Int(digits.prefix(2)), let minutes = Int(digits.suffix(2)),
      hours < 24, minutes < 60
    else { return nil }
    return (sign == "+" ? 1 : -1) * (hours * 3600 + minutes * 60)
  }
}
