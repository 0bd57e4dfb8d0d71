// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// Okta, with its org authorization server or a custom one, under Okta's domains or another.
  package static let okta = ProviderPreset(
    name: "okta",
    title: "Okta",
    // Okta Developer, "Authorization servers": https://ORG.okta.com and https://ORG.okta.com/oauth2/ID,
    // oktapreview.com and okta-emea.com likewise; a domain of the customer keeps the paths.
    recognition: [
      .host("*.okta.com", path: ""), .host("*.okta.com", path: "/oauth2/*"),
      .host("*.oktapreview.com", path: ""), .host("*.oktapreview.com", path: "/oauth2/*"),
      .host("*.okta-emea.com", path: ""), .host("*.okta-emea.com", path: "/oauth2/*"),
      .endpoints(
        path: "/oauth2/*",
        authorization: "/v1/authorize",
        token: "/v1/token",
        keys: "/v1/keys"
      ),
      .endpoints(
        path: "",
        authorization: "/oauth2/v1/authorize",
        token: "/oauth2/v1/token",
        keys: "/oauth2/v1/keys"
      ),
    ],
    // Okta Developer, "OpenID Connect & OAuth 2.0 API", scopes: groups exists at the org server only, and
    // a custom one refuses a scope that it does not have.
    scopes: ["email", "profile"],
    // Okta Developer, "Refresh access tokens": the scope offline_access is needed.
    offlineAccess: .scope,
    // Okta Developer, native apps: a loopback URI is registered with its port.
    loopbackPorts: .registered
  )
}
