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

/// Logins in a browser, and who gets none.
@Suite struct LoginTests {
  @Test(arguments: [(LoginPreference.auto, false), (.never, true), (.never, false)])
  func nobodyIsAskedWhoMayNotBe(_ preference: LoginPreference, _ interactive: Bool) async throws {
    let world = try World()
    let error = try await world.refusal(preference, interactive: interactive)
    #expect(error?.code == .loginNeeded)
    #expect(error?.what == "nobody is logged in")
    #expect(error?.remedy == "log in: lanyard login here")
    #expect(world.calls.isEmpty)
    #expect(world.read { $0.opened }.isEmpty)
  }

  @Test func backgroundCallerSaysWhoLogsIn() async throws {
    let world = try World()
    let lock = world.store.lockPath(forLogin: try Given.request().loginDigest)
    world.edit { $0.holders[lock] = LockHolder(process: 4711, since: Given.now) }
    let error = try await world.refusal()
    #expect(error?.code == .loginInProgress)
    #expect(error?.what.contains("4711") == true)
  }

  @Test func loginPrintsKeepsAndIsFoundAgain() async throws {
    let world = try World()
    world.script(World.tokens(1))
    let printed = try await world.print(interactive: true)
    #expect(printed.hasSuffix(" 970"))
    #expect(world.calls == ["metadata", "authorization_code", "keys"])
    let session = try #require(try world.stored())
    #expect(session.summary.subject == "alice")
    #expect(session.summary.renewable)
    #expect(session.refreshToken?.expose() == "refresh-1")
    #expect(world.read { $0.locks }.isEmpty)
    #expect(try await world.print() == printed)
    #expect(world.read { $0.opened.count } == 1)
  }

  @Test(arguments: ["127.0.0.1", "localhost", "[::1]"])
  func redirectNamesTheHostThatIsListenedOn(_ host: String) async throws {
    let world = try World()
    world.edit { $0.redirectHost = host }
    world.script(World.tokens(1))
    _ = try await world.print(interactive: true)
    let escaped = host.replacing("[", with: "%5B").replacing("]", with: "%5D")
      .replacing(":", with: "%3A")
    #expect(world.asked["redirect_uri"] == "http%3A%2F%2F\(escaped)%3A8000%2F")
  }

  @Test func endedSessionIsReplaced() async throws {
    let world = try World()
    try world.seed(
      Given.session(age: 2000) { $0.state = .ended(at: Given.now, why: "revoked") }
    )
    world.script(World.tokens(7))
    _ = try await world.print(interactive: true)
    #expect(world.lines.contains("the session has ended: revoked"))
    #expect(try world.stored()?.summary.state == .active)
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-7")
  }

  @Test func deadRenewalLeadsToALogin() async throws {
    let world = try World()
    try world.seed(Given.session(age: 2000))
    world.script(World.dead, World.tokens(7))
    _ = try await world.print(interactive: true)
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-7")
  }

  // MARK: another person

  @Test func anotherSubjectIsRefused() async throws {
    let world = try World()
    try world.seed(Given.session(age: 0))
    world.script(World.tokens(7, subject: "bob"))
    let source = try world.source(interactive: nil)
    let error = await credentialsError { () async throws(CredentialsError) in
      try await source.login(switching: false)
    }
    #expect(error?.code == .refused)
    #expect(error?.remedy.contains("--switch") == true)
    #expect(try world.stored()?.summary.subject == "alice")
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-1")
    #expect(world.read { $0.locks }.isEmpty)
  }

  @Test func anotherSubjectIsTakenIfThePersonSaysSo() async throws {
    let world = try World()
    try world.seed(Given.session(age: 0))
    world.script(World.tokens(7, subject: "bob"))
    let epoch = world.store.epoch()
    let outcome = try await world.source(interactive: nil).login(switching: true)
    #expect(outcome.session.summary.subject == "bob")
    #expect(try world.stored()?.summary.subject == "bob")
    #expect(world.store.epoch() != epoch, "what was ready for alice must not be printed")
  }

  /// Nobody may be sent through the same refused login by every background call.
  @Test func refusedSubjectBacksOff() async throws {
    let world = try World()
    try world.seed(Given.session(age: 2000, refresh: nil))
    world.script(World.tokens(7, subject: "bob"))
    #expect(try await world.refusal(interactive: true)?.code == .refused)
    #expect(try await world.refusal(interactive: true)?.code == .loginNeeded)
    #expect(world.read { $0.opened.count } == 1)
  }

