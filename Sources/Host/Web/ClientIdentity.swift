// SPDX-License-Identifier: Apache-2.0
import NIOSSL

/// A certificate and key with which a client proves itself in the TLS handshake (RFC 8705).
///
/// Printing it shows a placeholder.
package struct ClientIdentity: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  private let certificateChain: [UInt8]
  private let privateKey: [UInt8]

  /// An identity from PEM; it is read when first used.
  ///
  /// - Parameters:
  ///   - certificateChain: The client's certificate, then those that lead to its authority.
  ///   - privateKey: The certificate's private key, not encrypted.
  package init(certificateChain: [UInt8], privateKey: [UInt8]) {
    self.certificateChain = certificateChain
    self.privateKey = privateKey
  }

  /// Adds the identity to what a handshake is made with.
  ///
  /// - Throws: `.tls` if certificate or key cannot be read, or do not belong together.
  func apply(to tls: inout TLSConfiguration) throws(WebFailure) {
    guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificateChain), !chain.isEmpty else {
      throw .tls("the client certificate is not a certificate in PEM")
    }
    guard let key = try? NIOSSLPrivateKey(bytes: privateKey, format: .pem) else {
      throw .tls("the client certificate's key is not a private key in PEM without a password")
    }
    var probe = TLSConfiguration.makeClientConfiguration()
    // The system's authorities need not be read to see whether the two belong together.
    probe.trustRoots = .certificates([])
    probe.certificateChain = chain.map { .certificate($0) }
    probe.privateKey = .privateKey(key)
    guard (try? NIOSSLContext(configuration: probe)) != nil else {
      throw .tls("the client certificate and its key do not belong together")
    }
    tls.certificateChain = probe.certificateChain
    tls.privateKey = probe.privateKey
  }

  /// A placeholder.
  package var description: String { "‹client identity›" }
  /// A mirror without children, so that `dump` shows nothing either.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
