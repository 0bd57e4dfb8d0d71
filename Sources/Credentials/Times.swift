// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// When an access token ends, when it is renewed, and what client-go is told.
///
/// Always `renewAt < reported < expiry` where the expiry is known.
package struct TokenTimes: Sendable, Equatable, Codable {
  /// When the answer with the token was received, by this machine's clock.
  package let received: Date
  /// When the token ends by this machine's clock; nil if its life is unknown.
  package let expiry: Date?
  /// The whole life of the token in seconds; nil if unknown.
  package let life: Double?

  /// What a token says of its own life.
  package enum Life: Sendable, Equatable {
    /// A JWT's `iat` and `exp` (RFC 7519 §4.1), as seconds since 1970 by the issuer's clock.
    case stamped(issued: Double, expires: Double)
    /// `expires_in` of the token answer, in seconds (RFC 6749 §5.1).
    case lasting(Double)
    /// Neither was given.
    case unknown
  }

  /// Works out the times of a token.
  ///
  /// A JWT's end is the earlier of its `exp` and receipt plus `exp − iat`: whichever way the two clocks differ,
  /// that errs towards renewing early. A token that seems to have ended before it came, but passed its verdict, comes
  /// from an issuer whose clock is behind ours, and lives from receipt on: nobody issues dead tokens.
  package init(life: Life, received: Date) {
    self.received = received
    switch life {
    case .unknown:
      self.life = nil
      expiry = nil
    case .lasting(let given):
      self.life = max(given, 0)
      expiry = received.addingTimeInterval(max(given, 0))
    case .stamped(let issued, let expires):
      let seconds = max(expires - issued, 0)
      self.life = seconds
      let stamped = Date(timeIntervalSince1970: expires)
      let counted = received.addingTimeInterval(seconds)
      expiry = stamped <= received ? counted : min(stamped, counted)
    }
  }

  /// From this moment on the token is renewed.
  package var renewAt: Date {
    guard let expiry else { return received.addingTimeInterval(Numbers.unknownLife) }
    // What was left at receipt counts: a token that comes with little left must not be due at once, for ever.
    let left = expiry.timeIntervalSince(received)
    let byShare = expiry.addingTimeInterval(-left * (1 - Numbers.renewAtShare))
    guard left >= Numbers.shortLife else { return byShare }
    return min(byShare, expiry.addingTimeInterval(-Numbers.renewMargin))
  }

  /// The `expirationTimestamp` to report at `now`; nil if the life is unknown.
  ///
  /// In the last margin of an outage that is a few seconds from now, so that client-go neither gives the token up
  /// nor runs the plugin for every request.
  package func reported(at now: Date) -> Date? {
    guard let expiry else { return nil }
    let left = expiry.timeIntervalSince(received)
    let margin = min(Numbers.reportMargin, left * Numbers.reportMarginShare)
    let ordinary = expiry.addingTimeInterval(-margin)
    return now < ordinary ? ordinary : min(now.addingTimeInterval(Numbers.outageReport), expiry)
  }

  /// Whether the token can still be handed out at `now`; not if the clock now stands well before its receipt.
  package func isGood(at now: Date) -> Bool {
    guard now >= received.addingTimeInterval(-Double(Numbers.skew)) else { return false }
    return now < expiry ?? renewAt
  }

  /// Whether the token is due for renewal at `now`; so is one that seems to come from the future,
  /// because then the clock has jumped and its times mean nothing.
  package func isDue(at now: Date) -> Bool {
    now >= renewAt || now < received.addingTimeInterval(-1)
  }
}
