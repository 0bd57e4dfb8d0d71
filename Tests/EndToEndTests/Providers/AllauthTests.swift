// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// django-allauth, started for these tests: rotation, an ID token with every refresh, opaque access tokens.
@Suite(.enabled(if: Provider.areInstalled, "the providers are not installed"))
struct AllauthProviderTests {
  /// How its confidential clients get an ID token.
  private static let post = ["--client-auth", "client_secret_post"]

  @Test func `code and PKCE, public client`() async throws {
    try await Matrix.flow(.code, at: .allauth) {
      try await ProviderDesk.with(.allauth, ProviderStories.logIn)
    }
  }

  @Test func `code and PKCE, client_secret_post`() async throws {
    try await Matrix.flow(.secretPost, at: .allauth) {
      try await ProviderDesk.with(
        .allauth,
        client: .confidential,
        options: Self.post,
        ProviderStories.logIn
      )
    }
  }

  /// It looks for `openid` by the `client_id` of the form, which a client that authenticates with a header may omit
  /// (RFC 6749 §4.1.3).
  @Test func `a client with HTTP Basic gets no ID token, which is told with exit 7`() async throws {
    try await Matrix.flow(.secretBasic, at: .allauth) {
      try await ProviderDesk.with(.allauth, client: .confidential) { desk in
        let login = try await desk.logIn()
        try #require(login.outcome.status == 7, "\(login.outcome.errors)")
        try #require(login.outcome.output.isEmpty)
        try #require(login.outcome.errors.contains("the issuer gave no ID token"))
        return "no ID token: exit 7"
      }
    }
  }

  @Test func `nothing is pushed or bound where it is not offered`() async throws {
    let provider = try await Providers.shared.provider(.allauth)
    let metadata = try await provider.metadata("rs256")
    try await Matrix.flow(.pushed, at: .allauth) {
      try #require(metadata["pushed_authorization_request_endpoint"] == nil)
      return try await ProviderDesk.with(.allauth) { desk in
        let login = try await desk.logIn()
        try #require(login.outcome.status == 0, "\(login.outcome.errors)")
        try #require(login.address.contains("code_challenge="))
        return "not offered; the whole request goes through the browser"
      }
    }
    try await Matrix.flow(.dpop, at: .allauth) {
      try #require(metadata["dpop_signing_alg_values_supported"] == nil)
      return try await ProviderDesk.with(.allauth, options: ["--dpop", "always"]) { desk in
        let login = try await desk.logIn()
        try #require(login.outcome.status == 4, "\(login.outcome.errors)")
        try #require(login.outcome.output.isEmpty)
        try #require(login.outcome.errors.contains("does not bind its refresh tokens to a key"))
        return "not offered; `--dpop always` is exit 4"
      }
    }
    try await Matrix.flow(.privateKeyJWT, at: .allauth) {
      let methods = metadata["token_endpoint_auth_methods_supported"]?.array?.map(\.string)
      try #require(methods?.contains("private_key_jwt") == false)
      return "not offered"
    }
    for flow in [Matrix.Flow.es256, .edDSA] {
      try await Matrix.flow(flow, at: .allauth) {
        try #require(metadata["id_token_signing_alg_values_supported"] == ["RS256"])
        return "not offered; RS256 only"
      }
    }
  }

  @Test func `a dead refresh token is answered with invalid_grant`() async throws {
    try await Matrix.flow(.dead, at: .allauth) {
      try await ProviderDesk.with(.allauth) { desk in
        try await ProviderStories.outlive(desk, answer: "400 invalid_grant")
      }
    }
  }

  @Test func `a replayed refresh token is refused, and its family lives on`() async throws {
    try await Matrix.flow(.replay, at: .allauth) {
      try await ProviderDesk.with(.allauth) { desk in
        try await ProviderStories.replay(desk, answer: "400 invalid_grant")
        let newest = try await desk.getToken()
        try #require(newest.status == 0, "\(newest.errors)")
        _ = try newest.token
        return "refused, exit 3; the newest refresh token still works"
      }
    }
  }

  @Test func `logout revokes, for a public client as well`() async throws {
    try await Matrix.flow(.revocation, at: .allauth) {
      try await ProviderDesk.with(.allauth) { desk in
        try await ProviderStories.revoke(desk, answer: "400 invalid_grant")
      }
    }
  }

  @Test func `logout revokes, for a confidential client`() async throws {
    try await Matrix.flow(.revocationWithSecret, at: .allauth) {
      try await ProviderDesk.with(.allauth, client: .confidential, options: Self.post) { desk in
        try await ProviderStories.revoke(desk, answer: "400 invalid_grant")
      }
    }
  }

  /// It adds no ID token to the device's answer although `openid` was granted.
  @Test func `a device login gets its ID token by a renewal at once`() async throws {
    try await Matrix.flow(.device, at: .allauth) {
      try await ProviderDesk.with(.allauth) { desk in
        let login = try await desk.logInWithDevice()
        try #require(login.outcome.status == 0, "\(login.outcome.errors)")
        try #require(
          login.outcome.errors.contains(
            "gave the device no ID token; asking for one with the refresh"
          )
        )
        try #require(try login.outcome.token.split(separator: ".").count == 3)
        return "logs in; the ID token comes with a renewal at once"
      }
    }
  }

  @Test func `three renewals with rotation, each with an ID token`() async throws {
    try await Matrix.flow(.renewalOfIDToken, at: .allauth) {
      try await ProviderDesk.with(.allauth, ProviderStories.renewThrice)
    }
  }

  /// Its access tokens are opaque, so an API server could not judge them by itself.
  @Test func `three renewals of the access token with rotation`() async throws {
    try await Matrix.flow(.renewalOfAccessToken, at: .allauth) {
      try await ProviderDesk.with(
        .allauth,
        options: ["--token", "access"],
        ProviderStories.renewThrice
      )
    }
  }
}
