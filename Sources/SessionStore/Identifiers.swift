// SPDX-License-Identifier: Apache-2.0

/// Names one session: 32 bytes, written as 64 lower-case hexadecimal digits, and so a safe file name.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
  let bytes: [UInt8]

  /// Takes exactly 64 lower-case hexadecimal digits; anything else gives nil.
  package init?(_ text: String) {
    guard text.utf8.count == 64, let bytes = Hex.decode(text) else { return nil }
    self.bytes = bytes
  }

  /// Takes exactly 32 bytes, usually a SHA-256 digest; any other count gives nil.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// The 64 hexadecimal digits.
  package var description: String { Hex.encode(bytes) }
}

/// Names a data key without giving anything of it away: 16 bytes of a domain-separated SHA-256.
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
  let bytes: [UInt8]

  init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// The 32 hexadecimal digits.
  package var description: String { Hex.encode(bytes) }
}
