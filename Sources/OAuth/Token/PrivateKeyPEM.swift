// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads a private key from PEM (RFC 7468): PKCS #8, unencrypted (RFC 5958).
enum PrivateKeyPEM {
  /// Why a text is not such a key, in words for a message; never with a part of the text.
  struct Flaw: Error, Equatable {
    let reason: String
  }

  private static let label = "PRIVATE KEY"
  private static let convert = "; openssl pkcs8 -topk8 -nocrypt converts it"

  /// The first private key of a text, which may hold certificates too.
  static func read(_ text: String) throws(Flaw) -> SigningKey {
    guard text.utf8.count <= Limits.privateKey else {
      throw Flaw(reason: "it has more than \(Limits.privateKey) bytes")
    }
    let der = try document(in: text)
    var outer = DER(der)
    guard let content = outer.next(.sequence), outer.isAtEnd else {
      throw Flaw(reason: "its content is not a PKCS #8 key")
    }
    var fields = DER(content)
    guard fields.next(.integer) != nil, let algorithm = fields.next(.sequence),
      let key = fields.next(.octetString)
    else { throw Flaw(reason: "its content is not a PKCS #8 key") }
    return try signingKey(der, algorithm: algorithm, key: key)
  }

  private static func document(in text: String) throws(Flaw) -> [UInt8] {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      line.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
    guard let begin = lines.firstIndex(of: "-----BEGIN \(label)-----") else {
      if let other = lines.first(where: {
        $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("\(label)-----")
      }) {
        let isEncrypted =
          other.contains("ENCRYPTED") || lines.contains { $0.contains("ENCRYPTED") }
        throw Flaw(reason: (isEncrypted ? "it is encrypted" : "it is not PKCS #8") + convert)
      }
      throw Flaw(reason: "it has no -----BEGIN \(label)----- line")
    }
    guard let end = lines[begin...].firstIndex(of: "-----END \(label)-----") else {
      throw Flaw(reason: "its end is missing")
    }
    guard let data = Data(base64Encoded: lines[(begin + 1)..<end].joined()), !data.isEmpty else {
      throw Flaw(reason: "its content is not base64")
    }
    return Array(data)
  }

  private static func signingKey(
    _ der: [UInt8],
    algorithm: ArraySlice<UInt8>,
    key: ArraySlice<UInt8>
  ) throws(Flaw) -> SigningKey {
    var fields = DER(algorithm)
    guard let identifier = fields.next(.objectIdentifier).map(Array.init) else {
      throw Flaw(reason: "its content is not a PKCS #8 key")
    }
    do {
      switch identifier {
      // rsaEncryption, 1.2.840.113549.1.1.1
      case [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]:
        return try rsa(der)
      // id-ecPublicKey, 1.2.840.10045.2.1, and the curve behind it
      case [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]:
        return try elliptic(der, curve: fields.next(.objectIdentifier).map(Array.init) ?? [])
      // id-Ed25519, 1.3.101.112; the key is an octet string in the octet string (RFC 8410)
      case [0x2B, 0x65, 0x70]:
        var inner = DER(key)
        guard let seed = inner.next(.octetString), inner.isAtEnd else {
          throw Flaw(reason: "its Ed25519 key is broken")
        }
        return .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: seed))
      default:
        throw Flaw(reason: "it is not an RSA, P-256, P-384, P-521 or Ed25519 key")
      }
    } catch let flaw as Flaw {
      throw flaw
    } catch {
      throw Flaw(reason: "its numbers do not make a key")
    }
  }

  private static func rsa(_ der: [UInt8]) throws -> SigningKey {
    // The key's own size is looked at first, so that the reason is not "its numbers".
    let bits = try _RSA.Signing.PrivateKey(unsafeDERRepresentation: der).keySizeInBits
    guard (2048...8192).contains(bits) else {
      throw Flaw(reason: "it has \(bits) bits, and 2048 to 8192 are accepted")
    }
    return .rsa(try _RSA.Signing.PrivateKey(derRepresentation: der))
  }

  private static func elliptic(_ der: [UInt8], curve: [UInt8]) throws -> SigningKey {
    switch curve {
    case [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]:
      .p256(try P256.Signing.PrivateKey(derRepresentation: der))
    case [0x2B, 0x81, 0x04, 0x00, 0x22]:
      .p384(try P384.Signing.PrivateKey(derRepresentation: der))
    case [0x2B, 0x81, 0x04, 0x00, 0x23]:
      .p521(try P521.Signing.PrivateKey(derRepresentation: der))
    default:
      throw Flaw(reason: "its curve is none of P-256, P-384 and P-521")
    }
  }
}
