// SPDX-License-Identifier: Apache-2.0

/// The ExecCredential that is printed, as bytes; here because both programs print it.
package enum CredentialDocument {
  /// One JSON document and a newline.
  ///
  /// `apiVersion` is written as it is: the version that was asked for, `client.authentication.k8s.io/v1`.
  /// `expiration`, until when client-go may keep the token, is in seconds since 1970; it is left out if it is nil or
  /// not in the years 1 to 9999, which RFC 3339 cannot write.
  package static func bytes(apiVersion: String, token: String, expiration: Int64?) -> [UInt8] {
    var text = #"{"kind":"ExecCredential","apiVersion":""# + apiVersion + #"","status":{"#
    if let expiration, let time = CivilTime(unixSeconds: expiration) {
      text += #""expirationTimestamp":""# + time.rfc3339 + #"","#
    }
    var bytes = Array((text + #""token":""#).utf8)
    appendEscaped(token, to: &bytes)
    bytes += Array("\"}}\n".utf8)
    return bytes
  }

  private static func appendEscaped(_ text: String, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20, 0x7f:
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
  }
}
