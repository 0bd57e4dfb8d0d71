// SPDX-License-Identifier: Apache-2.0

/// How long nobody tries again after failures in a row.
package enum Backoff {
  /// After temporary failures of a renewal: doubling, or what `Retry-After` asks for within its bound.
  ///
  /// Seconds.
  package static func outage(failures: Int, retryAfter: Int?) -> Double {
    let doubled = doubling(failures, from: Numbers.outageLeast, most: Numbers.outageMost)
    guard let retryAfter else { return doubled }
    return min(max(Double(retryAfter), 1), Numbers.retryAfterMost)
  }

  /// For background callers after logins that failed or were refused.
  ///
  /// Seconds.
  package static func login(failures: Int) -> Double {
    doubling(failures, from: Numbers.loginBackoffLeast, most: Numbers.loginBackoffMost)
  }

  private static func doubling(_ failures: Int, from least: Double, most: Double) -> Double {
    // Beyond 16 doublings every bound is reached, and the shift stays far from overflow.
    min(least * Double(1 << min(max(failures, 1) - 1, 16)), most)
  }
}