  @Test func otherAuthoritiesNeedAnExplicitLogin() async throws {
    let world = try World()
    try world.seed(Given.session(age: 0))
    let request = try Given.request(authorities: "pem")
    world.script(World.tokens(7))
    let outcome = try await world.source(interactive: nil, request: request).login(switching: false)
    #expect(outcome.session.summary.authoritiesDigest == request.authoritiesDigest)
    #expect(try world.stored()?.summary.authoritiesDigest == request.authoritiesDigest)
  }

  /// A session that came meanwhile, under other authorities, is not overwritten on behalf of kubectl.
  @Test func otherAuthoritiesThatCameMeanwhileStay() async throws {
    let world = try World()
    let another: @Sendable (World) -> Void = {
      try? $0.seed(Given.session(age: 0) { $0.authoritiesDigest = "of others" })
    }
    world.script(World.answer(World.tokens(7), after: another))
    let error = try await world.refusal(interactive: true)
    #expect(error?.code == .configuration)
    #expect(error?.what.contains("trusts other certificates") == true)
    #expect(try world.stored()?.summary.authoritiesDigest == "of others")
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-1")
  }

  // MARK: whom the token is for

  /// `aud` and further claims of the token, what `--audience` asked for, and whether that is a login
  /// (OIDC Core 3.1.3.7, rules 3 to 5).
  static let audiences: [(audience: String, claims: String, asked: String?, passes: Bool)] = [
    (#"["kube","api"]"#, "", "api", true),
    (#"["kube","api"]"#, "", nil, false),
    (#"["kube","api"]"#, "", "other", false),
    (#"["kube","api","third"]"#, "", "api", false),
    (#""api""#, #""azp":"kube""#, "api", true),
    (#""api""#, #""azp":"kube""#, nil, false),
    (#""api""#, "", "api", false),
  ]

  @Test(arguments: audiences)
  func audienceThatWasAskedForIsTrusted(
    audience: String,
    claims: String,
    asked: String?,
    passes: Bool
  ) async throws {
    let world = try World()
    let request = try Given.request(audience: asked)
    world.script(World.tokens(7, audience: audience, claims: claims))
    if passes {
      #expect(try await world.print(interactive: true, request: request).hasSuffix(" 970"))
    } else {
      #expect(try await world.refusal(interactive: true, request: request)?.code == .verdict)
    }
  }

  // MARK: what goes wrong

  /// The login succeeded and its token is good, whatever the disk says.
  @Test func loginThatCannotBeKeptStillYieldsItsToken() async throws {
    let world = try World()
    try world.seed(Given.session(age: 2000, refresh: nil))
    world.edit { $0.failingSessionWrites = [1] }
    world.script(World.tokens(7))
    #expect(try await world.print(interactive: true).hasSuffix(" 970"))
    #expect(world.lines.contains("could not be kept"))
    #expect(try world.stored()?.refreshToken == nil)
  }

  /// The session is all that it would give, so nobody is sent through it.
  @Test func loginThatWasAskedForNeedsAStoreFirst() async throws {
    let world = try World()
    let descriptor = try FileEffects.posix.create(world.store.folder)
    try FileEffects.posix.close(descriptor)
    let source = try world.source(interactive: nil)
    let error = await credentialsError { () async throws(CredentialsError) in
      try await source.login(switching: false)
    }
    #expect(error?.code == .store)
    #expect(world.read { $0.opened }.isEmpty)
    #expect(world.calls.isEmpty)
  }

  /// Logged out between the login and the answer: what is printed is not kept ready.
  @Test func logoutRightAfterALoginIsNotUndone() async throws {
    let world = try World()
    world.script(World.tokens(7))
    let looks = Mutex(0)
    let slot = ReadySlot(
      lookup: { _ in
        if looks.withLock({
          $0 += 1; return $0
        }) == 2 {
          try? world.store.remove(Given.request().sessionID, expecting: 1)
        }
        return .miss(rejected: false)
      },
      write: { _, _, _ in Issue.record("kept ready") },
      render: { token, _ in Array(token.utf8) }
    )
    let source = try world.source(interactive: true)
    #expect(try await !source.credential(slot).isEmpty)
    #expect(looks.withLock { $0 } == 2)
  }

  @Test func failedLoginBacksOffForBackgroundCallersOnly() async throws {
    let world = try World()
    _ = try world.store.establish()
    world.script(World.error(400, "invalid_grant"), World.tokens(7))
    #expect(try await world.refusal(interactive: true)?.code == .refused)
    #expect(try await world.refusal(interactive: true)?.code == .loginNeeded)
    #expect(world.read { $0.opened.count } == 1)
    _ = try await world.source(interactive: nil).login(switching: false)
    #expect(world.read { $0.opened.count } == 2)
    #expect(try await world.print().hasSuffix(" 970"))
  }

  @Test func nobodyAnswers() async throws {
    let world = try World()
    world.edit { $0.personAnswers = false }
    let error = try await world.refusal(interactive: true)
    #expect(error?.code == .loginNeeded)
    #expect(error?.what == "nobody logged in within 10 minutes")
    #expect(world.read { $0.locks }.isEmpty)
  }

  @Test func tokenOfAStrangerIsNoLogin() async throws {
    let world = try World()
    world.script(World.tokens(7, by: .stranger))
    let error = try await world.refusal(interactive: true)
    #expect(error?.code == .verdict)
    #expect((error?.cause as? OAuthError)?.code == .tokenRejected)
    #expect(try FileEffects.posix.status("\(world.store.folder)/store.json") == nil)
  }

  // MARK: one login for many

  @Test func waiterSharesAnotherLogin() async throws {
    let world = try World()
    let lock = world.store.lockPath(forLogin: try Given.request().loginDigest)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { world in
        guard world.read({ $0.uptime }) > 1 else { return }
        let now = world.now
        try? world.seed(
          Given.session(id: "id-other") { summary in
            summary.loggedIn = now
            summary.idTimes = TokenTimes(life: .lasting(1000), received: now)
          }
        )
      }
    }
    #expect(try await world.print(interactive: true).hasPrefix("id-other"))
    #expect(world.read { $0.opened }.isEmpty)
  }

  /// Whoever trusts other certificates gets nothing of the login that was waited for.
  @Test func waiterWithOtherCertificatesSharesNothing() async throws {
    let world = try World()
    try world.store.prepareFolders()
    let request = try Given.request(authorities: "pem")
    let lock = world.store.lockPath(forLogin: request.loginDigest)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { world in
        let now = world.now
        try? world.seed(
          Given.session(id: "id-other") { summary in
            summary.loggedIn = now
            summary.idTimes = TokenTimes(life: .lasting(1000), received: now)
          }
        )
      }
    }
    let error = try await world.refusal(interactive: true, request: request)
    #expect(error?.code == .configuration)
    #expect(world.read { $0.opened }.isEmpty)
  }

  /// Another login ended between our look at the store and our taking of the lock.
  @Test func loginThatEndedJustBeforeIsSharedToo() async throws {
    let world = try World()
    let session = Given.session(id: "id-other")
    let slot = ReadySlot(
      lookup: { _ in .miss(rejected: false) },
      write: { _, _, _ in },
      render: { token, _ in Array(token.utf8) }
    )
    var effects = world.effects
    let attempt = effects.attemptLock
    effects.attemptLock = { path, why throws(LockProblem) in
      try? world.seed(session)
      return try attempt(path, why)
    }
    let other = CredentialSource(
      request: try Given.request(),
      store: world.store,
      effects: effects,
      options: world.options(interactive: true)
    )
    #expect(try await other.credential(slot) == Array("id-other".utf8))
    #expect(world.read { $0.opened }.isEmpty)
    #expect(world.read { $0.locks }.isEmpty)
  }

  /// Whoever waited for a login that somebody refused must not open the next tab.
  @Test func waiterOnARefusedLoginAsksNobody() async throws {
    let world = try World()
    try world.store.prepareFolders()
    let digest = try Given.request().loginDigest
    let lock = world.store.lockPath(forLogin: digest)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { world in
        guard world.read({ $0.uptime }) > 1, world.read({ !$0.locks.isEmpty }) else { return }
        LoginBackoff(store: world.store, digest: digest).failed(at: world.now)
        world.edit { $0.locks = [] }
      }
    }
    let error = try await world.refusal(interactive: true)
    #expect(error?.code == .loginNeeded)
    #expect(error?.what.contains("nobody is asked again for") == true)
    #expect(world.read { $0.opened }.isEmpty)
    #expect(world.read { $0.locks }.isEmpty)
  }
}
