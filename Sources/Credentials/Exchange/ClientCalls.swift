// SPDX-License-Identifier: Apache-2.0

import OAuth

/// The requests of this client to one issuer: each goes to the address that is for this client, with a proof of its
/// own of who sends it.
struct ClientCalls: Sendable {
  let request: CredentialRequest
  let metadata: ProviderMetadata
  let effects: Effects

  /// The scopes of the request, without `offline_access` where that is a guess and the issuer lists its scopes
  /// without that: some refuse what they do not know, and give a refresh token without being asked.
  var scopes: [String] {
    guard request.manner.offlineIfListed, let known = metadata.scopes,
      !known.contains("offline_access")
    else { return request.scopes }
    return request.scopes.filter { $0 != "offline_access" }
  }

  private var aliases: MutualTLSAliases { metadata.mutualTLSAliases }

  /// A request to the token endpoint.
  func token(_ grant: TokenGrant) throws(OAuthError) -> HTTPCall {
    let credential = try credential()
    let address = credential.endpoint(
      metadata.tokenEndpoint,
      mutualTLSAlias: aliases.tokenEndpoint
    )
    return TokenEndpoint(
      endpoint: address,
      clientID: request.client.id,
      authentication: try authentication(credential, at: address),
      audience: request.audience,
      resources: request.resources
    ).call(for: grant)
  }

  /// A request for a device code (RFC 8628 §3.1); throws `endpointMissing` where there are none.
  func deviceAuthorization() throws(OAuthError) -> HTTPCall {
    let endpoint = try metadata.require(
      metadata.deviceAuthorizationEndpoint,
      for: "logins by device code"
    )
    let credential = try credential()
    let address = credential.endpoint(
      endpoint,
      mutualTLSAlias: aliases.deviceAuthorizationEndpoint
    )
    return try DeviceAuthorization.call(
      at: address,
      clientID: request.client.id,
      authentication: try authentication(credential, at: address),
      scopes: scopes,
      audience: request.audience,
      resources: request.resources
    )
  }

  /// A request that pushes an authorization request (RFC 9126 §2.1); nil if it goes through the browser.
  func push(_ authorization: AuthorizationRequest) throws(OAuthError) -> HTTPCall? {
    guard
      let endpoint = try PushedAuthorization.endpoint(of: metadata, use: request.manner.par)
    else { return nil }
    let credential = try credential()
    let address = credential.endpoint(
      endpoint,
      mutualTLSAlias: aliases.pushedAuthorizationRequestEndpoint
    )
    return PushedAuthorization.call(
      for: authorization,
      at: address,
      authentication: try authentication(credential, at: address)
    )
  }

  /// A request that revokes a refresh token (RFC 7009); nil if the issuer has no revocation.
  func revocation(of token: Secret) throws(OAuthError) -> HTTPCall? {
    guard let endpoint = metadata.revocationEndpoint else { return nil }
    let credential = try credential()
    let address = credential.endpoint(endpoint, mutualTLSAlias: aliases.revocationEndpoint)
    return Revocation.call(
      token,
      hint: .refreshToken,
      at: address,
      clientID: request.client.id,
      authentication: try authentication(credential, at: address)
    )
  }

  private func credential() throws(OAuthError) -> ClientCredential {
    try .preferred(try request.client.given, methods: metadata.tokenEndpointAuthMethods)
  }

  private func authentication(
    _ credential: ClientCredential,
    at address: Endpoint
  ) throws(OAuthError) -> ClientAuthentication {
    let named = request.manner.provider.flatMap { try? ProviderPreset.named($0) }
    let preset = named ?? .recognise(issuer: request.issuer, metadata: metadata)
    return try credential.authentication(
      clientID: request.client.id,
      audience: preset?.assertionAudience == .address
        ? .endpoint(address) : .issuer(request.issuer),
      announced: metadata.tokenEndpointAuthAlgorithms,
      now: effects.now(),
      random: effects.random(32)
    )
  }
}

extension OAuthClient {
  /// What there is to authenticate with.
  ///
  /// A key that came with a certificate is the connection's, unless assertions were asked for. Throws `requestInvalid`
  /// for a key that cannot be read.
  var given: ClientCredential.Given {
    get throws(OAuthError) {
      let signs = certificate.isEmpty || method == .privateKeyJWT
      var clientKey: ClientKey?
      if let key, signs { clientKey = try ClientKey(pem: key, keyID: keyID) }
      return ClientCredential.Given(
        secret: secret,
        key: clientKey,
        hasCertificate: !certificate.isEmpty,
        method: method
      )
    }
  }
}
