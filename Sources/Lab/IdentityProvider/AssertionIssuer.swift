// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Somebody else who makes tokens and whom the identity provider trusts: what a CI system or a
/// cluster is to its jobs.
struct AssertionIssuer: Sendable {
  /// Its `iss`.
  static let name = "https://robots.lanyard-lab.example"

  let key: AssertionKey

  init() throws {
    key = try AssertionKey(.es256)
  }

  /// An assertion about `subject` that lives for so many seconds; throws what signing throws.
  func assertion(subject: String, audience: String, lifetime: Int, now: Date) throws -> String {
    let seconds = Int(now.timeIntervalSince1970)
    return try key.sign(
      header: ["typ": "JWT", "kid": key.jwk["kid"] ?? ""],
      claims: [
        "iss": .string(Self.name), "sub": .string(subject), "aud": .string(audience),
        "iat": .int(seconds), "exp": .int(seconds + lifetime), "jti": .string(Randomness.token()),
      ]
    )
  }
}
