// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The P-256 key that tokens are bound to (RFC 9449 section 2): as secret as the refresh token, and
/// kept beside it.
package struct DPoPKey: Sendable {
  /// Bytes of a private key, and of the randomness that makes one.
  package static let size = 32

  private let key: P256.Signing.PrivateKey

  /// The key that 32 random bytes are.
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` for another number of bytes, and for the one draw in
  /// 2^32 that is no key: the caller draws again.
  package init(random: [UInt8]) throws(OAuthError) {
    guard random.count == Self.size else {
      throw Self.refusal("it does not have \(Self.size) bytes")
    }
    do {
      key = try P256.Signing.PrivateKey(rawRepresentation: random)
    } catch {
      throw Self.refusal("its bytes are not a P-256 key")
    }
  }

  /// The key of a session record: what ``stored`` gave.
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` for anything else.
  package init(stored: Secret) throws(OAuthError) {
    guard let bytes = Base64URL.decode(stored.expose().utf8) else {
      throw Self.refusal("it is not base64url")
    }
    try self.init(random: bytes)
  }

  /// The private key for the session record, base64url of its 32 bytes.
  package var stored: Secret { Secret(Base64URL.encode(key.rawRepresentation)) }

  /// The RFC 7638 thumbprint of the public key: what `dpop_jkt` and `cnf.jkt` carry (RFC 9449
  /// sections 6.1 and 10).
  package var thumbprint: String {
    let text = StrictJSON.object(publicMembers).text
    return Base64URL.encode(SHA256.hash(data: Array(text.utf8)))
  }

  var publicMembers: [String: StrictJSON] { SigningKey.publicMembers(of: key.publicKey) }

  /// r and s over `input`; the system's randomness is in it.
  func signature(over input: [UInt8]) throws -> [UInt8] {
    Array(try key.signature(for: SHA256.hash(data: input)).rawRepresentation)
  }

  private static func refusal(_ reason: String) -> OAuthError {
    OAuthError(
      .requestInvalid,
      what: "the session's DPoP key cannot be used: \(reason)",
      remedy: "log in again"
    )
  }
}

extension DPoPKey: Equatable {
  /// True for the same private key.
  package static func == (left: DPoPKey, right: DPoPKey) -> Bool { left.stored == right.stored }
}

extension DPoPKey: CustomStringConvertible, CustomReflectable {
  /// The thumbprint, which is public, and nothing of the key.
  package var description: String { "DPoP key \(thumbprint)" }

  /// A mirror without children, so that `dump` shows nothing of the key either.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
