// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// GitLab, the service and installations elsewhere.
  package static let gitlab = ProviderPreset(
    name: "gitlab",
    title: "GitLab",
    // GitLab Docs, "GitLab as OpenID Connect identity provider".
    recognition: [
      .issuer("https://gitlab.com"),
      .endpoints(
        path: "**",
        authorization: "/oauth/authorize",
        token: "/oauth/token",
        keys: "/oauth/discovery/keys"
      ),
    ],
    scopes: ["profile", "email"],
    // GitLab Docs, "OAuth 2.0 identity provider API": access tokens expire and come with a refresh
    // token; offline_access is none of its scopes.
    offlineAccess: .always,
    // doorkeeper-gem, URIChecker.loopback_uri?: only addresses are loopback, not the name localhost.
    loopbackPorts: .any([.ipv4, .ipv6])
  )
}
