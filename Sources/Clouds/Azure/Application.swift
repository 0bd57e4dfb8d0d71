// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An application in a tenant, and what it proves itself with.
struct Application: Sendable {
  /// What it proves itself with; each request gets a statement of its own.
  enum Proof: Sendable {
    case secret(Secret)
    case certificate(ClientCertificate)
    /// A token of its surroundings, as it is now; a proxy of identity bindings may stand in the place of Entra ID.
    case federated(Secret)
    /// A token of somebody whom the application trusts, as it lies in a file of the Azure CLI.
    case assertion(Secret)
  }

  let client: String
  let authority: EntraAuthority
  let proof: Proof
  /// What tells this proof from others, without a secret.
  let trust: [String]
}

extension AzureTokens {
  /// The token of an application, kept while it is good; in an envelope where the cluster wants it bound.
  func token(of application: Application) async throws(CloudError) -> CloudToken {
    try settings.host.check(effects)
    let isBound = settings.options.boundTo != nil
    let identity = KeptIdentity(
      name: "application \(application.client) of tenant \(application.authority.tenant)",
      parts: [
        "azure-application", application.authority.tokenEndpoint, application.client,
        settings.server.scope,
      ] + application.trust + [isBound ? "bound" : "bearer"]
    )
    let kept = try await effects.kept(identity, KeptTerms(enough: Self.enough)) {
      () async throws(CloudError) -> KeptSecret in
      isBound ? try await boundToken(application) : try await bearer(application)
    }
    guard let resource = settings.options.boundTo else {
      return CloudToken(token: kept.secret, expiry: kept.expiry)
    }
    return try envelope(kept, resource)
  }

  /// The envelope of what is kept.
  func envelope(_ kept: KeptSecret, _ resource: String) throws(CloudError) -> CloudToken {
    guard let bound = BoundToken(kept: kept.secret, expiry: kept.expiry) else {
      throw CloudError(
        .store,
        "the token that is kept has no key",
        remedy: "log in again, or wait until it ends"
      )
    }
    GroupOverage.note(bound.token.token, settings.server, effects)
    return try bound.envelope(for: resource, nonce: effects.random(16), now: effects.now())
  }

  private func bearer(_ application: Application) async throws(CloudError) -> KeptSecret {
    let token = try await ask(application, boundTo: nil)
    return KeptSecret(secret: token.token, obtained: effects.now(), expiry: token.expiry)
  }

  private func boundToken(_ application: Application) async throws(CloudError) -> KeptSecret {
    let key = try Self.newKey()
    let token = try await ask(application, boundTo: BoundToken.binding(key))
    return KeptSecret(
      secret: BoundToken(key: key, token: token).kept,
      obtained: effects.now(),
      expiry: token.expiry
    )
  }

  static func newKey() throws(CloudError) -> RSAKey {
    do {
      return try RSAKey.generate()
    } catch {
      throw CloudError(.failed, "no key could be made: \(error.reason)", remedy: "try again")
    }
  }

  private func ask(
    _ application: Application,
    boundTo binding: EntraRequest.Binding?
  ) async throws(CloudError) -> EntraToken {
    let proxy = try TokenProxy.named(application.proof, effects)
    let address = proxy?.endpoint(for: application.authority) ?? application.authority.tokenEndpoint
    effects.trace("asking Entra ID for a token of the application \(application.client)")
    let request = EntraRequest.clientCredentials(
      address,
      client: application.client,
      try proof(application),
      scope: settings.server.scope,
      boundTo: binding
    )
    let logIn = "give the application a secret, a certificate or a federated credential"
    let trust = proxy?.trust ?? TransportTrust(authorities: [])
    return try await EntraTokens(effects, trust: trust, logIn: logIn).token(
      request,
      at: application.authority,
      bound: binding != nil,
      hostField: proxy.flatMap { $0.addresses.isEmpty ? nil : $0.host }
    )
  }

  private func proof(_ application: Application) throws(CloudError) -> EntraRequest.Proof {
    switch application.proof {
    case .secret(let secret): .secret(secret)
    case .assertion(let assertion): .assertion(assertion)
    case .federated(let assertion): .assertion(assertion)
    case .certificate(let certificate):
      .assertion(
        try certificate.assertion(
          client: application.client,
          endpoint: application.authority.tokenEndpoint,
          id: effects.random(16),
          now: effects.now()
        )
      )
    }
  }
}
