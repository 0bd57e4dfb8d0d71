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

@Suite struct RenewalTests {
  private func world(
    age: Double = 2000,
    change: (inout Session.Summary) -> Void = { _ in }
  ) throws -> World {
    let world = try World()
    try world.seed(Given.session(age: age, change: change))
    return world
  }

  @Test func successRotatesAndStores() async throws {
    let world = try world { $0.outage = Given.outage(until: -1, failures: 3) }
    world.script(World.tokens(2))
    #expect(try await world.renew() == .renewed)
    let session = try #require(try world.stored())
    #expect(session.refreshToken?.expose() == "refresh-2")
    #expect(session.accessToken?.expose() == "access-2")
    #expect(session.idToken?.expose() != "id-1")
    #expect(session.summary.idTimes?.isDue(at: world.now) == false)
    #expect(session.summary.intent == nil)
    #expect(session.summary.outage == nil)
    #expect(session.summary.rejectionRenewed == nil)
    #expect(world.calls == ["metadata", "refresh-1", "keys"])
  }

  @Test func issuerThatDoesNotRotateKeepsItsToken() async throws {
    let world = try world()
    world.script(World.tokens(2, refresh: false))
    #expect(try await world.renew() == .renewed)
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-1")
  }

  @Test func nothingIsSpentWhenAnotherWasFaster() async throws {
    let world = try world(age: 0)
    #expect(try await world.renew() == .renewed)
    #expect(world.calls.isEmpty)
  }

  @Test func documentsAreCached() async throws {
    let world = try world()
    world.script(World.tokens(2), World.tokens(3))
    _ = try await world.renew()
    world.pass(900)
    #expect(try await world.renew() == .renewed)
    #expect(world.calls == ["metadata", "refresh-1", "keys", "refresh-2"])
  }

  /// The order that makes a kill harmless, as the issuer sees it on the disk.
  @Test func intentIsOnDiskBeforeTheTokenIsSentAndTheSuccessorBeforeKeysAreAsked() async throws {
    let world = try world()
    let seen = Mutex<[String]>([])
    let note: @Sendable (World) -> Void = { world in
      let session = try? world.stored()
      seen.withLock {
        $0.append(
          "\(session?.refreshToken?.expose() ?? "") \(session?.idToken?.expose() ?? "") "
            + (session?.summary.intent == nil ? "done" : "intent")
        )
      }
    }
    world.edit { $0.onKeys = note }
    world.script(World.answer(World.tokens(2), after: note))
    #expect(try await world.renew() == .renewed)
    #expect(seen.withLock { $0 } == ["refresh-1 id-1 intent", "refresh-2 id-1 done"])
  }

  @Test(
    arguments: [
      World.tokens(2, by: .stranger), World.tokens(2, subject: "mallory"),
      World.tokens(2, life: -400),
    ] as [World.Answer]
  )
  func failedVerdictKeepsTheRefreshTokenAndWithholdsTheRest(answer: @escaping World.Answer)
    async throws
  {
    let world = try world()
    world.script(answer)
    guard case .failed(.verdict, _, _) = try await world.renew() else {
      Issue.record("the verdict must fail")
      return
    }
    let session = try #require(try world.stored())
    #expect(session.refreshToken?.expose() == "refresh-2")
    #expect(session.idToken?.expose() == "id-1")
    #expect(session.accessToken?.expose() == "access-1")
    #expect(session.summary.outage?.code == .verdict)
    #expect(session.summary.state == .active)
  }

