// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// Dex, wherever it runs.
  package static let dex = ProviderPreset(
    name: "dex",
    title: "Dex",
    // dexidp/dex server/handlers.go: fixed places behind the issuer.
    recognition: [
      .endpoints(path: "**", authorization: "/auth", token: "/token", keys: "/keys")
    ],
    // server/oauth2.go: the claims of these scopes are what a cluster maps, and connectors fill groups.
    scopes: ["email", "profile", "groups"],
    // server/oauth2.go: no refresh token without the scope offline_access.
    offlineAccess: .scope,
    // server/authreq: a public client without registered URIs may use any port of this machine; for
    // years only that of localhost.
    loopbackPorts: .any([.localhost]),
    redirectHost: .localhost
  )
}
