// SPDX-License-Identifier: Apache-2.0
import Crypto
import NIOCore
import NIOSSL

/// The one certificate that a server may have, by its SHA-1, as Service Fabric names it.
///
/// The hash is weak against whoever makes two certificates with it, but not against somebody who wants a certificate
/// with the hash of another's.
package struct PinnedCertificate: Sendable, Hashable {
  private let digest: [UInt8]

  /// A certificate by 40 hexadecimal digits; nil for any other text.
  package init?(thumbprint: String) {
    let digits = thumbprint.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 40, thumbprint.utf8.count == 40 else { return nil }
    digest = stride(from: 0, to: 40, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  /// Why a connection is not made.
  struct Mismatch: Error, CustomStringConvertible {
    let description = "the server's certificate is not the one that was named"
  }

  /// Fails unless the other side of a connection has shown the certificate; before anything is sent over it.
  func check(_ channel: any Channel) -> EventLoopFuture<Void> {
    channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
      guard let der = try certificate?.toDERBytes(),
        Array(Insecure.SHA1.hash(data: der)) == digest
      else { throw Mismatch() }
    }
  }
}
