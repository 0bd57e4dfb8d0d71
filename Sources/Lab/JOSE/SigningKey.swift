// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import SwiftASN1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A private key that signs as RFC 7515 wants it, without a say in what is signed.
enum SigningKey: Sendable {
  case rsa(_RSA.Signing.PrivateKey)
  case p256(P256.Signing.PrivateKey)
  case p384(P384.Signing.PrivateKey)
  case p521(P521.Signing.PrivateKey)
  case ed25519(Curve25519.Signing.PrivateKey)

  /// A new key for an algorithm; throws what the generator throws.
  init(_ algorithm: SigningAlgorithm) throws {
    self =
      switch algorithm {
      case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
        .rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048))
      case .es256: .p256(P256.Signing.PrivateKey())
      case .es384: .p384(P384.Signing.PrivateKey())
      case .es512: .p521(P521.Signing.PrivateKey())
      case .edDSA: .ed25519(Curve25519.Signing.PrivateKey())
      }
  }

  /// The key type (RFC 7517 §4.1).
  var type: String {
    switch self {
    case .rsa: "RSA"
    case .p256, .p384, .p521: "EC"
    case .ed25519: "OKP"
    }
  }

  /// Whether the key can sign with the algorithm at all.
  func fits(_ algorithm: SigningAlgorithm) -> Bool {
    switch (self, algorithm) {
    case (.rsa, .rs256), (.rsa, .rs384), (.rsa, .rs512), (.rsa, .ps256), (.rsa, .ps384),
      (.rsa, .ps512), (.p256, .es256), (.p384, .es384), (.p521, .es512), (.ed25519, .edDSA):
      true
    default: false
    }
  }

  /// The signature over `text`, in JWS form: for ECDSA r and s, each of full length (RFC 7518
  /// §3.4).
  func signature(over text: String, _ algorithm: SigningAlgorithm) throws -> [UInt8] {
    let bytes = Data(text.utf8)
    switch self {
    case .rsa(let key): return try Self.rsaSignature(key, over: bytes, algorithm)
    case .p256(let key): return Array(try key.signature(for: bytes).rawRepresentation)
    case .p384(let key): return Array(try key.signature(for: bytes).rawRepresentation)
    case .p521(let key): return Array(try key.signature(for: bytes).rawRepresentation)
    case .ed25519(let key): return Array(try key.signature(for: bytes))
    }
  }

  private static func rsaSignature(
    _ key: _RSA.Signing.PrivateKey,
    over bytes: Data,
    _ algorithm: SigningAlgorithm
  ) throws -> [UInt8] {
    let padding: _RSA.Signing.Padding =
      switch algorithm {
      case .ps256, .ps384, .ps512: .PSS
      default: .insecurePKCS1v1_5
      }
    let signature =
      switch algorithm {
      case .rs384, .ps384: try key.signature(for: SHA384.hash(data: bytes), padding: padding)
      case .rs512, .ps512: try key.signature(for: SHA512.hash(data: bytes), padding: padding)
      default: try key.signature(for: SHA256.hash(data: bytes), padding: padding)
      }
    return Array(signature.rawRepresentation)
  }

  /// The public half as a JWK without `kid`, `use` and `alg` (RFC 7518 §6, RFC 8037 §2).
  func publicJWK() throws -> [String: JSONValue] {
    switch self {
    case .rsa(let key):
      let primitives = try key.publicKey.getKeyPrimitives()
      return [
        "kty": "RSA", "n": .string(Randomness.base64URL(primitives.modulus)),
        "e": .string(Randomness.base64URL(primitives.publicExponent)),
      ]
    case .p256(let key): return Self.curveJWK("P-256", key.publicKey.rawRepresentation)
    case .p384(let key): return Self.curveJWK("P-384", key.publicKey.rawRepresentation)
    case .p521(let key): return Self.curveJWK("P-521", key.publicKey.rawRepresentation)
    case .ed25519(let key):
      return [
        "kty": "OKP", "crv": "Ed25519",
        "x": .string(Randomness.base64URL(key.publicKey.rawRepresentation)),
      ]
    }
  }

  static func curveJWK(_ curve: String, _ point: Data) -> [String: JSONValue] {
    [
      "kty": "EC", "crv": .string(curve),
      "x": .string(Randomness.base64URL(point.prefix(point.count / 2))),
      "y": .string(Randomness.base64URL(point.suffix(point.count / 2))),
    ]
  }

  /// The public half as PEM (SubjectPublicKeyInfo), which careless libraries take as an HMAC key.
  var publicPEM: String {
    switch self {
    case .rsa(let key): key.publicKey.pemRepresentation
    case .p256(let key): key.publicKey.pemRepresentation
    case .p384(let key): key.publicKey.pemRepresentation
    case .p521(let key): key.publicKey.pemRepresentation
    case .ed25519(let key):
      PEMDocument(
        type: "PUBLIC KEY",
        derBytes: PublicKeyText.ed25519Prefix + Array(key.publicKey.rawRepresentation)
      ).pemString
    }
  }
}
