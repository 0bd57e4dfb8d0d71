// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One authorization request (OIDC Core 3.1.2.1) with PKCE S256 (RFC 7636), and what must be kept
/// to check its answer.
package struct AuthorizationRequest: Sendable {
  /// 32 random bytes for each purpose, from the system's generator.
  package struct Randomness: Sendable {
    let state: [UInt8]
    let nonce: [UInt8]
    let verifier: [UInt8]

    package init(state: [UInt8], nonce: [UInt8], verifier: [UInt8]) {
      self.state = state
      self.nonce = nonce
      self.verifier = verifier
    }
  }

  /// What the browser opens, unless the request is pushed (``PushedAuthorization``).
  ///
  /// It contains the state, so it is shown to the person only, and never logged.
  package let url: String
  package let state: Secret
  package let nonce: String
  package let verifier: Secret
  package let redirectURI: String
  let endpoint: Endpoint
  let clientID: String
  let pairs: [(String, String)]

  /// Throws ``OAuthError/Code/endpointMissing`` without an authorization endpoint, and
  /// ``OAuthError/Code/requestInvalid`` for randoms of another length, bad scopes and resources,
  /// reserved, bad and doubled parameters, and more than 16 KiB.
  package init(
    metadata: ProviderMetadata,
    parameters: Parameters,
    randomness: Randomness
  ) throws(OAuthError) {
    endpoint = try metadata.require(metadata.authorizationEndpoint, for: "browser logins")
    let randoms = [randomness.state, randomness.nonce, randomness.verifier]
    guard randoms.allSatisfy({ $0.count == 32 }), Set(randoms).count == 3 else {
      throw Scopes.invalid("state, nonce and verifier need 32 random bytes of their own each")
    }
    let state = Base64URL.encode(randomness.state)
    let verifier = Base64URL.encode(randomness.verifier)
    nonce = Base64URL.encode(randomness.nonce)
    pairs = try Self.pairs(
      parameters,
      state: state,
      nonce: nonce,
      challenge: Self.challenge(verifier),
      query: endpoint.address.query
    )
    url = Self.url(endpoint, pairs)
    guard url.utf8.count <= Limits.authorizationURL else {
      throw Scopes.invalid("it has more than \(Limits.authorizationURL) bytes")
    }
    self.state = Secret(state)
    self.verifier = Secret(verifier)
    redirectURI = parameters.redirectURI
    clientID = parameters.clientID
  }

  /// The endpoint with these parameters behind its own.
  static func url(_ endpoint: Endpoint, _ pairs: [(String, String)]) -> String {
    let separator = endpoint.address.query == nil ? "?" : "&"
    return endpoint.text + separator + FormEncoding.query(pairs)
  }

  /// The S256 challenge of a verifier: base64url of its SHA-256 (RFC 7636 section 4.2).
  package static func challenge(_ verifier: String) -> String {
    Base64URL.encode(SHA256.hash(data: Array(verifier.utf8)))
  }
}
