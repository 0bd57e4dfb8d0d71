// SPDX-License-Identifier: Apache-2.0

import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What subject tokens look like.
///
/// A credential file names the file that its subject token lies in, and may come from anybody: what is no such token, a
/// key of SSH for one, never leaves this machine.
enum SubjectShape {
  /// Bytes of a JWT or of an access token; real ones have 1 to 12 KB.
  static let longest = 64 * 1024
  /// What every SAML 2.0 assertion and response names.
  private static let namespace = Array("urn:oasis:names:tc:SAML:2.0:".utf8)

  /// Why a text cannot be a token of a type, to stand behind "it is"; nil if it can.
  static func flaw(of text: String, type: String) -> String? {
    switch type.split(separator: ":").last {
    case "jwt", "id_token": isJWT(text) ? nil : "no JWT"
    case "saml2": isAssertion(text) ? nil : "no SAML 2.0 response"
    default:
      Text.isVisibleASCII(text) && text.utf8.count <= longest
        ? nil : "no token of one line without spaces"
    }
  }

  /// Three parts in base64url of which the first is an object with an algorithm (RFC 7515 section 7.1).
  private static func isJWT(_ text: String) -> Bool {
    guard text.utf8.count <= longest else { return false }
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }),
      let header = Base64URL.decode(parts[0]), let json = try? StrictJSON(parsing: header)
    else { return false }
    return json["alg"]?.string != nil
      && parts.dropFirst().allSatisfy { Base64URL.decode($0) != nil }
  }

  /// XML, or base64 of XML in either alphabet, that names what SAML's elements belong to.
  private static func isAssertion(_ text: String) -> Bool {
    guard text.utf8.count <= SubjectToken.limit else { return false }
    if text.hasPrefix("<") { return contains(Array(text.utf8)) }
    var base64 = String(text.filter { !$0.isWhitespace })
      .replacing("-", with: "+").replacing("_", with: "/")
    while base64.utf8.count % 4 != 0 { base64 += "=" }
    guard let xml = Data(base64Encoded: base64) else { return false }
    return xml.first == UInt8(ascii: "<") && contains(Array(xml))
  }

  private static func contains(_ xml: [UInt8]) -> Bool {
    xml.firstRange(of: namespace) != nil
  }
}
