// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a client proves who it is at the token, device and revocation endpoints (OIDC Core 9).
package enum ClientAuthentication: Sendable, Equatable {
  /// A public client: `client_id` in the body and nothing else.
  case none
  /// `client_secret_basic`
  case secretBasic(Secret)
  /// `client_secret_post`
  case secretPost(Secret)

  /// The way to use a secret at this issuer: Basic, unless its metadata lists only the body.
  package static func preferred(
    secret: Secret?,
    metadata: ProviderMetadata
  ) -> ClientAuthentication {
    guard let secret else { return .none }
    let methods = metadata.tokenEndpointAuthMethods ?? ["client_secret_basic"]
    let postOnly =
      methods.contains("client_secret_post") && !methods.contains("client_secret_basic")
    return postOnly ? .secretPost(secret) : .secretBasic(secret)
  }

  /// A POST of these pairs, with the client's identity added where it belongs.
  func call(_ endpoint: Endpoint, clientID: String, _ pairs: [(String, String)]) -> HTTPCall {
    var headers: HTTPFields = [
      .accept: "application/json",
      .contentType: "application/x-www-form-urlencoded",
    ]
    var pairs = pairs
    switch self {
    case .none:
      pairs.append(("client_id", clientID))
    case .secretPost(let secret):
      pairs += [("client_id", clientID), ("client_secret", secret.expose())]
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
