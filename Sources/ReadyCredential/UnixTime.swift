// SPDX-License-Identifier: Apache-2.0

/// A moment of the wall clock, in milliseconds since 1970 (UTC).
///
/// Milliseconds, because a token in a test lab lives for a few seconds only, and 80 % of that is no whole number.
package struct UnixTime: Sendable, Hashable, Comparable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package var milliseconds: Int64

  /// A moment from its distance to 1970, in milliseconds.
  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// A moment from what `clock_gettime` gives; parts of a millisecond are dropped.
  package init(seconds: Int64, nanoseconds: Int64 = 0) {
    self.milliseconds = seconds &* 1000 &+ nanoseconds / 1_000_000
  }

  /// The moment `milliseconds` later (earlier if negative), held at the ends of what can be represented.
  package func advanced(byMilliseconds distance: Int64) -> UnixTime {
    let (sum, overflow) = milliseconds.addingReportingOverflow(distance)
    guard overflow else { return UnixTime(milliseconds: sum) }
    return UnixTime(milliseconds: distance < 0 ? .min : .max)
  }

  package static func < (left: UnixTime, right: UnixTime) -> Bool {
    left.milliseconds < right.milliseconds
  }
}
