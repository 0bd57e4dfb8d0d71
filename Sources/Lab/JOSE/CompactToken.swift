// SPDX-License-Identifier: Apache-2.0

import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A signed token as it came in (RFC 7515 §3.1), with its header read and nothing believed.
struct CompactToken: Sendable {
  let text: String
  let header: [String: JSONValue]

  /// nil when it is not three parts, or the header is no JSON object.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let json = Base64Text.decodeURL(parts[0]),
      let header = try? JSONValue.parse(json).object
    else { return nil }
    self.text = text
    self.header = header
  }

  /// The claims as anybody could have written them.
  var unverifiedClaims: [String: JSONValue] {
    let payload = text.split(separator: ".", omittingEmptySubsequences: false)[1]
    return Base64Text.decodeURL(payload).flatMap { try? JSONValue.parse($0).object } ?? [:]
  }

  var algorithm: String? { header["alg"]?.string }
  var keyID: String? { header["kid"]?.string }

  /// The claims, if one of the keys (JWK) signed them; throws `LabError`.
  ///
  /// The rule of a kube-apiserver (go-oidc, `RemoteKeySet.verify`): the key that the header names, or
  /// any one if it names none.
  func claims(verifiedByOneOf keys: [JSONValue]) async throws -> [String: JSONValue] {
    let name = keyID ?? ""
    for key in keys where name.isEmpty || key["kid"]?.string == name {
      if let claims = try? await claims(verifiedBy: key.object ?? [:]) { return claims }
    }
    throw LabError(.badOption, "no key that it may name signed it")
  }

  /// The claims, if this key signed them; throws `LabError` or what JWTKit throws.
  ///
  /// A key that names an algorithm is for no other.
  func claims(verifiedBy jwk: [String: JSONValue]) async throws -> [String: JSONValue] {
    guard let algorithm, jwk["alg"]?.string ?? algorithm == algorithm else {
      throw LabError(.badOption, "the key is for another algorithm")
    }
    var named = jwk
    named["alg"] = .string(algorithm)
    named["kid"] = .string(keyID ?? "only")
    let keys = JWTKeyCollection()
    try await keys.add(jwk: JWK(json: JSONValue.object(named).text))
    return try await claims(verifiedBy: keys)
  }

  /// The claims, if the only key of the collection signed them; throws as above.
  ///
  /// An extension that is marked critical is one that nobody here knows (RFC 7515 §4.1.11).
  private func claims(verifiedBy keys: JWTKeyCollection) async throws -> [String: JSONValue] {
    guard header["crit"] == nil else { throw LabError(.badOption, "unknown critical extension") }
    return try await keys.verify(text, as: TokenClaims.self).members
  }

  /// The claims, if they were signed with this secret by HMAC; throws as above.
  func claims(verifiedBySecret secret: String) async throws -> [String: JSONValue] {
    let digests: [String: DigestAlgorithm] = [
      "HS256": .sha256, "HS384": .sha384, "HS512": .sha512,
    ]
    guard let digest = digests[algorithm ?? ""] else {
      throw LabError(.badOption, "the secret is for another algorithm")
    }
    let keys = JWTKeyCollection()
    await keys.add(
      hmac: HMACKey(from: secret),
      digestAlgorithm: digest,
      kid: keyID.map { JWKIdentifier(string: $0) }
    )
    return try await claims(verifiedBy: keys)
  }
}
