// SPDX-License-Identifier: Apache-2.0

/// A private key outside the issuer: a client's, a proof's, or that of somebody whose assertions the
/// issuer trusts.
package struct AssertionKey: Sendable {
  /// What it signs with.
  package let algorithm: SigningAlgorithm
  /// The public half, with `kid` and `alg`.
  package let jwk: JSONValue
  private let key: SigningKey

  /// A new key; throws what the generator throws.
  package init(_ algorithm: SigningAlgorithm) throws {
    self.algorithm = algorithm
    key = try SigningKey(algorithm)
    var members = try key.publicJWK()
    members["kid"] = .string(Randomness.sha256(JSONValue.object(members).text))
    members["alg"] = .string(algorithm.rawValue)
    jwk = .object(members)
  }

  /// The public half as PEM (SubjectPublicKeyInfo).
  package var publicPEM: String { key.publicPEM }

  /// The JWK's thumbprint (RFC 7638), which is what a JWK without `kid` and `alg` is hashed to.
  package var thumbprint: String { jwk["kid"]?.string ?? "" }

  /// A compact token (RFC 7515 §3.1); `alg` joins the header.
  package func sign(header: [String: JSONValue], claims: [String: JSONValue]) throws -> String {
    var header = header
    header["alg"] = .string(algorithm.rawValue)
    let input = [header, claims].map { Randomness.base64URL(JSONValue.object($0).text.utf8) }
      .joined(separator: ".")
    return "\(input).\(Randomness.base64URL(try key.signature(over: input, algorithm)))"
  }
}
