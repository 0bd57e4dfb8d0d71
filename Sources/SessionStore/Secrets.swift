// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the session store encrypts: bytes that only the caller can read meaning into.
///
/// Printing, interpolating or reflecting it shows its length and nothing else.
package struct Payload: Sendable, Equatable {
  /// The secret bytes.
  package let bytes: [UInt8]

  /// Wraps secret bytes; the store refuses more than 1 MiB when it writes them.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension Payload: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The length, never the bytes.
  package var description: String { "<payload, \(bytes.count) bytes, not shown>" }
  /// The length, never the bytes.
  package var debugDescription: String { description }
  /// Nothing: `dump` walks mirrors.
  package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

/// The 32 bytes that encrypt every session.
///
/// It is neither printable nor Codable.
package struct DataKey: Sendable {
  let key: SymmetricKey
  /// Which key this is; it may be shown and stored.
  package let id: KeyID

  static let length = 32

  /// Takes exactly 32 bytes; throws `.keyUnsafe` for any other count.
  package init(bytes: [UInt8]) throws(StoreError) {
    let label = Array("lanyard data key id 1\u{0}".utf8)
    let digest = SHA256.hash(data: label + bytes)
    guard bytes.count == Self.length, let id = KeyID(bytes: Array(digest.prefix(16))) else {
      throw StoreError(
        .keyUnsafe,
        what: "a data key of \(bytes.count) bytes, where \(Self.length) are needed",
        remedy: "restore the key from a backup, or log in again with a new store"
      )
    }
    self.key = SymmetricKey(data: bytes)
    self.id = id
  }

  /// Makes a new key from a cryptographically secure source; throws if that gives another count.
  package static func generate(random: (Int) -> [UInt8]) throws(StoreError) -> DataKey {
    try DataKey(bytes: random(length))
  }

  /// The key itself, for the pipe to the detached renewal or for a key source; never for a log.
  package func expose() -> [UInt8] { unsafe key.withUnsafeBytes { bytes in unsafe Array(bytes) } }
}

extension DataKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The key's id, never its bytes.
  package var description: String { "<data key \(id), not shown>" }
  /// The key's id, never its bytes.
  package var debugDescription: String { description }
  /// Nothing: `dump` walks mirrors.
  package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
