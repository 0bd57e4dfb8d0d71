// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import Testing

/// The password grant, with a password that lies at hand and with one that is asked for.
@Suite struct PasswordTests {
  private static let atHand = CredentialSource.Secrets(password: password)

  @Sendable
  private static func password() async throws(CredentialsError) -> Secret { Secret("pass word") }

  private func request() throws -> CredentialRequest {
    var request = try Given.request()
    request.grant = .password
    request.username = "alice"
    return request
  }

  private func sent(_ world: World) throws -> [String: String] {
    World.fields(
      of: String(decoding: try #require(world.read { $0.requests.last }).body, as: UTF8.self)
    )
  }

  @Test func passwordAtHandNeedsNobody() async throws {
    let world = try World()
    world.edit { $0.secrets = Self.atHand }
    world.script(World.tokens(1))
    let request = try request()
    #expect(try await world.print(interactive: false, request: request).hasSuffix(" 970"))
    #expect(world.calls == ["metadata", "password", "keys"])
    #expect(try sent(world)["username"] == "alice")
    #expect(try sent(world)["password"] == "pass+word")
    #expect(world.read { $0.questions }.isEmpty)
    #expect(try await world.print(interactive: false, request: request).hasSuffix(" 970"))
    #expect(world.calls.count == 3, "the session serves from then on")
  }

  @Test func passwordThatIsAskedForIsNotShown() async throws {
    let world = try World()
    world.edit { $0.typed = ["pass word"] }
    world.script(World.tokens(1))
    _ = try await world.print(interactive: true, request: request())
    #expect(try sent(world)["password"] == "pass+word")
    let question = try #require(world.read { $0.questions.first })
    #expect(question.text == "password of alice at issuer.test: ")
    #expect(!question.echoes)
    #expect(!world.lines.contains("pass"))
  }

  /// A secret that was typed serves the renewals, too.
  @Test func clientSecretThatIsAskedForStaysWithTheSession() async throws {
    let world = try World()
    world.edit { $0.typed = ["client secret"] }
    world.script(World.tokens(1))
    var request = try Given.request()
    request.client.method = .secretPost
    _ = try await world.print(interactive: true, request: request)
    #expect(try sent(world)["client_secret"] == "client+secret")
    let question = try #require(world.read { $0.questions.first })
    #expect(question.text == "secret of the client kube at issuer.test: ")
    #expect(!question.echoes)
    #expect(try world.stored()?.clientSecret?.expose() == "client secret")
    world.pass(2000)
    world.script(World.tokens(2))
    _ = try await world.print(interactive: false, request: request)
    #expect(try sent(world)["client_secret"] == "client+secret")
    #expect(try sent(world)["refresh_token"] == "refresh-1")
    #expect(world.read { $0.questions.filter { !$0.text.isEmpty } }.count == 1)
    #expect(!world.lines.contains("client secret"))
  }

  @Test func clientSecretThatNobodyTypesIsNoLogin() async throws {
    let world = try World()
    var request = try Given.request()
    request.client.method = .secretBasic
    world.edit { $0.typed = [""] }
    let error = try await world.refusal(interactive: true, request: request)
    #expect(error?.code == .loginNeeded)
    #expect(error?.remedy.contains("--client-secret-file") == true)
    #expect(world.calls == ["metadata"])
  }

  @Test func noPasswordIsNoLogin() async throws {
    let world = try World()
    world.edit { $0.typed = [""] }
    let error = try await world.refusal(interactive: true, request: request())
    #expect(error?.code == .loginNeeded)
    #expect(error?.what == "a secret is needed that nobody has typed")
    #expect(world.calls == ["metadata"])
  }

  @Test(
    arguments: [(.auto, false, true), (.auto, true, false), (.never, true, true)]
      as [(LoginPreference, Bool, Bool)]
  )
  func nobodyIsAskedWhoMayNotBe(
    _ preference: LoginPreference,
    _ interactive: Bool,
    _ terminal: Bool
  ) async throws {
    let world = try World()
    world.edit { state in
      state.terminal = terminal
      state.typed = ["pass word"]
    }
    let error = try await world.refusal(preference, interactive: interactive, request: request())
    #expect(error?.code == .loginNeeded)
    #expect(world.calls.isEmpty)
  }

  @Test func neverMeansThePasswordAtHandToo() async throws {
    let world = try World()
    world.edit { $0.secrets = Self.atHand }
    #expect(try await world.refusal(.never, request: request())?.code == .loginNeeded)
    #expect(world.calls.isEmpty)
  }

  /// Issuers lock accounts after some wrong passwords.
  @Test func wrongPasswordIsNotSentAgainAtOnce() async throws {
    let world = try World()
    world.edit { $0.secrets = Self.atHand }
    world.script(World.dead)
    #expect(try await world.refusal(request: request())?.code == .refused)
    #expect(try await world.refusal(request: request())?.code == .loginNeeded)
    #expect(world.calls.filter { $0 == "password" }.count == 1)
  }
}
