// SPDX-License-Identifier: Apache-2.0

/// The times inside a token that nobody verified.
///
/// An access token is not ours to verify; if it happens to be a JWT, its times say how long it may
/// live. They are good for scheduling a renewal and for nothing else: no decision about who someone
/// is may rest on them.
package struct UnverifiedTimes: Sendable, Equatable {
  /// Seconds since 1970.
  package let exp: Int64
  /// Seconds since 1970; nil if absent.
  package let iat: Int64?

  /// Times that are accepted at all: 1970 to the year 9999.
  static let range: ClosedRange<Int64> = 0...253_402_300_799

  /// Reads them from a JWT; nil for an opaque token and for a JWT whose times are not whole numbers
  /// of seconds.
  package static func read(_ token: Secret) -> UnverifiedTimes? {
    guard let jws = try? CompactJWS(token.expose()),
      let json = try? StrictJSON(parsing: jws.payload),
      let exp = json["exp"]?.integer, range.contains(exp)
    else { return nil }
    guard let issued = json["iat"] else { return UnverifiedTimes(exp: exp, iat: nil) }
    guard let iat = issued.integer, range.contains(iat), iat <= exp else { return nil }
    return UnverifiedTimes(exp: exp, iat: iat)
  }
}
