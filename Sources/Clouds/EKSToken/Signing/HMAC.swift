// SPDX-License-Identifier: Apache-2.0

import ReadyCredential

/// HMAC with SHA-256 (RFC 2104).
enum HMAC {
  static func sha256(key: [UInt8], _ message: some Sequence<UInt8>) -> [UInt8] {
    var block = key.count > 64 ? SHA256.hash(key) : key
    block += [UInt8](repeating: 0, count: 64 - block.count)
    var inner = SHA256()
    inner.update(block.lazy.map { $0 ^ 0x36 })
    inner.update(message)
    var outer = SHA256()
    outer.update(block.lazy.map { $0 ^ 0x5C })
    outer.update(inner.finalize())
    return outer.finalize()
  }
}
