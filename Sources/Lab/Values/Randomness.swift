// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Unguessable strings and digests, in the alphabets that OAuth uses.
enum Randomness {
  /// 256 random bits, base64url without padding, after `prefix`.
  static func token(_ prefix: String = "") -> String {
    prefix + base64URL(bytes(32))
  }

  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// A user code such as `BCDF-GHJK`: consonants only, so that no word can appear (RFC 8628 §6.1).
  static func userCode() -> String {
    letters(4) + "-" + letters(4)
  }

  /// So many random consonants.
  static func letters(_ count: Int) -> String {
    let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ")
    var generator = SystemRandomNumberGenerator()
    return String(
      (0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] }
    )
  }

  /// Base64url without padding (RFC 7515 §2).
  static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    String(
      Data(bytes).base64EncodedString().compactMap { character in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      }
    )
  }

  /// SHA-256 of the text's UTF-8 bytes, base64url: an S256 code challenge (RFC 7636 §4.2).
  static func sha256(_ text: String) -> String {
    base64URL(SHA256.hash(data: Data(text.utf8)))
  }
}
