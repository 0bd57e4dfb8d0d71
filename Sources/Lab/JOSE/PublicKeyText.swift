// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import SwiftASN1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A public key in a file: PEM (SubjectPublicKeyInfo) or a JWK.
enum PublicKeyText {
  /// Everything that stands before the 32 bytes of an Ed25519 key (RFC 8410 §4).
  static let ed25519Prefix: [UInt8] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  /// The key as a JWK; throws `LabError.badOption` when the text is none.
  static func jwk(_ text: String) throws -> [String: JSONValue] {
    if let members = try? JSONValue.parse(text).object, members["kty"] != nil {
      guard members["d"] == nil else {
        throw LabError(.badOption, "this is a private key", remedy: "give the lab the public one")
      }
      return members
    }
    if let key = try? _RSA.Signing.PublicKey(pemRepresentation: text) {
      let primitives = try key.getKeyPrimitives()
      return [
        "kty": "RSA", "n": .string(Randomness.base64URL(primitives.modulus)),
        "e": .string(Randomness.base64URL(primitives.publicExponent)),
      ]
    }
    if let key = try? P256.Signing.PublicKey(pemRepresentation: text) {
      return SigningKey.curveJWK("P-256", key.rawRepresentation)
    }
    if let key = try? P384.Signing.PublicKey(pemRepresentation: text) {
      return SigningKey.curveJWK("P-384", key.rawRepresentation)
    }
    if let key = try? P521.Signing.PublicKey(pemRepresentation: text) {
      return SigningKey.curveJWK("P-521", key.rawRepresentation)
    }
    if let document = try? PEMDocument(pemString: text),
      document.derBytes.starts(with: ed25519Prefix), document.derBytes.count == 44
    {
      let x = Randomness.base64URL(document.derBytes.suffix(32))
      return ["kty": "OKP", "crv": "Ed25519", "x": .string(x)]
    }
    throw LabError(.badOption, "this is no public key", remedy: "PEM or a JWK")
  }

  /// The thumbprint of a JWK (RFC 7638): the digest of its required members alone.
  static func thumbprint(_ jwk: [String: JSONValue]) -> String {
    let required = jwk.filter { ["crv", "e", "kty", "n", "x", "y"].contains($0.key) }
    return Randomness.sha256(JSONValue.object(required).text)
  }
}
