// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
package import OAuth

/// Requests to a tenant's token endpoint (Microsoft identity platform, "OAuth 2.0 client credentials flow" and
/// "OAuth 2.0 authorization code flow").
package struct EntraRequest: Sendable {
  /// What the client proves itself with.
  package enum Proof: Sendable, Equatable {
    /// A secret of the application.
    case secret(Secret)
    /// A statement that the application's certificate has signed, or a token of somebody whom the application trusts.
    case assertion(Secret)
  }

  /// What a token is to be bound to: the thumbprint of a key (Azure/kubelogin `pkg/internal/pop`).
  package struct Binding: Sendable, Equatable {
    /// The value of `req_cnf`.
    package let confirmation: String
  }

  /// The token endpoint.
  package let endpoint: String
  /// Name and value pairs of the body, in order; some are secret.
  package let pairs: [(String, String)]

  /// A token for the application itself.
  package static func clientCredentials(
    _ endpoint: String,
    client: String,
    _ proof: Proof,
    scope: String,
    boundTo binding: Binding? = nil
  ) -> EntraRequest {
    var pairs = [("client_id", client), ("grant_type", "client_credentials")]
    switch proof {
    case .secret(let secret): pairs.append(("client_secret", secret.expose()))
    case .assertion(let assertion):
      pairs += [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion.expose()),
      ]
    }
    pairs.append(("scope", scope))
    return EntraRequest(endpoint: endpoint, pairs: pairs + Self.bound(binding))
  }

  /// A token for a person, by the refresh token of one of their sign-ins; Entra ID keeps the old refresh token valid.
  package static func refresh(
    _ endpoint: String,
    client: String,
    _ token: Secret,
    scope: String,
    boundTo binding: Binding? = nil
  ) -> EntraRequest {
    EntraRequest(
      endpoint: endpoint,
      pairs: [
        ("client_id", client), ("grant_type", "refresh_token"),
        ("refresh_token", token.expose()), ("scope", "\(scope) offline_access openid profile"),
      ] + bound(binding)
    )
  }

  private static func bound(_ binding: Binding?) -> [(String, String)] {
    binding.map { [("token_type", "pop"), ("req_cnf", $0.confirmation)] } ?? []
  }

  /// The request to send.
  package var call: HTTPCall {
    HTTPCall(
      method: .post,
      url: endpoint,
      headers: [
        .accept: "application/json", .contentType: "application/x-www-form-urlencoded",
      ],
      body: Array(FormEncoding.body(pairs).utf8)
    )
  }
}
