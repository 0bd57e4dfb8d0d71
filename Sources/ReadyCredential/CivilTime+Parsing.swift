// SPDX-License-Identifier: Apache-2.0

extension CivilTime {
  /// Seconds since 1970 of `2024-01-02T03:04:05Z`, also with a fraction, a blank for the T, an offset (`+01:00`) or
  /// `UTC`.
  ///
  /// Parts of a second are dropped, which makes nothing end later. A time without any zone counts as UTC, as the tools
  /// of the clouds mean it. Nil for anything else.
  package static func unixSeconds(in text: String) -> Int64? {
    var rest = Array(text.utf8)[...]
    guard let year = number(&rest, 4), take("-", &rest), let month = number(&rest, 2),
      take("-", &rest), let day = number(&rest, 2), take("T", &rest) || take(" ", &rest),
      let hour = number(&rest, 2), take(":", &rest), let minute = number(&rest, 2),
      take(":", &rest), let second = number(&rest, 2)
    else { return nil }
    if take(".", &rest) {
      let digits = rest.prefix { (48...57).contains($0) }
      guard !digits.isEmpty else { return nil }
      rest = rest.dropFirst(digits.count)
    }
    guard let offset = offset(rest),
      let time = CivilTime(
        year: year,
        month: month,
        day: day,
        hour: hour,
        minute: minute,
        second: second
      )
    else { return nil }
    return time.unixSeconds - offset
  }

  /// The seconds that a zone is ahead of UTC.
  private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
    if zone.isEmpty || zone.elementsEqual("Z".utf8) || zone.elementsEqual("UTC".utf8) { return 0 }
    var rest = zone
    let ahead = take("+", &rest)
    guard ahead || take("-", &rest), let hours = number(&rest, 2) else { return nil }
    _ = take(":", &rest)
    guard let minutes = number(&rest, 2), rest.isEmpty, hours < 24, minutes < 60 else { return nil }
    return Int64((hours * 3600 + minutes * 60) * (ahead ? 1 : -1))
  }

  private static func take(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private static func number(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> Int? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    rest = rest.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
  }
}
