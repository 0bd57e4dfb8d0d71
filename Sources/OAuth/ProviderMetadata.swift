// SPDX-License-Identifier: Apache-2.0

/// What an issuer says about itself (OIDC Discovery 1.0 section 3, RFC 8414 section 2).
package struct ProviderMetadata: Sendable {
  package let issuer: Issuer
  package let authorizationEndpoint: Endpoint?
  package let tokenEndpoint: Endpoint
  package let keysEndpoint: Endpoint
  package let deviceAuthorizationEndpoint: Endpoint?
  package let revocationEndpoint: Endpoint?
  package let endSessionEndpoint: Endpoint?
  /// `id_token_signing_alg_values_supported`; empty if absent.
  package let signingAlgorithms: [String]
  /// `code_challenge_methods_supported`; empty if absent, which says nothing.
  package let codeChallengeMethods: [String]
  /// `token_endpoint_auth_methods_supported`; nil if absent, which means client_secret_basic.
  package let tokenEndpointAuthMethods: [String]?
  /// `authorization_response_iss_parameter_supported` (RFC 9207 section 3).
  package let sendsIssuerInRedirect: Bool

  /// Parses a discovery document of at most 256 KiB.
  ///
  /// Its issuer must equal the given one byte for byte (RFC 8414 section 3.3). Throws
  /// ``OAuthError/Code/discoveryInvalid``, ``OAuthError/Code/discoveryIssuerMismatch`` or
  /// ``OAuthError/Code/endpointInvalid``.
  package init(parsing document: [UInt8], issuer: Issuer) throws(OAuthError) {
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
      throw Self.refusal(issuer, "it is not JSON: \(error.reason) at byte \(error.offset)", error)
    }
    let reader = MetadataReader(json: json, issuer: issuer)
    try Self.checkIssuer(json, issuer)
    self.issuer = issuer
    tokenEndpoint = try reader.required("token_endpoint")
    keysEndpoint = try reader.required("jwks_uri")
    authorizationEndpoint = try reader.optional("authorization_endpoint")
    deviceAuthorizationEndpoint = try reader.optional("device_authorization_endpoint")
    revocationEndpoint = try reader.optional("revocation_endpoint")
    endSessionEndpoint = try reader.optional("end_session_endpoint")
    signingAlgorithms = try reader.list("id_token_signing_alg_values_supported") ?? []
    codeChallengeMethods = try reader.list("code_challenge_methods_supported") ?? []
    tokenEndpointAuthMethods = try reader.list("token_endpoint_auth_methods_supported")
    sendsIssuerInRedirect = try reader.flag("authorization_response_iss_parameter_supported")
  }

  private static func checkIssuer(_ json: StrictJSON, _ issuer: Issuer) throws(OAuthError) {
    guard json.members != nil else { throw refusal(issuer, "it is not an object") }
    guard let announced = json["issuer"]?.string else {
      throw refusal(issuer, "it names no issuer")
    }
    guard Text.sameBytes(announced, issuer.text) else {
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
  /// Where the discovery document of an issuer lies: one trailing slash of the issuer does not
  /// count (OIDC Discovery 4.1).
  package static func discoveryURL(of issuer: Issuer) -> String {
    let base = issuer.text.hasSuffix("/") ? String(issuer.text.dropLast()) : issuer.text
    return base + "/.well-known/openid-configuration"
  }

  /// Fetches and parses the discovery document, and gives its bytes for a cache.
  ///
  /// Throws what ``init(parsing:issuer:)`` throws, and a code of its own for 404, a web page,
  /// redirects, other statuses and each transport failure.
  package static func discover(
    _ issuer: Issuer,
    send: HTTPSend
  ) async throws(OAuthError) -> (metadata: ProviderMetadata, document: [UInt8]) {
    let document = try await DocumentFetch(
      url: discoveryURL(of: issuer),
      host: issuer.host,
      subject: "its discovery document",
      limit: Limits.discoveryDocument,
      missing: .discoveryNotFound,
      html: .discoveryIsHTML
    ).run(send)
    return (try ProviderMetadata(parsing: document, issuer: issuer), document)
  }

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

/// Reads members of a discovery document by type.
private struct MetadataReader {
  let json: StrictJSON
  let issuer: Issuer

  func optional(_ name: String) throws(OAuthError) -> Endpoint? {
    guard let value = json[name], value != .null else { return nil }
    guard let text = value.string else {
      throw ProviderMetadata.refusal(issuer, "its \(name) is not a string")
    }
    return try Endpoint(text, named: name, of: issuer)
  }

  func required(_ name: String) throws(OAuthError) -> Endpoint {
    guard let endpoint = try optional(name) else {
      throw ProviderMetadata.refusal(issuer, "it has no \(name)")
    }
    return endpoint
  }

  func list(_ name: String) throws(OAuthError) -> [String]? {
    guard let value = json[name], value != .null else { return nil }
    guard let texts = value.strings else {
      throw ProviderMetadata.refusal(issuer, "its \(name) is not an array of strings")
    }
    return texts
  }

  func flag(_ name: String) throws(OAuthError) -> Bool {
    guard let value = json[name], value != .null else { return false }
    guard let flag = value.bool else {
      throw ProviderMetadata.refusal(issuer, "its \(name) is not true or false")
    }
    return flag
  }
}
