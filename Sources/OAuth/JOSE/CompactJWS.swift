// SPDX-License-Identifier: Apache-2.0

/// The three parts of a JWS in compact serialisation (RFC 7515 section 7.1), taken apart and not
/// yet believed.
package struct CompactJWS: Sendable {
  /// The protected header's bytes.
  package let header: [UInt8]
  /// The payload's bytes.
  package let payload: [UInt8]
  package let signature: [UInt8]
  /// The bytes that are signed: header and payload as they stood, with the dot between them.
  package let signingInput: [UInt8]

  /// Why a text is not a JWS.
  package enum Fault: Error, Sendable, Equatable {
    /// Longer than the limit, in bytes.
    case tooLarge(limit: Int)
    /// Not three parts; five are an encrypted token (JWE).
    case parts(Int)
    /// A part is not canonical base64url.
    case encoding
  }

  /// Throws ``Fault``.
  ///
  /// The size is checked before anything is split (CVE-2025-30204).
  package init(_ text: String) throws(Fault) {
    guard text.utf8.count <= Limits.compactJWS else {
      throw .tooLarge(limit: Limits.compactJWS)
    }
    let bytes = Array(text.utf8)
    let dot = UInt8(ascii: ".")
    let dots = bytes.count { $0 == dot }
    guard dots == 2 else { throw .parts(dots + 1) }
    let parts = bytes.split(separator: dot, omittingEmptySubsequences: false)
    guard let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
      let signature = Base64URL.decode(parts[2])
    else { throw .encoding }
    self.header = header
    self.payload = payload
    self.signature = signature
    signingInput = Array(bytes[..<parts[2].startIndex].dropLast())
  }
}
