// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A private key that signs a JWS.
enum SigningKey: Sendable {
  case rsa(_RSA.Signing.PrivateKey)
  case p256(P256.Signing.PrivateKey)
  case p384(P384.Signing.PrivateKey)
  case p521(P521.Signing.PrivateKey)
  case ed25519(Curve25519.Signing.PrivateKey)

  /// What it can sign with, the most widely accepted first.
  var algorithms: [SigningAlgorithm] {
    switch self {
    case .rsa: [.rs256, .ps256, .rs384, .ps384, .rs512, .ps512]
    case .p256: [.es256]
    case .p384: [.es384]
    case .p521: [.es512]
    case .ed25519: [.edDSA]
    }
  }

  /// The public half's required members (RFC 7638 section 3.2, RFC 8037 section 2), which is what a
  /// thumbprint is made over.
  ///
  /// Throws what swift-crypto throws for an RSA key that has no numbers.
  func publicMembers() throws -> [String: StrictJSON] {
    switch self {
    case .rsa(let key):
      let numbers = try key.publicKey.getKeyPrimitives()
      return [
        "kty": .string("RSA"), "n": .string(Base64URL.encode(numbers.modulus)),
        "e": .string(Base64URL.encode(numbers.publicExponent)),
      ]
    case .p256(let key): return Self.publicMembers(of: key.publicKey)
    case .p384(let key): return Self.point(Array(key.publicKey.x963Representation), "P-384")
    case .p521(let key): return Self.point(Array(key.publicKey.x963Representation), "P-521")
    case .ed25519(let key):
      return [
        "kty": .string("OKP"), "crv": .string("Ed25519"),
        "x": .string(Base64URL.encode(key.publicKey.rawRepresentation)),
      ]
    }
  }

  /// The same for a P-256 key, which always has them.
  static func publicMembers(of key: P256.Signing.PublicKey) -> [String: StrictJSON] {
    point(Array(key.x963Representation), "P-256")
  }

  /// base64url SHA-256 of the public half (RFC 7638 section 3).
  func thumbprint() throws -> String {
    let text = StrictJSON.object(try publicMembers()).text
    return Base64URL.encode(SHA256.hash(data: Array(text.utf8)))
  }

  private static func point(_ x963: [UInt8], _ curve: String) -> [String: StrictJSON] {
    let half = (x963.count - 1) / 2
    return [
      "kty": .string("EC"), "crv": .string(curve),
      "x": .string(Base64URL.encode(x963[1...half])),
      "y": .string(Base64URL.encode(x963[(half + 1)...])),
    ]
  }

  /// Signs; RSASSA-PSS and ECDSA draw randomness from the system for it.
  ///
  /// Throws what swift-crypto throws; an algorithm of another key's type is the first of its own.
  func signature(over input: [UInt8], _ algorithm: SigningAlgorithm) throws -> [UInt8] {
    switch self {
    case .rsa(let key):
      let padding: _RSA.Signing.Padding = algorithm.isPSS ? .PSS : .insecurePKCS1v1_5
      let signature =
        switch algorithm.hash {
        case .sha256: try key.signature(for: SHA256.hash(data: input), padding: padding)
        case .sha384: try key.signature(for: SHA384.hash(data: input), padding: padding)
        case .sha512: try key.signature(for: SHA512.hash(data: input), padding: padding)
        }
      return Array(signature.rawRepresentation)
    case .p256(let key):
      return Array(try key.signature(for: SHA256.hash(data: input)).rawRepresentation)
    case .p384(let key):
      return Array(try key.signature(for: SHA384.hash(data: input)).rawRepresentation)
    case .p521(let key):
      return Array(try key.signature(for: SHA512.hash(data: input)).rawRepresentation)
    case .ed25519(let key):
      return Array(try key.signature(for: input))
    }
  }
}

extension CompactJWS {
  /// A JWS in compact serialisation (RFC 7515 section 7.1); `sign` gets the bytes before the last
  /// dot, and what it throws is thrown.
  package static func make(
    header: [String: StrictJSON],
    payload: [String: StrictJSON],
    sign: ([UInt8]) throws -> [UInt8]
  ) rethrows -> String {
    let parts = [header, payload].map { Base64URL.encode(StrictJSON.object($0).text.utf8) }
    let input = parts.joined(separator: ".")
    return "\(input).\(Base64URL.encode(try sign(Array(input.utf8))))"
  }
}
