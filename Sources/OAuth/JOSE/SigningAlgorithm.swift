// SPDX-License-Identifier: Apache-2.0

import Crypto

/// The signature algorithms that are accepted (RFC 7518 section 3.1, RFC 8037).
///
/// There is no `none` and no HMAC among them, so that neither can be chosen by a token (RFC 8725
/// section 3.1).
package enum SigningAlgorithm: String, Sendable, Equatable, CaseIterable {
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case es256 = "ES256"
  case es384 = "ES384"
  case es512 = "ES512"
  case edDSA = "EdDSA"

  /// The hash inside an algorithm; Ed25519 hashes with SHA-512 itself.
  enum Hash: Sendable {
    case sha256
    case sha384
    case sha512
  }

  var hash: Hash {
    switch self {
    case .rs256, .ps256, .es256: .sha256
    case .rs384, .ps384, .es384: .sha384
    case .rs512, .ps512, .es512, .edDSA: .sha512
    }
  }

  /// True for PS256, PS384 and PS512 (RSASSA-PSS, RFC 7518 section 3.5).
  var isPSS: Bool {
    switch self {
    case .ps256, .ps384, .ps512: true
    default: false
    }
  }

  /// Left halves of the hashes that `at_hash` may be made with (OIDC Core 3.1.3.6): the hash of the
  /// algorithm that signs the token.
  ///
  /// Which hash EdDSA means is said nowhere in OpenID Connect. Most take Ed25519's own SHA-512;
  /// glewlwyd 2.7.5 takes SHA-256, seen on the wire. Both bind the access token alike.
  func leftHalfHashes(of text: String) -> [[UInt8]] {
    let bytes = Array(text.utf8)
    let own: [UInt8] =
      switch hash {
      case .sha256: Array(SHA256.hash(data: bytes).prefix(16))
      case .sha384: Array(SHA384.hash(data: bytes).prefix(24))
      case .sha512: Array(SHA512.hash(data: bytes).prefix(32))
      }
    return self == .edDSA ? [own, Array(SHA256.hash(data: bytes).prefix(16))] : [own]
  }
}
