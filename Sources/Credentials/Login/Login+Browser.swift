// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth

extension Login {
  // MARK: authorization code (RFC 6749 §4.1, RFC 8252, PKCE S256)

  func withBrowser(
    _ metadata: ProviderMetadata,
    opensBrowser: Bool
  ) async throws(CredentialsError) -> Session {
    let registered = try registeredRedirect()
    let listener = try await listen(registered.map { [$0.listenAddress] } ?? listenAddresses)
    let redirectURI =
      registered?.listening(on: listener.port).text
      ?? "http://\(listener.host):\(listener.port)/"
    let binding = try newBinding(metadata)
    let authorization = try authorization(metadata, redirectURI, binding)
    announce(try await address(of: authorization, metadata), opensBrowser: opensBrowser)
    let attempt = BrowserLogin(
      login: self,
      metadata: metadata,
      authorization: authorization,
      redirectURI: redirectURI,
      binding: binding,
      pages: RedirectPages(
        issuerHost: request.issuer.host,
        clientID: request.client.id,
        context: contextName()
      )
    )
    let receiver = RedirectReceiver(
      path: registered?.path ?? "/",
      hosts: listener.hosts,
      state: authorization.state,
      issuer: request.issuer,
      issRequired: metadata.sendsIssuerInRedirect,
      loginPage: metadata.authorizationEndpoint,
      pages: attempt.pages
    )
    return try await attempt.session(from: listener, receiver)
  }

  private func registeredRedirect() throws(CredentialsError) -> RedirectURI? {
    guard let text = request.manner.redirectURI else { return nil }
    do {
      return try RedirectURI(text)
    } catch {
      throw CredentialsError(error)
    }
  }

  private func listen(_ addresses: [String]) async throws(CredentialsError) -> RedirectListener {
    do {
      return try await effects.listen(addresses)
    } catch {
      throw CredentialsError(
        .failed,
        error.what,
        remedy: "free the port, or give another with --listen-address"
      )
    }
  }

  /// What the browser opens: the request itself, or a reference to it where the issuer takes it by PAR (RFC 9126).
  private func address(
    of authorization: AuthorizationRequest,
    _ metadata: ProviderMetadata
  ) async throws(CredentialsError) -> String {
    do {
      guard let call = try calls(metadata).push(authorization) else { return authorization.url }
      effects.trace("pushing the authorization request to the issuer")
      let answer = try await effects.sender(request.trust)(call)
      return try PushedAuthorization(answer, issuer: request.issuer).url(for: authorization)
    } catch {
      throw CredentialsError(error, fetching: "the login request", from: request.issuer.host)
    }
  }

  private func announce(_ url: String, opensBrowser: Bool) {
    let opened = opensBrowser && effects.openBrowser(url)
    effects.tell(
      opened
        ? "log in in the browser that has opened, or open this address yourself:"
        : "open this address in a browser on this machine to log in:"
    )
    effects.tell("  \(url)")
    effects.tell("  within \(Int(Numbers.login / 60)) min")
    guard audience.canAnswer else { return }
    effects.tell("if that browser is on another machine, paste here the address that it ends at")
  }

  private func authorization(
    _ metadata: ProviderMetadata,
    _ redirectURI: String,
    _ binding: DPoPBinding?
  ) throws(CredentialsError) -> AuthorizationRequest {
    do {
      return try AuthorizationRequest(
        metadata: metadata,
        // A code that is bound to the key could not be exchanged without it, should the issuer refuse proofs after all.
        parameters: parameters(
          redirectURI,
          scopes: calls(metadata).scopes,
          thumbprint: request.manner.dpop == .always ? try binding?.thumbprint : nil
        ),
        randomness: AuthorizationRequest.Randomness(
          state: effects.random(32),
          nonce: effects.random(32),
          verifier: effects.random(32)
        )
      )
    } catch {
      throw CredentialsError(error)
    }
  }

  private func parameters(
    _ redirectURI: String,
    scopes: [String],
    thumbprint: String?
  ) -> AuthorizationRequest.Parameters {
    var parameters = AuthorizationRequest.Parameters(
      clientID: request.client.id,
      redirectURI: redirectURI,
      scopes: scopes,
      audience: request.audience,
      resources: request.resources,
      extra: request.parameters.map { ($0.name, $0.value) }
    )
    parameters.responseMode = request.manner.responseMode
    parameters.dpopThumbprint = thumbprint
    return parameters
  }
}
