// SPDX-License-Identifier: Apache-2.0

import Hummingbird

extension IdentityProvider {
  /// The metadata document (OpenID Connect Discovery 1.0 §4, RFC 8414, RFC 8628 §4, RFC 9207 §3).
  func discovery(_ exchange: Exchange) async -> Response {
    var metadata: [String: JSONValue] = [
      "issuer": .string(issuer),
      "authorization_endpoint": .string(url(.authorization)),
      "token_endpoint": .string(url(.token)),
      "jwks_uri": .string(url(.keys)),
      "revocation_endpoint": .string(url(.revocation)),
      "device_authorization_endpoint": .string(url(.deviceAuthorization)),
      "response_types_supported": ["code"],
      "userinfo_endpoint": .string(url(.userInfo)),
      "end_session_endpoint": .string(url(.endSession)),
      "response_modes_supported": .strings(ResponseMode.allCases.map(\.rawValue)),
      "grant_types_supported": .strings(GrantType.allCases.map(\.rawValue)),
      "subject_types_supported": ["public"],
      "id_token_signing_alg_values_supported": .strings(
        await keys.algorithmsInUse.map(\.rawValue)
      ),
      "token_endpoint_auth_methods_supported": .strings(authenticationMethods),
      "revocation_endpoint_auth_methods_supported": .strings(authenticationMethods),
      "code_challenge_methods_supported": ["S256"],
      "scopes_supported": .strings(Self.scopes),
      "claims_supported": [
        "iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "at_hash",
        "preferred_username", "email", "name", "groups",
      ],
      "authorization_response_iss_parameter_supported": true,
    ]
    addOptional(&metadata)
    return document(metadata, exchange)
  }

  /// What only some issuers have.
  private func addOptional(_ metadata: inout [String: JSONValue]) {
    let asymmetric = SigningAlgorithm.allCases.map(\.rawValue)
    if options.clients.contains(where: { $0.method?.usesAssertion == true }) {
      metadata["token_endpoint_auth_signing_alg_values_supported"] = .strings(
        asymmetric + ["HS256", "HS384", "HS512"]
      )
    }
    if options.dpop != .off {
      metadata["dpop_signing_alg_values_supported"] = .strings(asymmetric)
    }
    if options.pushedRequests != .off {
      metadata["pushed_authorization_request_endpoint"] = .string(url(.pushedAuthorizationRequest))
      metadata["require_pushed_authorization_requests"] = .bool(options.pushedRequests == .required)
    }
    // Last, because what is not there has no alias.
    if options.takesClientCertificates { addAliases(&metadata) }
  }

  /// The endpoints as they are for clients with a certificate (RFC 8705 §5).
  private func addAliases(_ metadata: inout [String: JSONValue]) {
    let endpoints: [(name: String, endpoint: IssuerEndpoint)] = [
      ("token_endpoint", .token), ("revocation_endpoint", .revocation),
      ("device_authorization_endpoint", .deviceAuthorization), ("userinfo_endpoint", .userInfo),
      ("pushed_authorization_request_endpoint", .pushedAuthorizationRequest),
    ]
    let aliases = endpoints.filter { metadata[$0.name] != nil }.map {
      ($0.name, JSONValue.string(issuer + Self.aliasPrefix + $0.endpoint.path))
    }
    metadata["mtls_endpoint_aliases"] = .object(Dictionary(aliases) { first, _ in first })
    metadata["tls_client_certificate_bound_access_tokens"] = true
  }

  /// The usual ones, and those of the clients that are registered.
  private var authenticationMethods: [String] {
    let usual: [ClientAuthenticationMethod] = [.nothing, .secretBasic, .secretPost]
    let registered = Set(options.clients.compactMap(\.method))
    return ClientAuthenticationMethod.allCases
      .filter { usual.contains($0) || registered.contains($0) }.map(\.rawValue)
  }

  /// The scopes that mean something here; others are dropped.
  static let scopes = ["openid", "profile", "email", "groups", "offline_access"]
}
