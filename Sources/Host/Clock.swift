// SPDX-License-Identifier: Apache-2.0
#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The wall clock.
package enum Clock {
  /// The time now, as the system has it.
  package static func now() -> Date { Date() }
}

/// Random bytes from the system's cryptographic generator.
package enum Randomness {
  /// `n` random bytes, fit for keys, `state` and nonces.
  package static func bytes(_ n: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<n).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
