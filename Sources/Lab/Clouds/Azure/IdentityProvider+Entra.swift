// SPDX-License-Identifier: Apache-2.0

import Hummingbird

extension IdentityProvider {
  /// The lab's issuer, and that of each tenant.
  var issuers: [String] {
    [issuer] + (options.entra?.tenants ?? []).map { "\(issuer)/\($0)/v2.0" }
  }

  /// The metadata of a tenant, in the shape of Entra ID's: no revocation, and no `iss` in redirects.
  func entraDiscovery(_ place: EntraPlace, _ exchange: Exchange) async -> Response {
    let base = "\(issuer)/\(place.tenant)"
    let metadata: [String: JSONValue] = [
      "issuer": .string("\(base)/v2.0"),
      "authorization_endpoint": .string("\(base)/oauth2/v2.0/authorize"),
      "token_endpoint": .string("\(base)/oauth2/v2.0/token"),
      "device_authorization_endpoint": .string("\(base)/oauth2/v2.0/devicecode"),
      "jwks_uri": .string("\(base)/discovery/v2.0/keys"),
      "userinfo_endpoint": .string(url(.userInfo)),
      "end_session_endpoint": .string(url(.endSession)),
      "response_types_supported": ["code"],
      "response_modes_supported": ["query", "fragment", "form_post"],
      "subject_types_supported": ["pairwise"],
      "id_token_signing_alg_values_supported": .strings(
        await keys.algorithmsInUse.map(\.rawValue)
      ),
      "token_endpoint_auth_methods_supported": [
        "client_secret_post", "private_key_jwt", "client_secret_basic",
      ],
      "scopes_supported": ["openid", "profile", "email", "offline_access"],
    ]
    return document(metadata, exchange)
  }

  /// Refuses a tenant that is not there; what comes to one is recorded.
  func checkTenant(_ exchange: Exchange) throws {
    if exchange.entra != nil {
      options.entra?.records.add(exchange.request, form: exchange.isPost ? exchange.fields : nil)
    }
    guard let place = exchange.entra, options.entra?.tenants.contains(place.tenant) != true else {
      return
    }
    throw OAuthRefusal(
      code: "invalid_request",
      description: "Tenant '\(place.tenant.prefix(64))' not found.",
      entraCode: 90_002
    )
  }

  /// Gives a token's claims Entra ID's shape: the tenant, and the server application as audience.
  func shape(_ claims: inout [String: JSONValue], _ use: TokenDraft.Use, _ exchange: Exchange) {
    guard let place = exchange.entra else { return }
    claims["iss"] = .string("\(issuer)/\(place.tenant)/v2.0")
    claims["tid"] = .string(place.tenant)
    claims["oid"] = claims["sub"]
    claims["ver"] = "2.0"
    guard use == .access else { return }
    // A refresh token serves for every application, so what this request asks for counts.
    let scopes = (exchange.fields["scope"] ?? claims["scope"]?.string ?? "").split(separator: " ")
    if let server = scopes.first(where: { $0.hasSuffix("/.default") }) {
      claims["aud"] = .string(String(server.dropLast("/.default".count)))
    }
    if let confirmation = exchange.fields["req_cnf"].flatMap({ Base64Text.decodeURL($0) }),
      let named = try? JSONValue.parse(confirmation)
    {
      claims["cnf"] = named
    }
  }

  /// What an answer has beside the tokens, and the type of a token that is bound.
  func shape(_ answer: inout [String: JSONValue], _ exchange: Exchange) {
    guard exchange.entra != nil else { return }
    answer["ext_expires_in"] = answer["expires_in"]
    if exchange.fields["token_type"] == "pop" { answer["token_type"] = "pop" }
  }

  /// A refusal in Entra ID's words: a number in the description and beside it.
  func entraRefusal(_ refusal: OAuthRefusal) -> [String: JSONValue] {
    let isUnknown = refusal.description == "unknown client"
    let number = refusal.entraCode ?? (isUnknown ? 700_016 : Self.usualCode(refusal.code))
    let code =
      isUnknown
      ? "unauthorized_client"
      : refusal.code == "access_denied" ? "authorization_declined" : refusal.code
    let id = "22222222-3333-4444-5555-666666666666"
    return [
      "error": .string(code),
      "error_description": .string(
        "AADSTS\(number): \(refusal.description) Trace ID: \(id) Correlation ID: \(id) Timestamp: \(HTTPDate.text(clock.now))"
      ),
      "error_codes": [.int(number)],
      "timestamp": .string(HTTPDate.text(clock.now)),
      "trace_id": .string(id), "correlation_id": .string(id),
    ]
  }

  private static func usualCode(_ code: String) -> Int {
    switch code {
    case "invalid_client": 7_000_215
    case "invalid_grant": 70_008
    case "authorization_pending": 70_016
    case "expired_token": 70_019
    case "access_denied": 50_125
    case "unauthorized_client": 700_016
    case "unsupported_grant_type": 70_003
    case "invalid_scope": 70_011
    default: 900_144
    }
  }
}
