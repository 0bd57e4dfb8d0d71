// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

extension IdentityProvider {
  /// The client that sent the request, after its secret was checked (RFC 6749 §2.3); throws
  /// `OAuthRefusal`.
  func authenticatedClient(_ exchange: Exchange) async throws -> LabClient {
    if let repeated = exchange.fields.repeatedName {
      throw OAuthRefusal(
        code: "invalid_request",
        description: "a parameter is given twice",
        reason: "parameter given twice: \(repeated.prefix(40))"
      )
    }
    let basic = exchange.basicCredentials
    if exchange.request.headers[.authorization] != nil && basic == nil {
      throw OAuthRefusal(
        code: "invalid_client",
        status: 401,
        description: "unreadable client credentials"
      )
    }
    if basic != nil && exchange.fields["client_secret"] != nil {
      throw OAuthRefusal(
        code: "invalid_request",
        description: "two ways of client authentication at once"
      )
    }
    guard let id = exchange.claimedClient,
      let client = options.clients.first(where: { $0.id == id })
    else {
      throw OAuthRefusal(code: "invalid_client", status: 401, description: "unknown client")
    }
    let secret =
      basic.map { $0.secret.isEmpty ? nil : $0.secret } ?? exchange.fields["client_secret"]
    try check(secret, of: client)
    return client
  }

  private func check(_ secret: String?, of client: LabClient) throws {
    switch (client.secret, secret) {
    case (nil, nil):
      return
    case (nil, _?):
      throw OAuthRefusal(
        code: "invalid_client",
        status: 401,
        description: "a public client has no secret"
      )
    case (let expected?, let given):
      // Digests are compared so that the time it takes says nothing about the secret.
      guard let given, Randomness.sha256(given) == Randomness.sha256(expected) else {
        throw OAuthRefusal(
          code: "invalid_client",
          status: 401,
          description: "wrong or missing client secret"
        )
      }
    }
  }
}
