// SPDX-License-Identifier: Apache-2.0

/// The two encodings of a token: RFC 3986 for its query, base64url (RFC 4648, section 5) for its whole.
package enum PercentEncoding {
  /// Everything but the unreserved characters of RFC 3986, and those in `leaving`, as `%XX`.
  package static func encode(_ text: String, leaving: UInt8? = nil) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      case _ where byte == leaving: bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Base64url without padding.
  static func base64URL(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.utf8 {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        bytes.append(alphabet[Int(bits >> count & 63)])
      }
    }
    if count > 0 { bytes.append(alphabet[Int(bits << (6 - count) & 63)]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
