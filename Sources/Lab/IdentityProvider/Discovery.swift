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
      "token_endpoint_auth_methods_supported": [
        "none", "client_secret_basic", "client_secret_post",
      ],
      "revocation_endpoint_auth_methods_supported": [
        "none", "client_secret_basic", "client_secret_post",
      ],
      "code_challenge_methods_supported": ["S256"],
      "scopes_supported": .strings(Self.scopes),
      "claims_supported": [
        "iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "at_hash",
        "preferred_username", "email", "name", "groups",
      ],
      "authorization_response_iss_parameter_supported": true,
    ]
    if options.pushedRequests != .off {
      metadata["pushed_authorization_request_endpoint"] = .string(url(.pushedAuthorizationRequest))
      metadata["require_pushed_authorization_requests"] = .bool(options.pushedRequests == .required)
    }
    return document(metadata, exchange)
  }

  /// The scopes that mean something here; others are dropped.
  static let scopes = ["openid", "profile", "email", "groups", "offline_access"]
}
