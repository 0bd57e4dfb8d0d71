// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import OAuth

extension AzureTokens {
  /// A token of a person that is bound to a key, in its envelope: had with the refresh token of their session, which
  /// Entra ID keeps valid, so that the session stays as it is.
  ///
  /// Throws `configuration` if the settings want no bound token; `logIn` is the command by which the person logs in.
  package func boundToken(
    of refreshToken: Secret,
    logIn: String
  ) async throws(CloudError) -> CloudToken {
    guard let resource = settings.options.boundTo else {
      throw CloudError(
        .configuration,
        "no bound token is wanted",
        remedy: "give --pop-enabled and --pop-claims"
      )
    }
    let authority = try settings.authority()
    try settings.host.check(effects)
    let client = settings.personsClient
    let identity = KeptIdentity(
      name: "bound token of a person of tenant \(authority.tenant)",
      parts: [
        "azure-person", authority.tokenEndpoint, client, settings.server.scope,
        Self.fingerprint(of: refreshToken),
      ]
    )
    let kept = try await effects.kept(identity, KeptTerms(enough: Self.enough)) {
      () async throws(CloudError) -> KeptSecret in
      try await redeem(refreshToken, of: client, at: authority, logIn: logIn)
    }
    return try envelope(kept, resource)
  }

  private func redeem(
    _ refreshToken: Secret,
    of client: String,
    at authority: EntraAuthority,
    logIn: String
  ) async throws(CloudError) -> KeptSecret {
    let key = try Self.newKey()
    let request = EntraRequest.refresh(
      authority.tokenEndpoint,
      client: client,
      refreshToken,
      scope: settings.server.scope,
      boundTo: BoundToken.binding(key)
    )
    let token = try await EntraTokens(effects, logIn: logIn)
      .token(request, at: authority, bound: true)
    return KeptSecret(
      secret: BoundToken(key: key, token: token).kept,
      obtained: effects.now(),
      expiry: token.expiry
    )
  }
}
