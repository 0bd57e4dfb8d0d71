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

  static func encode(_ text: String) -> String {
    Data(text.utf8).base64EncodedString()
  }
}
