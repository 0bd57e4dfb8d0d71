// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A public key of one type.
enum VerificationKey: Sendable {
  case rsa(_RSA.Signing.PublicKey)
  case p256(P256.Signing.PublicKey)
  case p384(P384.Signing.PublicKey)
  case p521(P521.Signing.PublicKey)
  case ed25519(Curve25519.Signing.PublicKey)

  /// What a key of this type may be used for: it follows from the key, never from a token's header.
  var algorithms: [SigningAlgorithm] {
    switch self {
    case .rsa: [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]
    case .p256: [.es256]
    case .p384: [.es384]
    case .p521: [.es512]
    case .ed25519: [.edDSA]
    }
  }

  /// True if the signature is this key's over `input`.
  ///
  /// ECDSA signatures are r and s side by side (RFC 7518 section 3.4); DER is refused. The salt of
  /// RSASSA-PSS is as long as the hash (section 3.5).
  func isValid(_ signature: [UInt8], over input: [UInt8], _ algorithm: SigningAlgorithm) -> Bool {
    guard algorithms.contains(algorithm) else { return false }
    switch self {
    case .rsa(let key):
      return Self.isValid(key, signature, input, algorithm)
    case .p256(let key):
      guard Self.isScalarPair(signature, of: 32),
        let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
      else { return false }
      return key.isValidSignature(parsed, for: SHA256.hash(data: input))
    case .p384(let key):
      guard Self.isScalarPair(signature, of: 48),
        let parsed = try? P384.Signing.ECDSASignature(rawRepresentation: signature)
      else { return false }
      return key.isValidSignature(parsed, for: SHA384.hash(data: input))
    case .p521(let key):
      guard Self.isScalarPair(signature, of: 66),
        let parsed = try? P521.Signing.ECDSASignature(rawRepresentation: signature)
      else { return false }
      return key.isValidSignature(parsed, for: SHA512.hash(data: input))
    case .ed25519(let key):
      return signature.count == 64 && key.isValidSignature(signature, for: input)
    }
  }

  // r or s of zero would satisfy a verifier that forgets to look (CVE-2022-21449).
  private static func isScalarPair(_ signature: [UInt8], of size: Int) -> Bool {
    signature.count == 2 * size && signature[..<size].contains { $0 != 0 }
      && signature[size...].contains { $0 != 0 }
  }

  private static func isValid(
    _ key: _RSA.Signing.PublicKey,
    _ signature: [UInt8],
    _ input: [UInt8],
    _ algorithm: SigningAlgorithm
  ) -> Bool {
    let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
    let padding: _RSA.Signing.Padding = algorithm.isPSS ? .PSS : .insecurePKCS1v1_5
    return switch algorithm.hash {
    case .sha256:
      key.isValidSignature(signature, for: SHA256.hash(data: input), padding: padding)
    case .sha384:
      key.isValidSignature(signature, for: SHA384.hash(data: input), padding: padding)
    case .sha512:
      key.isValidSignature(signature, for: SHA512.hash(data: input), padding: padding)
    }
  }
}
