// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import SessionStore
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a credential, a login and a logout make of what lies about the sessions: locks, orphans, unfinished files.
@Suite struct StoreFoldersTests {
  private func world(_ session: Session = Given.session(age: 2000)) throws -> World {
    let world = try World()
    try world.seed(session)
    return world
  }

  private func orphans(_ world: World) throws -> [String] {
    try FileEffects.posix.list(world.runtime).filter { $0.contains(".orphan") }
  }

  /// A renewal whose successor the store could not take.
  private func leaveOrphan(_ world: World) async throws {
    world.edit { $0.failingSessionWrites = [2, 3] }
    world.script(World.tokens(2))
    guard case .notKept = try await world.renew() else {
      Issue.record("the token is good and must be handed out")
      return
    }
    #expect(try orphans(world).count == 1)
  }

  @Test func missingLocksFolderIsMadeForARenewal() async throws {
    let world = try world()
    #expect(unsafe rmdir("\(world.store.folder)/locks") == 0)
    world.script(World.tokens(2))
    #expect(try await world.print().hasSuffix(" 970"))
    #expect(world.calls.count { $0 == "refresh-1" } == 1)
  }

  @Test func missingLocksFolderIsMadeForALogout() async throws {
    let world = try world()
    #expect(unsafe rmdir("\(world.store.folder)/locks") == 0)
    #expect(try await world.source(interactive: nil).forget() == .forgotten)
    #expect(try world.stored() == nil)
  }

  @Test func renewalThatCannotBeStartedSaysWhy() async throws {
    let world = try world()
    world.edit { $0.renewals = .cannotStart }
    let error = try await world.refusal()
    #expect(error?.what.contains("could not be started: Died()") == true)
  }

  @Test func lockThatCannotBeHadIsAFailureOfTheStore() async throws {
    let world = try world()
    let failure = StoreError(FileFault(ENOSPC), doing: "lock", path: "/a/locks/b")
    var effects = world.effects
    effects.attemptLock = { _, _ throws(LockProblem) in throw failure }
    let source = CredentialSource(
      request: try Given.request(),
      store: world.store,
      effects: effects,
      options: world.options(interactive: false)
    )
    let slot = world.slot
    let error = await credentialsError { () async throws(CredentialsError) in
      try await source.credential(slot)
    }
    #expect(error?.code == .store)
    #expect(error?.cause as? StoreError == failure)
    #expect(error?.remedy.contains("free some space") == true)
  }

  @Test func loginDropsTheOrphan() async throws {
    let world = try world()
    try await leaveOrphan(world)
    world.script(World.tokens(7))
    _ = try await world.source(interactive: nil).login(switching: false)
    #expect(try orphans(world).isEmpty)
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-7")
  }

  @Test func logoutDropsTheOrphan() async throws {
    let world = try world()
    try await leaveOrphan(world)
    _ = try await world.source(interactive: nil).forget()
    #expect(try orphans(world).isEmpty)
  }

  /// The orphan of a session that has ended lay where neither the logout nor the login looked.
  @Test func orphanOfAnEndedSessionDoesNotReviveIt() async throws {
    let world = try world()
    try await leaveOrphan(world)
    let name = try #require(try orphans(world).first)
    let (kept, away) = ("\(world.runtime)/\(name)", "\(world.root)/away")
    try FileEffects.posix.rename(kept, away)
    _ = try await world.source(interactive: nil).forget()
    world.script(World.tokens(7))
    _ = try await world.source(interactive: nil).login(switching: false)
    try FileEffects.posix.rename(away, kept)
    world.pass(900)
    world.script(World.tokens(8))
    #expect(try await world.renew() == .renewed)
    #expect(world.calls.contains("refresh-7"), "the login's own token is spent, not the orphan's")
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-8")
    #expect(try orphans(world).isEmpty)
  }
}
