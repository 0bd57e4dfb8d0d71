// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// One request to the identity provider, read completely, with the plan for its answer.
struct Exchange: Sendable {
  let request: Request
  /// The number that ties the log's events together.
  let number: Int
  let endpoint: IssuerEndpoint
  /// The body's fields for POST, the query's for GET.
  let fields: FormFields
  let plan: AnswerPlan
  /// Where in Entra ID the request came to, if it did.
  var entra: EntraPlace?
  /// The certificate that the client's side of the connection proved.
  var certificate: ClientCertificate.Presented?
  /// How the client authenticated, once it did.
  var method: ClientAuthenticationMethod?
  /// The key of the DPoP proof, once it was checked.
  var keyThumbprint: String?

  var isPost: Bool { request.method == .post }

  /// The path that was asked for.
  var path: String { request.uri.path }

  /// Whether the request came to an endpoint's alias for client certificates.
  var usesAlias: Bool { path.hasPrefix(IdentityProvider.aliasPrefix + "/") }

  /// The value of a cookie.
  func cookie(_ name: String) -> String? {
    let pairs = (request.headers[.cookie] ?? "").split(separator: ";")
    for pair in pairs {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = halves[0].drop { $0 == " " }
      if halves.count == 2, key == name, !halves[1].isEmpty { return String(halves[1]) }
    }
    return nil
  }

  /// Client id and secret from the Authorization header (RFC 6749 §2.3.1: both form-encoded).
  var basicCredentials: (id: String, secret: String)? {
    guard let header = request.headers[.authorization],
      header.lowercased().hasPrefix("basic "),
      let decoded = Base64Text.decode(String(header.dropFirst(6)))
    else { return nil }
    let halves = decoded.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    return (FormFields.decode(String(halves[0])), FormFields.decode(String(halves[1])))
  }

  /// The secret that the request brings: what its grant exchanges, else what its client proves itself with.
  var secret: String? {
    let names = [
      "refresh_token", "code", "password", "assertion", "subject_token", "device_code",
      "client_secret", "client_assertion",
    ]
    return names.lazy.compactMap { fields[$0] }.first ?? basicCredentials?.secret
  }

  /// The client that the request claims to come from, before any check.
  var claimedClient: String? {
    basicCredentials?.id ?? fields["client_id"]
      ?? fields["client_assertion"].flatMap(CompactToken.init)?.unverifiedClaims["sub"]?.string
  }
}

/// A refusal in OAuth's own form (RFC 6749 §5.2).
struct OAuthRefusal: Error {
  let code: String
  var status = 400
  /// What the client may know.
  let description: String
  /// What only the log knows, if it is more than that.
  var reason: String?
  var family: RefreshFamily?
  /// What `WWW-Authenticate` says with a 401; Basic, unless given.
  var challenge: String?
  var headers: [(name: String, value: String)] = []
  /// The number that Entra ID gives it, if not the usual one.
  var entraCode: Int?
  /// A bare status, as some issuers send it.
  var hasNoBody = false
}
