// SPDX-License-Identifier: Apache-2.0

/// What an issuer says about itself (OIDC Discovery 1.0 section 3, RFC 8414 section 2).
package struct ProviderMetadata: Sendable {
  /// The issuer as it was asked for.
  package let issuer: Issuer
  /// The issuer as the document names it: the same, but where ``EntraIssuer`` allows another.
  package let announcedIssuer: String
  package let authorizationEndpoint: Endpoint?
  package let tokenEndpoint: Endpoint
  package let keysEndpoint: Endpoint
  package let deviceAuthorizationEndpoint: Endpoint?
  package let revocationEndpoint: Endpoint?
  package let endSessionEndpoint: Endpoint?
  /// `userinfo_endpoint` (OIDC Core 5.3).
  package let userinfoEndpoint: Endpoint?
  /// `pushed_authorization_request_endpoint` (RFC 9126 section 5).
  package let pushedAuthorizationRequestEndpoint: Endpoint?
  /// `require_pushed_authorization_requests` (RFC 9126 section 5); false if absent.
  package let requiresPushedAuthorizationRequests: Bool
  /// `mtls_endpoint_aliases` (RFC 8705 section 5): where a client with a certificate sends its
  /// requests.
  package let mutualTLSAliases: MutualTLSAliases
  /// `tls_client_certificate_bound_access_tokens` (RFC 8705 section 3.3); false if absent.
  package let bindsAccessTokensToCertificates: Bool
  /// `id_token_signing_alg_values_supported`; empty if absent.
  package let signingAlgorithms: [String]
  /// `code_challenge_methods_supported`; empty if absent, which says nothing.
  package let codeChallengeMethods: [String]
  /// `token_endpoint_auth_methods_supported`; nil if absent, which means client_secret_basic.
  package let tokenEndpointAuthMethods: [String]?
  /// `token_endpoint_auth_signing_alg_values_supported`: for assertions of private_key_jwt and
  /// client_secret_jwt; nil if absent, which says nothing.
  package let tokenEndpointAuthAlgorithms: [String]?
  /// `dpop_signing_alg_values_supported` (RFC 9449 section 5.1); nil if absent, which means no DPoP.
  package let dpopAlgorithms: [String]?
  /// `response_modes_supported`; nil if absent, which means query and fragment.
  package let responseModes: [String]?
  /// `grant_types_supported`; nil if absent, which means authorization_code and implicit, though
  /// many issuers only forget it.
  package let grantTypes: [String]?
  /// `scopes_supported`; nil if absent, and never complete (OIDC Discovery 1.0 section 3).
  package let scopes: [String]?
  /// `prompt_values_supported` (OpenID Connect Prompt Create 1.0 section 4.2); nil if absent, which
  /// says nothing.
  package let prompts: [String]?
  /// `authorization_response_iss_parameter_supported` (RFC 9207 section 3).
  package let sendsIssuerInRedirect: Bool

  /// Parses a discovery document of at most 256 KiB.
  ///
  /// Its issuer must equal the given one byte for byte (RFC 8414 section 3.3), unless ``EntraIssuer`` says otherwise.
  /// Throws
  /// ``OAuthError/Code/discoveryInvalid``, ``OAuthError/Code/discoveryIssuerMismatch`` or
  /// ``OAuthError/Code/endpointInvalid``.
  package init(parsing document: [UInt8], issuer: Issuer) throws(OAuthError) {
    let json = try Self.json(document, issuer)
    let reader = MetadataReader(json: json, issuer: issuer)
    self.issuer = issuer
    announcedIssuer = json["issuer"]?.string ?? issuer.text
    tokenEndpoint = try reader.required("token_endpoint")
    keysEndpoint = try reader.required("jwks_uri")
    authorizationEndpoint = try reader.optional("authorization_endpoint")
    deviceAuthorizationEndpoint = try reader.optional("device_authorization_endpoint")
    revocationEndpoint = try reader.optional("revocation_endpoint")
    endSessionEndpoint = try reader.optional("end_session_endpoint")
    userinfoEndpoint = try reader.optional("userinfo_endpoint")
    pushedAuthorizationRequestEndpoint = try reader.optional(
      "pushed_authorization_request_endpoint"
    )
    requiresPushedAuthorizationRequests = try reader.flag("require_pushed_authorization_requests")
    mutualTLSAliases = try MutualTLSAliases(reader)
    bindsAccessTokensToCertificates = try reader.flag("tls_client_certificate_bound_access_tokens")
    sendsIssuerInRedirect = try reader.flag("authorization_response_iss_parameter_supported")
    signingAlgorithms = try reader.list("id_token_signing_alg_values_supported") ?? []
    codeChallengeMethods = try reader.list("code_challenge_methods_supported") ?? []
    tokenEndpointAuthMethods = try reader.list("token_endpoint_auth_methods_supported")
    tokenEndpointAuthAlgorithms = try reader.list(
      "token_endpoint_auth_signing_alg_values_supported"
    )
    dpopAlgorithms = try reader.list("dpop_signing_alg_values_supported")
    responseModes = try reader.list("response_modes_supported")
    grantTypes = try reader.list("grant_types_supported")
    scopes = try reader.list("scopes_supported")
    prompts = try reader.list("prompt_values_supported")
  }

  private static func json(
    _ document: [UInt8],
    _ issuer: Issuer
  ) throws(OAuthError) -> StrictJSON {
    guard document.count <= Limits.discoveryDocument else {
      throw OAuthError(
        .tooLarge(limit: Limits.discoveryDocument),
        fetching: "its discovery document",
        from: issuer.host
      )
    }
    let json: StrictJSON
    do {
      json = try StrictJSON(parsing: document)
    } catch {
      throw refusal(issuer, "it is not JSON: \(error.reason) at byte \(error.offset)", error)
    }
    try checkIssuer(json, issuer)
    return json
  }

  private static func checkIssuer(_ json: StrictJSON, _ issuer: Issuer) throws(OAuthError) {
    guard json.members != nil else { throw refusal(issuer, "it is not an object") }
    guard let announced = json["issuer"]?.string else {
      throw refusal(issuer, "it names no issuer")
    }
    guard Text.sameBytes(announced, issuer.text) || EntraIssuer.stands(announced, for: issuer)
    else {
      throw OAuthError(
        .discoveryIssuerMismatch,
        what: "the discovery document of \(issuer.text) says that its issuer is "
          + "\"\(Text.line(announced))\"",
        remedy: "if that is the issuer you mean, give it exactly so: every character counts"
      )
    }
  }

  static func refusal(
    _ issuer: Issuer,
    _ reason: String,
    _ cause: (any Error)? = nil
  ) -> OAuthError {
    OAuthError(
      .discoveryInvalid,
      what: "the discovery document of \(issuer.text) is refused: \(reason)",
      remedy: "check the issuer URL; if it is right, its administrator must repair the document",
      cause: cause
    )
  }
}

extension ProviderMetadata {
  /// One of the optional endpoints above, or ``OAuthError/Code/endpointMissing`` that names the
  /// ability it stands for ("the device flow").
  package func require(
    _ endpoint: Endpoint?,
    for ability: String
  ) throws(OAuthError) -> Endpoint {
    guard let endpoint else {
      throw OAuthError(
        .endpointMissing,
        what: "\(issuer.text) does not announce \(ability)",
        remedy: "use another way to log in, or have its administrator enable it"
      )
    }
    return endpoint
  }
}
