// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// Auth0, under its own domain or a customer's.
  package static let auth0 = ProviderPreset(
    name: "auth0",
    title: "Auth0",
    // Auth0 Docs, "Tenants": https://TENANT.REGION.auth0.com/, with the slash; a customer's domain keeps
    // the endpoints.
    recognition: [
      .host("*.auth0.com", path: "/"), .host("*.*.auth0.com", path: "/"),
      .endpoints(
        path: "/",
        authorization: "/authorize",
        token: "/oauth/token",
        keys: "/.well-known/jwks.json"
      ),
    ],
    scopes: ["email", "profile"],
    // Auth0 Docs, "Get refresh tokens": the scope offline_access, and the API must allow it.
    offlineAccess: .scope,
    // Auth0 Docs, "Application settings": callback URLs are compared as a whole, with the port.
    loopbackPorts: .registered
  )
}
