// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// Glewlwyd's OpenID Connect plugin, seen as version 2.7.5.
  package static let glewlwyd = ProviderPreset(
    name: "glewlwyd",
    title: "Glewlwyd",
    // babelouest/glewlwyd, docs/OIDC.md: the plugin's instances lie below /api.
    recognition: [
      .endpoints(path: "**/api/*", authorization: "/auth", token: "/token", keys: "/jwks")
    ],
    offlineAccess: .always,
    // Seen on the wire: another port is refused for each spelling of the host.
    loopbackPorts: .registered,
    redirectHost: .localhost,
    // Seen on the wire: an assertion for the issuer, or at PAR for the token endpoint, is refused.
    assertionAudience: .address
  )
}
