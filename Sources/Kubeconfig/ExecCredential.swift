// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
import ReadyCredential

/// What a plugin prints for client-go.
package enum ExecCredential {
  /// One JSON document and a newline: the token, and until when client-go may keep it.
  ///
  /// `version` must be the one asked for, or client-go refuses the answer. `expiration` is rounded down to whole
  /// seconds (RFC 3339, UTC); without it client-go keeps the token until a 401.
  package static func render(
    _ version: ExecVersion,
    token: String,
    expiration: Date?
  ) -> [UInt8] {
    CredentialDocument.bytes(
      apiVersion: version.rawValue,
      token: token,
      expiration: expiration.flatMap { Int64(exactly: $0.timeIntervalSince1970.rounded(.down)) }
    )
  }
}
