// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import SessionStore
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `CredentialSource.credential`, with nobody there to log in.
@Suite struct CredentialTests {
  private func world(
    age: Double,
    change: (inout Session.Summary) -> Void = { _ in }
  ) throws -> World {
    let world = try World()
    try world.seed(Given.session(age: age, change: change))
    return world
  }

  private func sessionLock(_ world: World) throws -> String {
    world.store.lockPath(forSession: try Given.request().sessionID)
  }

  @Test func readyCredentialIsPrintedWithoutAnythingElse() async throws {
    let world = try World()
    world.edit { $0.ready = Array("ready".utf8) }
    #expect(try await world.print() == "ready")
    #expect(world.calls.isEmpty)
    #expect(try FileEffects.posix.list(world.root).isEmpty)
  }

  @Test func freshTokenIsHandedOutAndKeptReady() async throws {
    let world = try world(age: 100)
    #expect(try await world.print() == "id-1 870")
    #expect(world.read { $0.written } == ["id-1 870"])
    #expect(world.calls.isEmpty)
  }

  @Test func dueTokenIsRenewed() async throws {
    let world = try world(age: 900)
    world.script(World.tokens(2))
    let printed = try await world.print()
    #expect(printed.hasSuffix(" 970"))
    #expect(!printed.hasPrefix("id-1"))
    #expect(world.read { $0.written } == [printed])
    #expect(world.calls == ["renewal", "metadata", "refresh-1", "keys"])
    #expect(world.read { $0.locks }.isEmpty)
  }

  @Test func rejectedTokenIsRenewedOnce() async throws {
    let world = try world(age: 100)
    world.edit { $0.rejected = true }
    world.script(World.tokens(2))
    let renewed = try await world.print()
    #expect(!renewed.hasPrefix("id-1"))
    #expect(try await world.print() == renewed)
    #expect(world.calls.filter { $0.hasPrefix("renewal") } == ["renewal for a rejection"])
  }

  // MARK: waiting

