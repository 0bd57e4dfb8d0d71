// SPDX-License-Identifier: Apache-2.0
import NIOSSL

/// PKCS #12 files (RFC 7292): a key and certificates behind a password.
package enum PFXFile {
  /// Why a file cannot be opened.
  package struct Flaw: Error, Equatable {
    /// In words for a message, without anything of the file.
    package let reason: String
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - bytes: The file's content.
  ///   - password: Its password; nil if it has none.
  /// - Returns: The key, and the certificates with the key's own first, all in DER.
  /// - Throws: ``Flaw`` for another format, and for a password that does not open it.
  package static func open(
    _ bytes: [UInt8],
    password: String?
  ) throws(Flaw) -> (key: [UInt8], certificates: [[UInt8]]) {
    do {
      let bundle =
        try password.map { try NIOSSLPKCS12Bundle(buffer: bytes, passphrase: $0.utf8) }
        ?? NIOSSLPKCS12Bundle(buffer: bytes)
      return (
        try bundle.privateKey.derBytes, try bundle.certificateChain.map { try $0.toDERBytes() }
      )
    } catch {
      throw Flaw(
        reason: password == nil
          ? "it is no PFX file, or it needs a password"
          : "it is no PFX file, or its password is another"
      )
    }
  }
}
