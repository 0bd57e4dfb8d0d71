// SPDX-License-Identifier: Apache-2.0

import Crypto
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A certificate with its key, for a client to authenticate with (RFC 8705).
package struct ClientCertificate: Sendable {
  /// The certificate, PEM.
  package let certificatePEM: String
  /// The private key, PEM.
  package let keyPEM: String

  /// A certificate that nobody vouches for; throws what the generator throws.
  package static func selfSigned(_ name: String) throws -> ClientCertificate {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let subject = try DistinguishedName { CommonName(name) }
    let now = LabClock.wallClock
    return try ClientCertificate(name, key: key, issuer: subject, issuerKey: key, now: now)
  }

  init(
    _ name: String,
    key: Certificate.PrivateKey = Certificate.PrivateKey(P256.Signing.PrivateKey()),
    issuer: DistinguishedName,
    issuerKey: Certificate.PrivateKey,
    now: Date
  ) throws {
    let certificate = try Certificate(
      version: .v3,
      serialNumber: .init(),
      publicKey: key.publicKey,
      notValidBefore: now.addingTimeInterval(-86_400),
      notValidAfter: now.addingTimeInterval(30 * 86_400),
      issuer: issuer,
      subject: try DistinguishedName { CommonName(name) },
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.clientAuth])
      },
      issuerPrivateKey: issuerKey
    )
    certificatePEM = try certificate.serializeAsPEM().pemString
    keyPEM = try key.serializeAsPEM().pemString
  }

  /// A certificate that came with a connection; the handshake proved the key.
  struct Presented: Sendable, Equatable {
    let der: [UInt8]

    init(der: [UInt8]) {
      self.der = der
    }

    init?(pem: String) {
      guard let document = try? PEMDocument(pemString: pem) else { return nil }
      der = document.derBytes
    }

    /// The confirmation of a certificate-bound token, `x5t#S256` (RFC 8705 §3.1).
    var thumbprint: String { Randomness.base64URL(SHA256.hash(data: Data(der))) }

    var certificate: Certificate? { try? Certificate(derEncoded: der) }
  }
}
