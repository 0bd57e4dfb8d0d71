// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
package import HTTPTypes

/// How far this clock is from a server's, by the `Date` field of its answer (RFC 9110 section 6.6.1).
///
/// Only for words: a server could send any date, so no decision may rest on it.
package struct ClockSkew: Sendable, Equatable {
  /// The most seconds of difference that nothing is said about; tokens are judged with as much.
  package static let tolerated = 300

  /// This clock minus the server's, in seconds: positive if this one is ahead.
  package let seconds: Int

  /// Compares an answer's date with the time at which it came.
  ///
  /// Nil without a date in the one form that servers must send, and for an answer with an `Age`, which a cache kept.
  package init?(headers: HTTPFields, now: Date) {
    guard headers[.age] == nil, let text = headers[.date],
      let server = RetryAfter.epoch(imfFixdate: text)
    else { return nil }
    let difference = now.timeIntervalSince1970.rounded() - Double(server)
    guard abs(difference) < 1e12 else { return nil }
    seconds = Int(difference)
  }

  /// Whether the difference is too small to matter.
  package var isTolerated: Bool { abs(seconds) <= Self.tolerated }

  /// What to say about it and what to do; nil if it is tolerated.
  package func words(host: String) -> (what: String, remedy: String)? {
    guard !isTolerated else { return nil }
    let direction = seconds > 0 ? "ahead of" : "behind"
    return (
      "this clock is \(Self.length(abs(seconds))) \(direction) the clock of \(Text.line(host))",
      "set this machine's clock, for example with: timedatectl set-ntp true"
    )
  }

  /// A length of time in its one or two largest units.
  private static func length(_ seconds: Int) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
    if days > 0 { return hours > 0 ? "\(days) d \(hours) h" : "\(days) d" }
    if hours > 0 { return minutes > 0 ? "\(hours) h \(minutes) min" : "\(hours) h" }
    return "\(minutes) min"
  }
}
