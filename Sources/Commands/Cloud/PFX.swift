// SPDX-License-Identifier: Apache-2.0

import Azure
import Host
import OAuth

/// Opens the PFX files of client certificates with what `Host` can.
enum PFX {
  @Sendable
  static func open(
    _ bytes: [UInt8],
    _ password: Secret?
  ) throws(RSAKey.Flaw) -> (key: [UInt8], certificates: [[UInt8]]) {
    do throws(PFXFile.Flaw) {
      return try PFXFile.open(bytes, password: password?.expose())
    } catch {
      throw RSAKey.Flaw(reason: error.reason)
    }
  }
}
