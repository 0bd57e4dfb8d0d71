// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// One request for an authorization code, in the dialect of an AWS service, and what its answer is checked against.
struct AuthorizationCode: Sendable {
  /// The path at which the listener takes the answer; the AWS CLI registers the same.
  static let path = "/oauth/callback"
  /// The redirect URI that is registered: the service lets any port stand in it.
  static let registeredRedirectURI = "http://127.0.0.1\(path)"

  /// What the browser opens; it contains the state, so it is shown to the person only.
  let url: String
  let state: Secret
  let verifier: Secret
  let redirectURI: String

  /// A request at an endpoint with parameters behind those that every one has.
  ///
  /// `challengeMethod` is what the service calls S256 (RFC 7636).
  init(
    endpoint: String,
    clientID: String,
    redirectURI: String,
    challengeMethod: String,
    scopes: (String, String),
    random: (Int) -> [UInt8]
  ) {
    state = Secret(Base64URL.encode(random(32)))
    verifier = Secret(Base64URL.encode(random(32)))
    self.redirectURI = redirectURI
    let query = FormEncoding.query([
      ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirectURI),
      ("state", state.expose()), ("code_challenge_method", challengeMethod), scopes,
      ("code_challenge", AuthorizationRequest.challenge(verifier.expose())),
    ])
    url = "\(endpoint)?\(query)"
  }
}
