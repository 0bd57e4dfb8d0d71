// SPDX-License-Identifier: Apache-2.0
import NIOSSL

/// A PEM file whose key is encrypted (RFC 7468 §11, and the older `DEK-Info` of OpenSSL), beside its certificates.
package enum EncryptedPEM {
  /// Opens a file.
  ///
  /// - Parameters:
  ///   - bytes: The file's content.
  ///   - password: The key's password.
  /// - Returns: The key and the certificates, all in DER.
  /// - Throws: ``PFXFile/Flaw`` for another format, and for a password that does not open it.
  package static func open(
    _ bytes: [UInt8],
    password: String
  ) throws(PFXFile.Flaw) -> (key: [UInt8], certificates: [[UInt8]]) {
    let setPassword: NIOSSLPassphraseCallback<String.UTF8View> = { set in set(password.utf8) }
    do {
      let key = try NIOSSLPrivateKey(bytes: bytes, format: .pem, passphraseCallback: setPassword)
      let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
      return (try key.derBytes, try certificates.map { try $0.toDERBytes() })
    } catch {
      throw PFXFile.Flaw(
        reason: "its key is encrypted in an unknown way, or its password is another"
      )
    }
  }
}
