// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
package import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An RSA key, of a client certificate or of a token that is bound to it.
///
/// Printing it shows a placeholder.
package struct RSAKey: Sendable {
  private let key: _RSA.Signing.PrivateKey
  /// The modulus, as its certificate holds it.
  let modulus: [UInt8]
  /// The public exponent.
  let exponent: [UInt8]

  /// Why bytes are no such key, in words for a message.
  package struct Flaw: Error, Equatable {
    /// The reason, to stand behind a colon; nothing of the bytes.
    package let reason: String

    /// A flaw with a reason.
    package init(reason: String) { self.reason = reason }
  }

  private init(_ key: _RSA.Signing.PrivateKey) throws(Flaw) {
    guard (2048...8192).contains(key.keySizeInBits) else {
      throw Flaw(reason: "it has \(key.keySizeInBits) bits, and 2048 to 8192 are accepted")
    }
    do {
      let numbers = try key.publicKey.getKeyPrimitives()
      self.key = key
      modulus = Array(numbers.modulus)
      exponent = Array(numbers.publicExponent)
    } catch {
      throw Flaw(reason: "its numbers do not make a key")
    }
  }

  /// Makes a key of 2048 bits.
  ///
  /// Throws ``Flaw`` if the library makes none.
  package static func generate() throws(Flaw) -> RSAKey {
    let key: _RSA.Signing.PrivateKey
    do {
      key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    } catch {
      throw Flaw(reason: "none could be made")
    }
    return try RSAKey(key)
  }

  /// Reads PKCS #8 or PKCS #1 (DER), not encrypted.
  ///
  /// Throws ``Flaw`` for anything else.
  package init(der: [UInt8]) throws(Flaw) {
    let key: _RSA.Signing.PrivateKey
    do {
      key = try _RSA.Signing.PrivateKey(derRepresentation: der)
    } catch {
      throw Flaw(reason: "it is not an RSA key in DER")
    }
    try self.init(key)
  }

  /// The key as DER, to be kept.
  package var der: Secret { Secret(Data(key.derRepresentation).base64EncodedString()) }

  /// Reads what ``der`` gave; nil for anything else.
  package init?(kept: Secret) {
    guard let der = Data(base64Encoded: kept.expose()), let key = try? RSAKey(der: Array(der))
    else { return nil }
    self = key
  }

  /// The public half's thumbprint (RFC 7638).
  package var thumbprint: String {
    let text = StrictJSON.object(members).text
    return Base64URL.encode(SHA256.hash(data: Array(text.utf8)))
  }

  /// The public half as a JSON Web Key (RFC 7517), with what RFC 7638 hashes and nothing else.
  var members: [String: StrictJSON] {
    [
      "e": .string(Base64URL.encode(exponent)), "kty": .string("RSA"),
      "n": .string(Base64URL.encode(modulus)),
    ]
  }

  /// A signature with SHA-256: PS256 (RFC 7518 §3.5), else RS256 (§3.3); throws what swift-crypto throws.
  func signature(over input: [UInt8], pss: Bool) throws -> [UInt8] {
    let digest = SHA256.hash(data: input)
    let padding: _RSA.Signing.Padding = pss ? .PSS : .insecurePKCS1v1_5
    return Array(try key.signature(for: digest, padding: padding).rawRepresentation)
  }
}

extension RSAKey: CustomStringConvertible, CustomReflectable {
  /// A placeholder.
  package var description: String { "‹RSA key›" }
  /// A mirror without children, so that `dump` shows nothing either.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
