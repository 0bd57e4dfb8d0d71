// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The envelope in which a token that is bound to a key comes to an API server of Azure Arc.
///
/// The rules are those of kubeguard/guard (`auth/providers/azure/pop_tokenverifier.go`), and that the token names the
/// very key (RFC 7800 §3.1).
struct BoundTokenCheck: Sendable {
  /// Seconds that an envelope is taken.
  static let life = 900

  let resource: String

  /// The token inside, and the key that it has to name; throws `LabError` with the reason.
  func open(_ envelope: CompactToken, now: Date) async throws -> (token: String, key: String) {
    guard envelope.header["typ"]?.string == "pop", envelope.algorithm == "RS256" else {
      throw refusal("no envelope, or another algorithm")
    }
    guard let key = envelope.unverifiedClaims["cnf"]?["jwk"]?.object,
      let thumbprint = Self.thumbprint(of: key), envelope.keyID == thumbprint
    else { throw refusal("no key, or named wrongly") }
    let claims = try await envelope.claims(verifiedBy: key)
    let time = now.timeIntervalSince1970.rounded(.down)
    guard let made = claims["ts"]?.int.map({ Double($0) }),
      (made...(made + Double(Self.life))).contains(time)
    else { throw refusal("the envelope is too old, or not of now") }
    guard claims["u"]?.string?.lowercased() == resource.lowercased() else {
      throw refusal("the envelope is for another resource")
    }
    guard claims["nonce"]?.string?.isEmpty == false, let token = claims["at"]?.string else {
      throw refusal("the envelope has no token or nonce")
    }
    return (token, thumbprint)
  }

  /// RFC 7638 for an RSA key.
  private static func thumbprint(of key: [String: JSONValue]) -> String? {
    guard let n = key["n"]?.string, let e = key["e"]?.string else { return nil }
    return Randomness.sha256(#"{"e":"\#(e)","kty":"RSA","n":"\#(n)"}"#)
  }

  private func refusal(_ reason: String) -> LabError { LabError(.badOption, reason) }
}
