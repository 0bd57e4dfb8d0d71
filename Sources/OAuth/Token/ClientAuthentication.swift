// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How one request to the token, device, revocation or pushed authorization endpoint proves which
/// client sends it (OIDC Core 9).
package enum ClientAuthentication: Sendable, Equatable {
  /// A public client: `client_id` in the body and nothing else.
  case none
  /// `client_secret_basic`
  case secretBasic(Secret)
  /// `client_secret_post`
  case secretPost(Secret)
  /// `private_key_jwt` and `client_secret_jwt`: an assertion from ``ClientCredential``, which serves
  /// one request, because issuers refuse a `jti` that they have seen (RFC 7523 section 2.2).
  case assertion(Secret)
  /// `tls_client_auth`: the connection's certificate, and `client_id` in the body (RFC 8705
  /// section 2).
  case tlsCertificate

  /// A POST of these pairs, with the client's identity added where it belongs.
  func call(_ endpoint: Endpoint, clientID: String, _ pairs: [(String, String)]) -> HTTPCall {
    var headers: HTTPFields = [
      .accept: "application/json",
      .contentType: "application/x-www-form-urlencoded",
    ]
    var pairs = pairs
    switch self {
    case .none, .tlsCertificate:
      pairs.append(("client_id", clientID))
    case .secretPost(let secret):
      pairs += [("client_id", clientID), ("client_secret", secret.expose())]
    case .assertion(let assertion):
      // RFC 7521 section 4.2 makes client_id optional here; many issuers look the client up by it.
      pairs += [
        ("client_id", clientID),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion.expose()),
      ]
    case .secretBasic(let secret):
      // RFC 6749 section 2.3.1: both halves are form-encoded first, so that a colon in them stays
      // theirs.
      let user =
        "\(FormEncoding.encode(clientID)):\(FormEncoding.encode(secret.expose()))"
      headers[.authorization] = "Basic \(Data(user.utf8).base64EncodedString())"
    }
    return HTTPCall(
      method: .post,
      url: endpoint.text,
      headers: headers,
      body: Array(FormEncoding.body(pairs).utf8)
    )
  }
}
