// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// Keycloak, wherever it runs.
  package static let keycloak = ProviderPreset(
    name: "keycloak",
    title: "Keycloak",
    // OIDCLoginProtocolService: every realm has its endpoints below /protocol/openid-connect.
    recognition: [
      .endpoints(
        path: "**/realms/*",
        authorization: "/protocol/openid-connect/auth",
        token: "/protocol/openid-connect/token",
        keys: "/protocol/openid-connect/certs"
      )
    ],
    // Server Administration Guide, "Offline access": every login has a refresh token; the scope
    // offline_access makes one that outlives the session, which needs a role.
    offlineAccess: .always,
    // RedirectUtils.verifyRedirectUri, Constants.INSTALLED_APP_URL and INSTALLED_APP_LOOPBACK: for
    // these two hosts the port is dropped and the comparison tried again.
    loopbackPorts: .any([.ipv4, .localhost])
  )
}
