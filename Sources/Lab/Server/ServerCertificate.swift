// SPDX-License-Identifier: Apache-2.0

import Crypto
import HummingbirdTLS
import NIOCore
import NIOSSL
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The lab's certificate authority: made in memory at start, gone at the end.
struct LabCertificateAuthority {
  private let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
  private let name: DistinguishedName
  private let certificate: Certificate
  /// The CA certificate, PEM.
  let pem: String

  init(now: Date) throws {
    name = try DistinguishedName { CommonName("lanyard-lab CA") }
    certificate = try Certificate(
      version: .v3,
      serialNumber: .init(),
      publicKey: key.publicKey,
      notValidBefore: now.addingTimeInterval(-86_400),
      notValidAfter: now.addingTimeInterval(30 * 86_400),
      issuer: name,
      subject: name,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
      },
      issuerPrivateKey: key
    )
    pem = try certificate.serializeAsPEM().pemString + "\n"
  }

  /// Signs a certificate that a client can authenticate with (RFC 8705 §2.1).
  func issueClientCertificate(_ name: String, now: Date) throws -> ClientCertificate {
    try ClientCertificate(name, issuer: self.name, issuerKey: key, now: now)
  }

  /// Whether a certificate is one of this authority, for this common name, and good now.
  func issued(_ presented: ClientCertificate.Presented, to name: String, now: Date) -> Bool {
    guard let given = presented.certificate,
      let subject = try? DistinguishedName(builder: { CommonName(name) })
    else { return false }
    return certificate.publicKey.isValidSignature(given.signature, for: given)
      && given.subject == subject && given.notValidBefore <= now && now < given.notValidAfter
  }

  /// Signs a new server certificate for loopback: 127.0.0.1, ::1 and localhost.
  func issueServerCertificate(now: Date) throws -> ServerCertificate {
    let serverKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
    let server = try Certificate(
      version: .v3,
      serialNumber: .init(),
      publicKey: serverKey.publicKey,
      notValidBefore: now.addingTimeInterval(-86_400),
      notValidAfter: now.addingTimeInterval(30 * 86_400),
      issuer: name,
      subject: try DistinguishedName { CommonName("lanyard-lab") },
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames([
          .dnsName("localhost"),
          .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
          .ipAddress(ASN1OctetString(contentBytes: loopback6[...])),
        ])
      },
      issuerPrivateKey: key
    )
    return ServerCertificate(
      chainPEM: try server.serializeAsPEM().pemString,
      keyPEM: try serverKey.serializeAsPEM().pemString
    )
  }
}

/// A certificate and its key as NIO's TLS takes them.
struct ServerCertificate {
  let chainPEM: String
  let keyPEM: String

  /// Whether to ask for a client certificate, whoever made it (RFC 8705); the endpoints judge it.
  var asksForClientCertificate = false

  func channelConfiguration() throws -> TLSChannelConfiguration {
    let chain = try NIOSSLCertificate.fromPEMBytes(Array(chainPEM.utf8))
    let key = try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) },
      privateKey: .privateKey(key)
    )
    configuration.applicationProtocols = ["http/1.1"]
    guard asksForClientCertificate else {
      return TLSChannelConfiguration(tlsConfiguration: configuration)
    }
    configuration.certificateVerification = .optionalVerification
    return TLSChannelConfiguration(tlsConfiguration: configuration) { _, promise in
      promise.succeed(.certificateVerified)
    }
  }
}
