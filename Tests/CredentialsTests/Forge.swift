// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs ID tokens by hand; shares no code with what verifies them.
enum Forge {
  static let key = P256.Signing.PrivateKey()
  static let foreign = P256.Signing.PrivateKey()

  static func base64url(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// An ID token of `life` seconds that is issued at `now`; `audience` is JSON, and so is what `claims` adds.
  static func idToken(
    now: Date,
    subject: String = "alice",
    nonce: String? = nil,
    life: Int = 1000,
    named: Bool = true,
    audience: String = "\"kube\"",
    claims more: String = "",
    by key: P256.Signing.PrivateKey = Forge.key
  ) -> String {
    let issued = Int(now.timeIntervalSince1970)
    var claims = """
      {"iss":"\(Given.issuer)","sub":"\(subject)","aud":\(audience),"iat":\(issued),"exp":\(issued + life)
      """
    if named { claims += ",\"preferred_username\":\"\(subject)\"" }
    if let nonce { claims += ",\"nonce\":\"\(nonce)\"" }
    if !more.isEmpty { claims += ",\(more)" }
    let header = base64url(#"{"alg":"ES256","kid":"one","typ":"JWT"}"#.utf8)
    let input = "\(header).\(base64url((claims + "}").utf8))"
    guard let signature = try? key.signature(for: Array(input.utf8)) else { return "unsigned" }
    return "\(input).\(base64url(signature.rawRepresentation))"
  }

  static var keySet: String {
    let point = Array(key.publicKey.x963Representation)
    return """
      {"keys":[{"kty":"EC","crv":"P-256","kid":"one","use":"sig","alg":"ES256",\
      "x":"\(base64url(point[1..<33]))","y":"\(base64url(point[33...]))"}]}
      """
  }

  static var metadata: String {
    """
    {"issuer":"\(Given.issuer)","authorization_endpoint":"\(Given.issuer)/auth",\
    "token_endpoint":"\(Given.issuer)/token","jwks_uri":"\(Given.issuer)/keys",\
    "response_types_supported":["code"],"subject_types_supported":["public"],\
    "id_token_signing_alg_values_supported":["ES256"],"code_challenge_methods_supported":["S256"]}
    """
  }
}
