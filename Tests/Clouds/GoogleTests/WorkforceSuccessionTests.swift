// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import OAuth
import Synchronization
import Testing

/// Refresh tokens that change with each renewal, wherever the first of them lies.
@Suite struct WorkforceSuccessionTests {
  private static func answer(_ token: String, _ refreshToken: String?) -> HTTPAnswer {
    let more = refreshToken.map { #","refresh_token":"\#($0)""# } ?? ""
    // So short a life that each question is another renewal.
    return .json(#"{"access_token":"\#(token)","expires_in":60\#(more)}"#)
  }

  private static let refusal = HTTPAnswer.json(#"{"error":"invalid_grant"}"#, status: 400)

  private func spent(_ world: World) -> [String?] { world.calls.map { $0.form["refresh_token"] } }

  private func text(_ world: World) -> String {
    String(decoding: world.state.withLock { $0.files[World.file] ?? [] }, as: UTF8.self)
  }

  /// A machine whose gcloud has a workforce login, and where these answers come.
  private func signedIn(_ answers: [HTTPAnswer]) -> World {
    let folder = "/home/me/.config/gcloud"
    return World(["CLOUDSDK_CORE_ACCOUNT": "me@x"]) { state in
      state.rows["\(folder)/credentials.db"] = [
        [Array("me@x".utf8), Array(Credential.workforce.utf8)]
      ]
      state.answers = answers
    }
  }

  private func ask(_ world: World, scopes: [String] = []) async throws(CloudError) -> Secret {
    try await GoogleCredentials.token(GoogleRequest(scopes: scopes), world.effects).token
  }

  @Test func `the source of a service account that a file acts as`() async throws {
    let before = Credential.impersonating(Credential.workforce)
    let end = HTTPAnswer.json(#"{"accessToken":"u","expireTime":"2024-01-02T03:05:05Z"}"#)
    let world = World.adc(before, [:], [Self.answer("1", "n"), end, Self.answer("2", "m"), end])
    #expect(try await world.token().token == Secret("u"))
    let expected = before.replacing(#""refresh_token" : "r""#, with: #""refresh_token" : "n""#)
    #expect(text(world) == expected)
    #expect(try await world.token().token == Secret("u"))
    #expect(spent(world) == ["r", nil, "n", nil])
  }

  @Test func `a byte order mark stays where it is`() async throws {
    let before = "\u{FEFF}" + Credential.workforce
    let world = World.adc(before, [:], [Self.answer("1", "n")])
    _ = try await world.token()
    #expect(
      text(world) == before.replacing(#""refresh_token" : "r""#, with: #""refresh_token" : "n""#)
    )
  }

  @Test func `a row of gcloud's database, which stays as it is`() async throws {
    let world = signedIn([Self.answer("1", "n"), Self.answer("2", "m"), Self.answer("3", nil)])
    for name in ["1", "2", "3"] { #expect(try await ask(world) == Secret(name)) }
    #expect(spent(world) == ["r", "n", "m"])
    let told = world.state.withLock { $0.told }
    #expect(told.count == 1)
    #expect(told.first?.contains("gcloud auth login") == true)
  }

  @Test func `a new sign-in begins another succession`() async throws {
    let world = signedIn([Self.answer("1", "n"), Self.answer("2", "m")])
    _ = try await ask(world)
    let other = Credential.workforce
      .replacing(#""refresh_token" : "r""#, with: #""refresh_token" : "q""#)
    world.state.withLock {
      $0.rows["/home/me/.config/gcloud/credentials.db"] = [[Array("me@x".utf8), Array(other.utf8)]]
    }
    _ = try await ask(world)
    #expect(spent(world) == ["r", "q"])
  }

  @Test func `a successor that is refused gives way to the first one`() async throws {
    let world = signedIn([
      Self.answer("1", "n"), Self.refusal, Self.answer("2", nil), Self.answer("3", nil),
    ])
    for name in ["1", "2", "3"] { #expect(try await ask(world) == Secret(name)) }
    #expect(spent(world) == ["r", "n", "r", "r"])
  }

  @Test func `whatever the scopes, one at a time spends a token`() async throws {
    let world = signedIn([Self.answer("1", nil), Self.answer("2", nil)])
    _ = try await ask(world)
    _ = try await ask(world, scopes: ["a"])
    let locks = world.state.withLock { $0.locks }
    #expect(locks.count == 2 && Set(locks).count == 1)
    #expect(!"\(locks)".contains(#""r""#), "the refresh token itself is in no identity")
  }

  @Test func `a file that cannot be replaced is no place for a successor`() async throws {
    let world = World.adc(
      Credential.workforce,
      [:],
      [Self.answer("1", "n"), Self.answer("2", "m"), Self.answer("3", nil)]
    ) { $0.fixed = [World.file] }
    for name in ["1", "2", "3"] { #expect(try await world.token().token == Secret(name)) }
    #expect(spent(world) == ["r", "n", "m"])
    #expect(text(world) == Credential.workforce)
  }
}
