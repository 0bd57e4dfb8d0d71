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

  /// What to ask for.
  package struct Parameters: Sendable {
    package var clientID: String
    package var redirectURI: String
    /// In the order to be sent; openid is put first if it is missing.
    package var scopes: [String]
    /// `audience`, as Auth0 and Dex-like issuers want it.
    package var audience: String?
    /// `resource` (RFC 8707), any number of them.
    package var resources: [String]
    /// Further parameters, such as `prompt` or `login_hint`.
    ///
    /// A name that the request has already is refused.
    package var extra: [(String, String)]

    package init(
      clientID: String,
      redirectURI: String,
      scopes: [String],
      audience: String? = nil,
      resources: [String] = [],
      extra: [(String, String)] = []
    ) {
      self.clientID = clientID
      self.redirectURI = redirectURI
      self.scopes = scopes
      self.audience = audience
      self.resources = resources
      self.extra = extra
    }
  }

  /// What the browser opens.
  ///
  /// It contains the state, so it is shown to the person only, and never logged.
  package let url: String
  package let state: Secret
  package let nonce: String
  package let verifier: Secret
  package let redirectURI: String

  /// Throws ``OAuthError/Code/endpointMissing`` without an authorization endpoint, and
  /// ``OAuthError/Code/requestInvalid`` for randoms of another length, bad scopes and doubled
  /// parameters.
  package init(
    metadata: ProviderMetadata,
    parameters: Parameters,
    randomness: Randomness
  ) throws(OAuthError) {
    let endpoint = try metadata.require(metadata.authorizationEndpoint, for: "browser logins")
    let randoms = [randomness.state, randomness.nonce, randomness.verifier]
    guard randoms.allSatisfy({ $0.count == 32 }), Set(randoms).count == 3 else {
      throw Scopes.invalid("state, nonce and verifier need 32 random bytes of their own each")
    }
    let state = Base64URL.encode(randomness.state)
    let nonce = Base64URL.encode(randomness.nonce)
    let verifier = Base64URL.encode(randomness.verifier)
    var pairs = [
      ("response_type", "code"),
      ("client_id", parameters.clientID),
      ("redirect_uri", parameters.redirectURI),
      ("scope", try Scopes.joined(parameters.scopes)),
      ("state", state),
      ("nonce", nonce),
      ("code_challenge", Self.challenge(verifier)),
      ("code_challenge_method", "S256"),
    ]
    if let audience = parameters.audience { pairs.append(("audience", audience)) }
    try Self.append(parameters.extra, to: &pairs, beside: endpoint)
    pairs += parameters.resources.map { ("resource", $0) }
    let separator = endpoint.address.query == nil ? "?" : "&"
    url = endpoint.text + separator + FormEncoding.query(pairs)
    self.state = Secret(state)
    self.nonce = nonce
    self.verifier = Secret(verifier)
    redirectURI = parameters.redirectURI
  }

  /// The S256 challenge of a verifier: base64url of its SHA-256 (RFC 7636 section 4.2).
  package static func challenge(_ verifier: String) -> String {
    Base64URL.encode(SHA256.hash(data: Array(verifier.utf8)))
  }

  /// RFC 6749 section 3.1: no parameter more than once, and the endpoint's own query counts too.
  private static func append(
    _ extra: [(String, String)],
    to pairs: inout [(String, String)],
    beside endpoint: Endpoint
  ) throws(OAuthError) {
    var names = Set((FormEncoding.decode((endpoint.address.query ?? "").utf8) ?? []).map(\.name))
    for (name, value) in extra {
      guard name != "resource" else { throw Scopes.invalid("give resource as a resource") }
      pairs.append((name, value))
    }
    for (name, _) in pairs {
      guard names.insert(name).inserted else {
        throw Scopes.invalid("the parameter \"\(Text.line(name, limit: 40))\" is there twice")
      }
    }
  }
}

/// Scopes of a request (RFC 6749 section 3.3).
enum Scopes {
  /// The scopes in their order without repetitions, openid first if it was missing, with spaces
  /// between.
  static func joined(_ scopes: [String]) throws(OAuthError) -> String {
    var seen: Set<String> = []
    var result: [String] = []
    for scope in scopes.contains("openid") ? scopes : ["openid"] + scopes {
      guard !scope.isEmpty, Text.isVisibleASCII(scope), !scope.contains("\""),
        !scope.contains("\\")
      else {
        throw invalid("\"\(Text.line(scope, limit: 40))\" is not a scope")
      }
      if seen.insert(scope).inserted { result.append(scope) }
    }
    return result.joined(separator: " ")
  }

  static func invalid(_ reason: String) -> OAuthError {
    OAuthError(
      .requestInvalid,
      what: "the login request cannot be built: \(reason)",
      remedy: "check the scopes and parameters in the kubeconfig user"
    )
  }
}
