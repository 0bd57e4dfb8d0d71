// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// glewlwyd, started for these tests: three kinds of keys, rotation, families that a replay ends, JWT access tokens.
@Suite(.enabled(if: Provider.areInstalled, "the providers are not installed"))
struct GlewlwydProviderTests {
  /// It renews without an ID token, so what is renewed is the access token, which is a JWT here.
  private static let access = ["--token", "access"]
  /// It offers both to everybody; this is how it looks without them.
  private static let plain = ["--par", "never", "--dpop", "never"]
  /// How lanyard says that.
  private static let notRenewable =
    "the token has expired and the issuer gave nothing to renew it with"
  private static let withoutIDToken = "the issuer renews without an ID token"

  @Test func `code and PKCE, public client`() async throws {
    try await Matrix.flow(.code, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, options: Self.plain, ProviderStories.logIn)
    }
  }

  @Test(arguments: ["client_secret_basic", "client_secret_post"])
  func `code and PKCE, confidential client`(method: String) async throws {
    let flow = method == "client_secret_post" ? Matrix.Flow.secretPost : .secretBasic
    try await Matrix.flow(flow, at: .glewlwyd) {
      try await ProviderDesk.with(
        .glewlwyd,
        client: .confidential,
        options: Self.plain + ["--client-auth", method],
        ProviderStories.logIn
      )
    }
  }

  @Test func `a client that signs: login, renewal, revocation`() async throws {
    try await Matrix.flow(.privateKeyJWT, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, client: .signing, options: Self.access) { desk in
        let token = try await desk.loggedIn()
        try await desk.untilExpired()
        let renewed = try await desk.getToken()
        try #require(renewed.status == 0, "\(renewed.errors)")
        try #require(try renewed.token != token)
        let logout = try await desk.lanyard("logout")
        try #require(
          logout.errors.contains("logged out; the refresh token is revoked"),
          "\(logout.errors)"
        )
        return "pushes, logs in, renews and revokes"
      }
    }
  }

  @Test func `a request that must be pushed`() async throws {
    try await Matrix.flow(.pushed, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, issuer: "pushed", ProviderStories.logInPushed)
    }
  }

  @Test func `an issuer that takes pushed requests only, and a person who forbids them`()
    async throws
  {
    _ = try await ProviderDesk.with(.glewlwyd, issuer: "pushed", options: ["--par", "never"]) {
      desk in
      let outcome = try await desk.getToken(["--login", "browser"])
      try #require(outcome.status == 7, "\(outcome.errors)")
      try #require(outcome.errors.contains("accepts pushed authorization requests only"))
      return ""
    }
  }

  /// The issuer refuses every proof without its nonce, so a login means that the client repeated its request.
  @Test func `a refresh token bound to a key, with a nonce in each proof`() async throws {
    try await Matrix.flow(.dpop, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, issuer: "nonce", options: ["--dpop", "always"]) {
        desk in
        try await desk.loggedIn()
        try await desk.untilExpired()
        // No ID token comes, as from all its issuers; a proof that it refused would be the reason instead.
        let renewed = try await desk.getToken()
        try #require(renewed.status == 3, "\(renewed.errors)")
        try #require(renewed.errors.contains(Self.withoutIDToken), "\(renewed.errors)")
        return "logs in, and renews with the key"
      }
    }
  }

  @Test func `an ID token signed with ES256`() async throws {
    try await Matrix.flow(.es256, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, issuer: "es256", ProviderStories.logInPushed)
    }
  }

  @Test func `an ID token signed with EdDSA`() async throws {
    try await Matrix.flow(.edDSA, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, issuer: "eddsa", ProviderStories.logInPushed)
    }
  }

  @Test func `a device login`() async throws {
    try await Matrix.flow(.device, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd) { desk in
        let login = try await desk.logInWithDevice()
        try #require(login.outcome.status == 0, "\(login.outcome.errors)")
        try #require(try login.outcome.token.split(separator: ".").count == 3)
        return "logs in, with an ID token"
      }
    }
  }

  @Test func `three renewals of the access token with rotation`() async throws {
    try await Matrix.flow(.renewalOfAccessToken, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, options: Self.access, ProviderStories.renewThrice)
    }
  }

  @Test func `a renewal brings no ID token: the old one while it is good, then a login`()
    async throws
  {
    try await Matrix.flow(.renewalOfIDToken, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, issuer: "lasting") { desk in
        let token = try await desk.loggedIn()
        // 100 seconds of life are due for renewal after 80; whoever has the turn then must not be in the way.
        let renewal = ContinuousClock.now + .seconds(80.5)
        try await Task.sleep(until: renewal - .seconds(10))
        let due = try await desk.getToken(at: renewal)
        try #require(due.errors.contains("a detached process renews the session"))
        try #require(due.status == 0, "\(due.errors)")
        try #require(try due.token == token)
        // Of the login, of the renewal, and of asking once more with the scope openid.
        let issued = try PrivateFile.read(try desk.provider.text("log")).split(separator: "\n")
          .count { $0.contains("Plugin 'lasting' - Refresh token generated") }
        try #require(issued == 3)
        try await Task.sleep(until: renewal + .seconds(20.5))
        let over = try await desk.getToken()
        try #require(over.status == 3, "\(over.errors)")
        try #require(over.output.isEmpty)
        try #require(!over.errors.contains("a detached process"), "not asked again and again")
        try #require(over.errors.contains(Self.notRenewable), "\(over.errors)")
        return
          "none comes, also when asked with scope openid; the old one while it is good, then exit 3"
      }
    }
  }

  @Test func `a dead refresh token is answered with 400 and nothing else`() async throws {
    try await Matrix.flow(.dead, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, options: Self.access) { desk in
        try await ProviderStories.outlive(desk, answer: "400")
      }
    }
  }

  @Test func `a replayed refresh token ends its family`() async throws {
    try await Matrix.flow(.replay, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, options: Self.access) { desk in
        try await ProviderStories.replay(desk, answer: "400")
        try await ProviderStories.requireEnded(desk, answer: "400")
        return "refused, exit 3; so is the newest refresh token from then on"
      }
    }
  }

  @Test func `logout revokes, for a confidential client`() async throws {
    try await Matrix.flow(.revocationWithSecret, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, client: .confidential, options: Self.access) { desk in
        try await ProviderStories.revoke(desk, answer: "400")
      }
    }
  }

  @Test func `a public client may not revoke, which logout tells`() async throws {
    try await Matrix.flow(.revocation, at: .glewlwyd) {
      try await ProviderDesk.with(.glewlwyd, options: Self.access) { desk in
        try await desk.loggedIn()
        try desk.save("left")
        let logout = try await desk.lanyard("logout")
        try #require(logout.status == 0, "\(logout.errors)")
        try #require(
          logout.errors.contains("logged out here, but not at the issuer: the issuer answered 401")
        )
        try #require(try await desk.getToken().status == 3)
        // A copy that somebody had made of the session is what the message warns of.
        try desk.restore("left")
        try await desk.untilExpired()
        let renewed = try await desk.getToken()
        try #require(renewed.status == 0, "\(renewed.errors)")
        _ = try renewed.token
        return "refused with 401; logout says that the refresh token may still work"
      }
    }
  }
}