  /// What the login's ID token said (claims as JSON), what the renewed one says, and whether it passes.
  static let repetitions: [(login: String, renewed: String, passes: Bool)] = [
    ("", "", true),
    ("", #""nonce":"of-the-login""#, true),
    ("", #""nonce":"another""#, false),
    ("", #""azp":"kube""#, false),
    (#""azp":"kube""#, "", false),
    (#""azp":"kube""#, #""azp":"kube""#, true),
    (#""auth_time":1699990000"#, #""auth_time":1699990000"#, true),
    (#""auth_time":1699990000"#, #""auth_time":1699990001"#, true),
    (#""auth_time":1699990000"#, #""auth_time":1699989999"#, false),
    (#""auth_time":1699990000"#, "", true),
  ]

  /// OIDC Core 12.2.
  @Test(arguments: repetitions)
  func renewedTokenIsOfTheSameLogin(login: String, renewed: String, passes: Bool) async throws {
    let world = try World()
    let old = Forge.idToken(now: Given.now.addingTimeInterval(-2000), claims: login)
    try world.seed(Given.session(age: 2000, id: old) { $0.nonce = "of-the-login" })
    world.script(World.tokens(2, claims: renewed))
    let report = try await world.renew()
    if passes {
      #expect(report == .renewed)
      return
    }
    guard case .failed(.verdict, _, _) = report else {
      Issue.record("the verdict must fail, not \(report)")
      return
    }
    #expect(try world.stored()?.idToken?.expose() == old)
  }

  @Test func renewedTokenIsSignedAsTheIssuerAnnounced() async throws {
    let world = try world()
    let announced = Forge.metadata.replacing(#"["ES256"]"#, with: #"["RS256"]"#)
    world.edit { $0.onMetadata = { _ throws(TransportFailure) in World.ok(announced) } }
    world.script(World.tokens(2))
    guard case .failed(.verdict, let what, _) = try await world.renew() else {
      Issue.record("the verdict must fail")
      return
    }
    #expect(what.hasSuffix("it is signed with ES256, which the issuer does not announce"))
  }

  /// An issuer that is wrong about its tokens for a while costs no login.
  @Test func unusableTypeWithholdsTheTokenAndKeepsTheSession() async throws {
    let world = try world()
    world.script(World.tokens(2, type: "mac"), World.tokens(3))
    guard case .failed(.verdict, let what, _) = try await world.renew() else {
      Issue.record("the type must be refused")
      return
    }
    #expect(what == "the issuer gave a token of type \"mac\", which kubectl cannot send")
    let session = try #require(try world.stored())
    #expect(session.refreshToken?.expose() == "refresh-2")
    #expect(session.summary.renewable)
    world.pass(61)
    #expect(try await world.renew() == .renewed)
    #expect(world.calls == ["metadata", "refresh-1", "refresh-2", "keys"])
  }

  @Test func deadEndsTheSessionAndKeepsItsRecord() async throws {
    let world = try world()
    world.script(World.dead)
    #expect(try await world.renew() == .ended(why: "the issuer answered 400 invalid_grant"))
    let session = try #require(try world.stored())
    #expect(
      session.summary.state
        == .ended(at: world.now, why: "the issuer answered 400 invalid_grant")
    )
    #expect(session.summary.intent == nil)
    #expect(session.summary.subject == "alice")
  }

  @Test func anotherTokenInTheStoreIsTriedOnce() async throws {
    let world = try world()
    let login: @Sendable (World) -> Void = {
      try? $0.seed(Given.session(age: 2000, refresh: "refresh-9"))
    }
    world.script(World.answer(World.dead, after: login), World.tokens(10))
    #expect(try await world.renew() == .renewed)
    #expect(world.calls == ["metadata", "refresh-1", "refresh-9", "keys"])
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-10")
  }

  @Test(
    arguments: [
      (World.error(401, "invalid_client"), CredentialsError.Code.configuration),
      (World.error(403, "access_denied"), .refused),
    ] as [(World.Answer, CredentialsError.Code)]
  )
  func refusalLeavesTheSession(_ answer: @escaping World.Answer, _ code: CredentialsError.Code)
    async throws
  {
    let world = try world()
    world.script(answer)
    guard case .failed(code, _, _) = try await world.renew() else {
      Issue.record("not \(code)")
      return
    }
    let session = try #require(try world.stored())
    #expect(session.refreshToken?.expose() == "refresh-1")
    #expect(session.summary.state == .active)
    #expect(session.summary.intent == nil)
    #expect(session.summary.outage == nil)
  }

  @Test func temporaryFailureIsSharedAndDoubles() async throws {
    let world = try world()
    for wait in [5.0, 10, 20, 40, 60, 60] {
      world.script(World.offline)
      guard case .failed(.temporary, _, _) = try await world.renew() else {
        Issue.record("not temporary")
        return
      }
      let outage = try #require(try world.stored()?.summary.outage)
      #expect(outage.until == world.now.addingTimeInterval(wait))
      world.pass(wait)
    }
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-1")
    #expect(try world.stored()?.summary.uncertain == false)
  }

  @Test func noIDTokenTwiceMakesTheSessionUnrenewable() async throws {
    let world = try world()
    world.script(World.tokens(2, id: false), World.tokens(3, id: false))
    #expect(try await world.renew() == .noToken(why: "the issuer renews without an ID token"))
    #expect(world.calls == ["metadata", "refresh-1", "refresh-2 with scope"])
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-3")
    #expect(try world.stored()?.summary.renewable == false)
  }

  @Test func accessTokenNeedsNoIDToken() async throws {
    let world = try world()
    world.script(World.tokens(2, id: false))
    #expect(try await world.renew(token: .access) == .renewed)
    #expect(try world.stored()?.accessToken?.expose() == "access-2")
  }

  @Test func rejectionIsMarked() async throws {
    let world = try world(age: 100)
    world.script(World.tokens(2))
    #expect(try await world.renew(rejected: true) == .renewed)
    #expect(try world.stored()?.summary.rejectionRenewed == world.now)
  }
}
