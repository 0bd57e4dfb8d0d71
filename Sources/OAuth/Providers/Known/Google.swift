// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// Google's accounts.
  package static let google = ProviderPreset(
    name: "google",
    title: "Google",
    // https://accounts.google.com/.well-known/openid-configuration
    recognition: [.issuer("https://accounts.google.com")],
    // Google Identity, "OpenID Connect": there are no groups in the token, so clusters map the address.
    scopes: ["email"],
    // Google Identity, "OpenID Connect", access_type and prompt: offline_access is no scope there, and
    // after the first consent a refresh token comes only with another one.
    offlineAccess: .parameters(prompt: "consent", name: "access_type", value: "offline"),
    // Google Identity, "OAuth 2.0 for mobile and desktop apps": desktop clients use any loopback port.
    loopbackPorts: .any([.ipv4, .localhost, .ipv6]),
    // Google Identity, "OAuth 2.0 for TV and limited-input devices": its own kind of client.
    deviceFlow: .limited(
      "Google needs a client of the kind \"TVs and limited input devices\" for logins by code"
    )
  )
}
