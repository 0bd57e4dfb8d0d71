// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The bytes of one session file, format version 1.
///
/// Integers are big-endian.
///
/// | bytes | what |
/// | --- | --- |
/// | 8 | magic `LANYARD` and a zero |
/// | 2 | format version |
/// | 2 | flags, zero |
/// | 8 | generation, 1 or more |
/// | 16 | key id |
/// | 4 | length of the header |
/// | … | header, readable without the key |
/// | 12 | nonce |
/// | … | ciphertext and 16-byte tag (ChaCha20-Poly1305, RFC 8439) |
///
/// The associated data is a label, the session id, and everything before the nonce: a record copied to another
/// session's name, or given another header, does not open. Nonces are random; a key makes a few thousand
/// records in its life, far from the 2^32 at which random 96-bit nonces stop being safe.
struct SessionRecord {
  enum Parsed {
    case record(SessionRecord)
    case newer(version: UInt16)
    case malformed(String)
  }

  static let magic = Array("LANYARD\u{0}".utf8)
  static let version: UInt16 = 1
  static let fixedLength = 40
  static let overhead = fixedLength + 12 + 16
  static let maximumHeader = 64 << 10
  static let maximumPayload = 1 << 20
  static let maximumLength = overhead + maximumHeader + maximumPayload

  let generation: UInt64
  let keyID: KeyID
  let header: [UInt8]
  private let prefix: [UInt8]
  private let sealed: ArraySlice<UInt8>

  static func parse(_ bytes: [UInt8]) -> Parsed {
    guard bytes.count >= 10, bytes.starts(with: magic) else {
      return .malformed("it does not begin like a session file")
    }
    let found = UInt16(integer(bytes[8..<10]))
    if found > version { return .newer(version: found) }
    guard found == version, bytes.count >= overhead, bytes.count <= maximumLength else {
      return .malformed("it is \(bytes.count) bytes long")
    }
    let generation = integer(bytes[12..<20])
    let headerLength = Int(integer(bytes[36..<40]))
    // The last generation is refused because its successor would not fit.
    guard integer(bytes[10..<12]) == 0, (1..<UInt64.max).contains(generation),
      let keyID = KeyID(bytes: Array(bytes[20..<36])),
      headerLength <= min(maximumHeader, bytes.count - overhead)
    else { return .malformed("its fixed fields are damaged") }
    let bodyStart = fixedLength + headerLength
    return .record(
      SessionRecord(
        generation: generation,
        keyID: keyID,
        header: Array(bytes[fixedLength..<bodyStart]),
        prefix: Array(bytes[..<bodyStart]),
        sealed: bytes[bodyStart...]
      )
    )
  }

  /// The payload, or nil if the record was not made by this key for this session.
  func open(_ id: SessionID, key: DataKey) -> Payload? {
    guard let box = try? ChaChaPoly.SealedBox(combined: Array(sealed)),
      let plain = try? ChaChaPoly.open(
        box,
        using: key.key,
        authenticating: Self.associatedData(id, prefix)
      )
    else { return nil }
    return Payload(Array(plain))
  }

  /// The bytes of a new record; nil if the random source gave no usable nonce.
  static func seal(
    _ id: SessionID,
    generation: UInt64,
    header: [UInt8],
    payload: Payload,
    key: DataKey,
    random: (Int) -> [UInt8]
  ) -> [UInt8]? {
    var prefix = magic
    prefix += bigEndian(UInt64(version), bytes: 2) + [0, 0] + bigEndian(generation, bytes: 8)
    prefix += key.id.bytes + bigEndian(UInt64(header.count), bytes: 4) + header
    guard let nonce = try? ChaChaPoly.Nonce(data: random(12)),
      let box = try? ChaChaPoly.seal(
        payload.bytes,
        using: key.key,
        nonce: nonce,
        authenticating: associatedData(id, prefix)
      )
    else { return nil }
    return prefix + Array(box.combined)
  }

  private static func associatedData(_ id: SessionID, _ prefix: [UInt8]) -> [UInt8] {
    Array("lanyard session record\u{0}".utf8) + id.bytes + prefix
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func bigEndian(_ value: UInt64, bytes count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }
}
