// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The signature algorithms that are accepted (RFC 7518 section 3.1, RFC 8037).
///
/// There is no `none` and no HMAC among them, so that neither can be chosen by a token (RFC 8725
/// section 3.1).
package enum SigningAlgorithm: String, Sendable, Equatable, CaseIterable {
  case rs256 = "RS256"
  case es256 = "ES256"
  case edDSA = "EdDSA"

  /// Left half of the hash that `at_hash` is made with (OIDC Core 3.1.3.6): SHA-256 for the 256
  /// family, and SHA-512 for Ed25519, which hashes with that itself.
  func leftHalfHash(of text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return switch self {
    case .rs256, .es256: Array(SHA256.hash(data: bytes).prefix(16))
    case .edDSA: Array(SHA512.hash(data: bytes).prefix(32))
    }
  }
}

/// A public key with the one algorithm it may be used for.
enum VerificationKey: Sendable {
  case rsa(_RSA.Signing.PublicKey)
  case p256(P256.Signing.PublicKey)
  case ed25519(Curve25519.Signing.PublicKey)

  /// The only algorithm of this key: it follows from the key, never from a token's header.
  var algorithm: SigningAlgorithm {
    switch self {
    case .rsa: .rs256
    case .p256: .es256
    case .ed25519: .edDSA
    }
  }

  /// True if the signature is this key's over `input`.
  ///
  /// ES256 signatures are r and s of 32 bytes each; DER is refused.
  func isValid(signature: [UInt8], over input: [UInt8]) -> Bool {
    switch self {
    case .rsa(let key):
      return key.isValidSignature(
        _RSA.Signing.RSASignature(rawRepresentation: signature),
        for: SHA256.hash(data: input),
        padding: .insecurePKCS1v1_5
      )
    case .p256(let key):
      // r or s of zero would satisfy a verifier that forgets to look (CVE-2022-21449).
      guard signature.count == 64, signature[..<32].contains(where: { $0 != 0 }),
        signature[32...].contains(where: { $0 != 0 }),
        let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
      else { return false }
      return key.isValidSignature(parsed, for: SHA256.hash(data: input))
    case .ed25519(let key):
      return signature.count == 64 && key.isValidSignature(signature, for: input)
    }
  }
}
