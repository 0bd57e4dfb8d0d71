// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

extension IdentityProvider {
  /// The client that sent the request, after it proved who it is (RFC 6749 §2.3, RFC 7523 §2.2,
  /// RFC 8705 §2); throws `OAuthRefusal`.
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
      throw Self.invalidClient("unreadable client credentials")
    }
    let assertion = exchange.fields["client_assertion"]
    let ways = [basic?.secret, exchange.fields["client_secret"], assertion].compactMap(\.self)
    if ways.count > 1 {
      throw OAuthRefusal(
        code: "invalid_request",
        description: "two ways of client authentication at once"
      )
    }
    guard let id = exchange.claimedClient,
      let client = options.clients.first(where: { $0.id == id })
    else { throw Self.invalidClient("unknown client") }
    if try await isFederated(assertion, client, exchange) { return client }
    switch client.method {
    case .secretJWT, .privateKeyJWT:
      try await check(assertion, of: client, exchange)
      try checkThumbprint(assertion, of: client)
    case .tls, .selfSignedTLS:
      try check(certificate: exchange.certificate, of: client, exchange)
    case .secretBasic where basic == nil, .secretPost where exchange.fields["client_secret"] == nil:
      throw Self.invalidClient("another method than the client's")
    case nil, .nothing, .secretBasic, .secretPost:
      let secret =
        basic.map { $0.secret.isEmpty ? nil : $0.secret } ?? exchange.fields["client_secret"]
      try check(secret, of: client)
    }
    return client
  }

  private func check(_ secret: String?, of client: LabClient) throws {
    switch (client.secret, secret) {
    case (nil, nil):
      return
    case (nil, _?):
      throw Self.invalidClient("a public client has no secret")
    case (let expected?, let given):
      // Digests are compared so that the time it takes says nothing about the secret.
      guard let given, Randomness.sha256(given) == Randomness.sha256(expected) else {
        throw Self.invalidClient("wrong or missing client secret")
      }
    }
  }

  /// A certificate proves a client at the endpoints' aliases alone (RFC 8705 §5).
  private func check(
    certificate: ClientCertificate.Presented?,
    of client: LabClient,
    _ exchange: Exchange
  )
    throws
  {
    guard exchange.usesAlias else { throw Self.invalidClient("not at the mTLS alias") }
    guard let certificate else { throw Self.invalidClient("no client certificate") }
    let proves =
      client.method == .tls
      ? authority.issued(certificate, to: client.id, now: clock.now)
      : client.key.flatMap(ClientCertificate.Presented.init(pem:)) == certificate
    guard proves else { throw Self.invalidClient("another client certificate than the client's") }
  }

  static func invalidClient(_ description: String) -> OAuthRefusal {
    OAuthRefusal(code: "invalid_client", status: 401, description: description)
  }
}
