// SPDX-License-Identifier: Apache-2.0
import NIOSSL

/// Certificates in PEM, as files have them.
package enum CertificateBundle {
  /// Whether a text is one or more certificates that can be read.
  package static func isReadable(_ pem: [UInt8]) -> Bool {
    (try? NIOSSLCertificate.fromPEMBytes(pem))?.isEmpty == false
  }
}