  @Test func waiterSharesWhatAnotherRenewed() async throws {
    let world = try world(age: 2000)
    let lock = try sessionLock(world)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { world in
        if world.read({ $0.uptime }) > 1 {
          try? world.seed(Given.session(age: 0, id: "id-other"))
        }
      }
    }
    #expect(try await world.print().hasPrefix("id-other"))
    #expect(world.calls.isEmpty)
  }

  /// Another process renews because of the same rejection: its token is waited for, not the rejected one handed out.
  @Test func waiterWithARejectedTokenDoesNotGetItAgain() async throws {
    let world = try world(age: 100)
    let lock = try sessionLock(world)
    world.edit { state in
      state.rejected = true
      state.locks = [lock]
      state.onPause = { world in
        if world.read({ $0.uptime }) > 0.5 {
          let now = world.now
          try? world.seed(Given.session(age: 0, id: "id-other") { $0.rejectionRenewed = now })
        }
      }
    }
    #expect(try await world.print().hasPrefix("id-other"))
  }

  @Test func waiterStopsAfterItsDeadline() async throws {
    let world = try world(age: 2000)
    let lock = try sessionLock(world)
    world.edit { $0.locks = [lock] }
    #expect(try await world.refusal()?.code == .temporary)
    #expect(abs(world.read { $0.uptime } - Numbers.renewalWait) < 1)
  }

  @Test func waiterWithAGoodTokenHasLittlePatience() async throws {
    let world = try world(age: 900)
    let lock = try sessionLock(world)
    world.edit { $0.locks = [lock] }
    #expect(try await world.print().hasPrefix("id-1"))
    #expect(abs(world.read { $0.uptime } - Numbers.patience) < 0.5)
    #expect(world.read { $0.written }.isEmpty, "what is due is not kept ready")
  }

  @Test(arguments: [World.Renewals.neverReport, .die, .cannotStart])
  func goodTokenOutlivesARenewalThatDoesNotAnswer(_ renewals: World.Renewals) async throws {
    let world = try world(age: 900)
    world.edit { $0.renewals = renewals }
    #expect(try await world.print().hasPrefix("id-1"))
  }

  @Test(
    arguments: [
      (World.Renewals.neverReport, CredentialsError.Code.temporary), (.die, .failed),
      (.cannotStart, .failed),
    ] as [(World.Renewals, CredentialsError.Code)]
  )
  func withoutAGoodTokenItIsAnError(_ renewals: World.Renewals, _ code: CredentialsError.Code)
    async throws
  {
    let world = try world(age: 2000)
    world.edit { $0.renewals = renewals }
    #expect(try await world.refusal()?.code == code)
  }

  @Test func renewalThatCannotStartGivesTheLockBack() async throws {
    let world = try world(age: 2000)
    world.edit { $0.renewals = .cannotStart }
    _ = try await world.refusal()
    #expect(world.read { $0.locks }.isEmpty)
  }

  // MARK: failures

  @Test(
    arguments: [
      (World.offline, CredentialsError.Code.temporary), (World.error(429), .temporary),
      (World.error(401, "invalid_client"), .configuration), (World.error(403), .refused),
      (World.tokens(2, by: .stranger), .verdict), (World.dead, .loginNeeded),
    ] as [(World.Answer, CredentialsError.Code)]
  )
  func failureWithoutAGoodToken(_ answer: @escaping World.Answer, _ code: CredentialsError.Code)
    async throws
  {
    let world = try world(age: 2000)
    world.script(answer)
    #expect(try await world.refusal()?.code == code)
    #expect(world.read { $0.opened }.isEmpty)
  }

  @Test(
    arguments: [World.offline, World.error(429), World.error(403), World.dead] as [World.Answer]
  )
  func failureWithAGoodToken(_ answer: @escaping World.Answer) async throws {
    let world = try world(age: 900)
    world.script(answer)
    #expect(try await world.print().hasPrefix("id-1"))
  }

  @Test func failedVerdictIsNotHiddenByAnOldToken() async throws {
    let world = try world(age: 900)
    world.script(World.tokens(2, subject: "mallory"))
    #expect(try await world.refusal()?.code == .verdict)
    #expect(try await world.refusal()?.code == .verdict, "shared until it is tried again")
    #expect(world.calls == ["renewal", "metadata", "refresh-1", "keys"])
  }

  @Test func outageIsSharedWithoutAskingTheIssuer() async throws {
    let world = try world(age: 2000) { $0.outage = Given.outage(until: 9) }
    let error = try await world.refusal()
    #expect(error?.code == .temporary)
    #expect(error?.remedy == "wait; next try in 9 s")
    #expect(world.calls.isEmpty)
  }

  @Test func sessionThatCannotBeWrittenStartsNoRenewal() async throws {
    let world = try world(age: 2000)
    let sessions = "\(world.store.folder)/sessions"
    try FileEffects.posix.rename(sessions, sessions + ".away")
    let descriptor = try FileEffects.posix.create(sessions)
    try FileEffects.posix.close(descriptor)
    #expect(try await world.refusal()?.code == .store)
    #expect(world.calls.isEmpty)
  }

  @Test func tokenThatCouldNotBeKeptIsPrintedWithAWarning() async throws {
    let world = try world(age: 2000)
    world.edit { $0.failingSessionWrites = [2, 3] }
    world.script(World.tokens(2))
    #expect(try await world.print().hasSuffix(" 970"))
    #expect(world.lines.contains("could not be kept"))
  }

  @Test func otherAuthoritiesAreRefused() async throws {
    let world = try world(age: 100)
    let error = try await world.refusal(request: Given.request(authorities: "pem"))
    #expect(error?.code == .configuration)
    #expect(error?.remedy.contains("lanyard login here") == true)
  }

  // MARK: what happens during the wait is final

  @Test func logoutDuringTheWaitIsFinal() async throws {
    let world = try world(age: 900)
    let lock = try sessionLock(world)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { world in
        guard world.read({ $0.locks.contains(lock) }) else { return }
        try? world.store.remove(Given.request().sessionID, expecting: 1)
        world.edit { _ = $0.locks.remove(lock) }
      }
    }
    #expect(try await world.refusal()?.code == .loginNeeded)
    #expect(world.calls.isEmpty)
  }

  /// The lock stays taken: another person's login came between, or somebody logged out and in.
  @Test func anotherLoginDuringALongWaitIsHandedOut() async throws {
    let world = try world(age: 900)
    let lock = try sessionLock(world)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { world in
        if world.read({ $0.uptime }) > Numbers.patience - 0.15 {
          try? world.seed(Given.session(age: 850, id: "id-other"))
        }
      }
    }
    #expect(try await world.print().hasPrefix("id-other"))
  }

  /// A token that failed its verdict says that something is wrong now, to those who waited for it, too.
  @Test func verdictDuringTheWaitIsShared() async throws {
    let world = try world(age: 900)
    let lock = try sessionLock(world)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { world in
        guard world.read({ $0.locks.contains(lock) }) else { return }
        try? world.seed(
          Given.session(age: 900) { $0.outage = Given.outage(until: 60, code: .verdict) }
        )
        world.edit { _ = $0.locks.remove(lock) }
      }
    }
    #expect(try await world.refusal()?.code == .verdict)
  }

  @Test func otherCertificatesAtALoginDuringTheWaitAreRefused() async throws {
    let world = try world(age: 900)
    let lock = try sessionLock(world)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { world in
        guard world.read({ $0.locks.contains(lock) }) else { return }
        try? world.seed(Given.session(age: 0, id: "id-other") { $0.authoritiesDigest = "other" })
        world.edit { _ = $0.locks.remove(lock) }
      }
    }
    #expect(try await world.refusal()?.code == .configuration)
  }

  // MARK: the old token ends during the wait

  @Test func oldTokenThatExpiredWhileTheLockWasHeldIsNotHandedOut() async throws {
    let world = try World()
    try world.seed(Given.session(age: 900))
    let lock = world.store.lockPath(forSession: try Given.request().sessionID)
    world.edit { state in
      state.locks = [lock]
      state.onPause = { $0.pass(200) }
    }
    #expect(try await world.refusal()?.code == .temporary)
  }

  @Test(arguments: [World.dead, World.offline, World.error(503)] as [World.Answer])
  func oldTokenThatExpiredDuringTheRenewalIsNotHandedOut(_ answer: @escaping World.Answer)
    async throws
  {
    let world = try World()
    try world.seed(Given.session(age: 900))
    world.script(World.answer(answer, after: { $0.pass(200) }))
    let error = try await world.refusal()
    #expect(error?.code == .loginNeeded || error?.code == .temporary)
    #expect(world.read { $0.written }.isEmpty)
  }
}
