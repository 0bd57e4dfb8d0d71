// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The algorithms that the lab can sign with (RFC 7518 §3.1, RFC 8037 §3.1).
package enum SigningAlgorithm: String, Sendable, CaseIterable {
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

  /// Those whose keys are always in the key set.
  static let alwaysPublished: [SigningAlgorithm] = [.rs256, .es256, .edDSA]

  /// An algorithm by its name, in any case; throws `LabError.badOption`.
  package init(parsing name: String) throws {
    guard let match = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() })
    else {
      throw LabError(
        .badOption,
        "there is no signing algorithm \"\(name)\"",
        remedy: "known algorithms: \(Self.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    self = match
  }

  /// The digest of `text` by the hash that goes with the algorithm; Ed25519 goes with SHA-512.
  func digest(of text: String) -> [UInt8] {
    let bytes = Data(text.utf8)
    return switch self {
    case .rs256, .ps256, .es256: Array(SHA256.hash(data: bytes))
    case .rs384, .ps384, .es384: Array(SHA384.hash(data: bytes))
    case .rs512, .ps512, .es512, .edDSA: Array(SHA512.hash(data: bytes))
    }
  }

  /// An algorithm that the same key could not be meant for, for a JWK that lies.
  var conflicting: SigningAlgorithm {
    switch self {
    case .rs256: .rs384
    case .rs384, .rs512, .ps256, .ps384, .ps512: .rs256
    case .es256: .es384
    case .es384, .es512, .edDSA: .es256
    }
  }
}
