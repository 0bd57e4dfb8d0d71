// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Base64 (RFC 4648 §4) of text.
enum Base64Text {
  static func decode(_ text: String) -> String? {
    guard let data = Data(base64Encoded: text) else { return nil }
    return String(bytes: data, encoding: .utf8)
  }

  /// Base64url without padding (RFC 7515 §2) of text.
  static func decodeURL(_ text: some StringProtocol) -> String? {
    decodeURLBytes(text).flatMap { String(bytes: $0, encoding: .utf8) }
  }

  /// Base64url without padding (RFC 7515 §2) of bytes.
  static func decodeURLBytes(_ text: some StringProtocol) -> Data? {
    let usual = String(text).replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: usual + String(repeating: "=", count: (4 - usual.count % 4) % 4))
  }

  static func encode(_ text: String) -> String {
    Data(text.utf8).base64EncodedString()
  }
}
