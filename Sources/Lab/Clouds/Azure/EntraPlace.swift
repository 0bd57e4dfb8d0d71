// SPDX-License-Identifier: Apache-2.0

/// Where in Entra ID a request came to: `/TENANT/…`, with the paths of version 2.
struct EntraPlace: Sendable, Equatable {
  let tenant: String
  let endpoint: IssuerEndpoint

  /// The tail of an endpoint's path, behind the tenant.
  static let tails: [(tail: String, endpoint: IssuerEndpoint)] = [
    ("/v2.0/.well-known/openid-configuration", .discovery),
    ("/discovery/v2.0/keys", .keys),
    ("/oauth2/v2.0/authorize", .authorization),
    ("/oauth2/v2.0/devicecode", .deviceAuthorization),
    ("/oauth2/v2.0/token", .token),
  ]

  /// Nil for a path that is none of them.
  init?(path: Substring) {
    let rest = path.dropFirst()
    let tenant = rest.prefix { $0 != "/" }
    let tail = rest[tenant.endIndex...]
    guard !tenant.isEmpty, let row = Self.tails.first(where: { $0.tail == tail }) else {
      return nil
    }
    self.tenant = String(tenant)
    endpoint = row.endpoint
  }
}
