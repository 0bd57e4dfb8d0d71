// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import SessionStore
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Grants that nobody logs in for: nothing is kept but the ready credential.
@Suite struct UnattendedTests {
  private func request(
    _ grant: GrantType = .clientCredentials,
    token: TokenKind = .access
  ) throws -> CredentialRequest {
    var request = try Given.request(secret: "s", scopes: ["api"], token: token)
    request.grant = grant
    request.subjectTokenType = "jwt"
    return request
  }

  private func sent(_ world: World) throws -> [String: String] {
    World.fields(
      of: String(decoding: try #require(world.read { $0.requests.last }).body, as: UTF8.self)
    )
  }

  @Test func clientCredentialsGiveAnAccessTokenAndKeepNoSession() async throws {
    let world = try World()
    world.script(World.tokens(1, id: false, refresh: false))
    #expect(try await world.print(request: request()) == "access-1 970")
    #expect(world.calls == ["metadata", "client_credentials"])
    #expect(try sent(world)["scope"] == "api")
    #expect(world.read { $0.written } == ["access-1 970"])
    #expect(try FileEffects.posix.status("\(world.store.folder)/store.json") == nil)
    #expect(world.read { $0.locks }.isEmpty)
  }

  @Test func readyCredentialAsksNobody() async throws {
    let world = try World()
    world.edit { $0.ready = Array("ready".utf8) }
    #expect(try await world.print(request: request()) == "ready")
    #expect(world.calls.isEmpty)
  }

  /// Nineteen of twenty find what the first has got.
  @Test func waiterTakesTheAnswerOfWhoeverHoldsTheLock() async throws {
    let world = try World()
    let request = try request()
    let lock = world.store.lockPath(forSession: try request.sessionID)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { world in
        if world.read({ $0.uptime }) > 1 { world.edit { $0.ready = Array("theirs".utf8) } }
      }
    }
    #expect(try await world.print(request: request) == "theirs")
    #expect(world.calls.isEmpty)
  }

  @Test func lockThatIsNeverFreedHoldsUpButDoesNotStop() async throws {
    let world = try World()
    let request = try request()
    let lock = world.store.lockPath(forSession: try request.sessionID)
    world.edit { $0.locks = [lock] }
    world.script(World.tokens(1))
    #expect(try await world.print(request: request) == "access-1 970")
    #expect(world.read { $0.locks } == [lock])
  }

  @Test func placeWithoutLocksIsNoObstacle() async throws {
    let world = try World()
    let descriptor = try FileEffects.posix.create(world.store.folder)
    try FileEffects.posix.close(descriptor)
    world.script(World.tokens(1))
    #expect(try await world.print(request: request()) == "access-1 970")
  }

  // MARK: what the issuer may answer

  static let refusals: [(World.Answer, CredentialsError.Code)] = [
    (World.error(401, "invalid_client"), .configuration),
    (World.error(400, "unauthorized_client"), .configuration),
    (World.error(400, "invalid_scope"), .configuration),
    (World.error(400, "invalid_target"), .configuration),
    (World.error(400, "invalid_grant"), .refused),
    (World.error(403), .refused),
    (World.error(429), .temporary),
    (World.error(503), .temporary),
    (World.error(500), .temporary),
    (World.error(200), .temporary),
    (World.offline, .temporary),
    (World.lost, .temporary),
    (World.tokens(1, type: "N_A"), .verdict),
  ]

  @Test(arguments: refusals.indices) func refusalIsClassified(_ index: Int) async throws {
    let (answer, code) = Self.refusals[index]
    let world = try World()
    world.script(answer)
    #expect(try await world.refusal(request: request())?.code == code)
    #expect(world.read { $0.written }.isEmpty)
    #expect(world.read { $0.locks }.isEmpty)
    #expect(world.calls.count == 2, "nothing is sent again")
  }

  @Test func idTokenIsJudged() async throws {
    let world = try World()
    world.script(World.tokens(1), World.tokens(2, by: .stranger), World.tokens(3, id: false))
    let request = try request(token: .id)
    #expect(try await world.print(request: request).hasSuffix(" 970"))
    #expect(try await world.refusal(request: request)?.code == .verdict)
    let missing = try await world.refusal(request: request)
    #expect(missing?.code == .configuration)
    #expect(missing?.what == "the issuer gave no id token for client-credentials")
  }

  // MARK: assertions

  private static func counting() -> CredentialSource.Secrets {
    let count = Mutex(0)
    let assertion: @Sendable () async throws(CredentialsError) -> Secret = {
      Secret("assertion-\(count.withLock { $0 += 1; return $0 })")
    }
    return CredentialSource.Secrets(assertion: assertion)
  }

  @Test(
    arguments: [
      (.jwtBearer, "assertion", "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"),
      (
        .tokenExchange, "subject_token",
        "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
      ),
    ] as [(GrantType, String, String)]
  )
  func assertionIsReadAnewEachTime(_ grant: GrantType, _ field: String, _ name: String)
    async throws
  {
    let world = try World()
    world.edit { $0.secrets = Self.counting() }
    world.script(World.tokens(1), World.tokens(2))
    for number in 1...2 {
      #expect(try await world.print(request: request(grant)) == "access-\(number) 970")
      #expect(try sent(world)[field] == "assertion-\(number)")
      #expect(try sent(world)["grant_type"] == name)
    }
  }

  @Test(arguments: [GrantType.jwtBearer, .tokenExchange, .given])
  func withoutAnAssertionNothingIsSent(_ grant: GrantType) async throws {
    let world = try World()
    #expect(try await world.refusal(request: request(grant))?.code == .configuration)
    #expect(world.read { $0.requests }.isEmpty)
  }

  // MARK: given

  private func given(_ token: String) throws -> World {
    let world = try World()
    let assertion: @Sendable () async throws(CredentialsError) -> Secret = { Secret(token) }
    world.edit { $0.secrets = CredentialSource.Secrets(assertion: assertion) }
    return world
  }

  @Test func givenTokenIsHandedOnAndNobodyIsAsked() async throws {
    let token = Forge.idToken(now: Given.now)
    let world = try given(token)
    #expect(try await world.print(request: request(.given)) == "\(token) 970")
    #expect(world.calls.isEmpty)
  }

  @Test func givenTokenThatHasExpiredIsRefused() async throws {
    let world = try given(Forge.idToken(now: Given.now.addingTimeInterval(-2000)))
    let error = try await world.refusal(request: request(.given))
    #expect(error?.code == .refused)
    #expect(error?.what == "the token that is to be handed on has expired")
  }

  @Test(arguments: ["opaque", "a.b.c", ""]) func givenTokenWithoutAnEndIsRefused(
    _ token: String
  ) async throws {
    let world = try given(token)
    #expect(try await world.refusal(request: request(.given))?.code == .configuration)
    #expect(world.read { $0.written }.isEmpty)
  }

  // MARK: the other verbs

  @Test(arguments: GrantType.allCases.filter(\.isUnattended))
  func thereIsNothingToLogInToOrOutOf(_ grant: GrantType) async throws {
    let world = try World()
    let source = try world.source(interactive: nil, request: request(grant))
    let error = await credentialsError { () async throws(CredentialsError) in
      try await source.login(switching: false)
    }
    #expect(error?.code == .configuration)
    #expect(try await source.forget() == .nothingToForget)
    #expect(world.calls.isEmpty)
  }
}
