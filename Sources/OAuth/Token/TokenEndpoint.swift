// SPDX-License-Identifier: Apache-2.0

/// The token endpoint as one client uses it: builds requests, sends nothing.
package struct TokenEndpoint: Sendable {
  package let endpoint: Endpoint
  package let clientID: String
  package let authentication: ClientAuthentication
  /// `audience`, passed through.
  package let audience: String?
  /// `resource` (RFC 8707), any number of them.
  package let resources: [String]

  package init(
    endpoint: Endpoint,
    clientID: String,
    authentication: ClientAuthentication,
    audience: String? = nil,
    resources: [String] = []
  ) {
    self.endpoint = endpoint
    self.clientID = clientID
    self.authentication = authentication
    self.audience = audience
    self.resources = resources
  }

  /// The request for a grant.
  ///
  /// Its body has secrets in it: it goes to the sender and nowhere else.
  package func call(for grant: TokenGrant) -> HTTPCall {
    var pairs = grant.pairs
    if let audience { pairs.append(("audience", audience)) }
    pairs += resources.map { ("resource", $0) }
    return authentication.call(endpoint, clientID: clientID, pairs)
  }
}
