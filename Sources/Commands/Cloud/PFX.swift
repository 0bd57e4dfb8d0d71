// SPDX-License-Identifier: Apache-2.0

import Azure
import Host
import OAuth

/// Opens the locked files of client certificates, PFX and PEM with an encrypted key, with what `Host` can.
enum PFX {
  @Sendable
  static func open(
    _ bytes: [UInt8],
    _ password: Secret?
  ) throws(RSAKey.Flaw) -> (key: [UInt8], certificates: [[UInt8]]) {
    do throws(PFXFile.Flaw) {
      if let password, bytes.firstRange(of: Array("-----BEGIN ".utf8)) != nil {
        return try EncryptedPEM.open(bytes, password: password.expose())
      }
      return try PFXFile.open(bytes, password: password?.expose())
    } catch {
      throw RSAKey.Flaw(reason: error.reason)
    }
  }
}
