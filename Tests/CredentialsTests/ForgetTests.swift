// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import SessionStore
import Testing

/// Logouts and logins where the session before cannot be opened.
@Suite struct ForgetTests {
  /// A world whose session is encrypted under a key that is gone.
  private func worldWithAnotherKey() throws -> World {
    let world = try World()
    try world.seed(Given.session())
    try FileEffects.posix.unlink("\(world.store.folder)/key")
    try FileEffects.posix.unlink("\(world.store.folder)/store.json")
    _ = try world.store.establish()
    return world
  }

  private func files(_ world: World) throws -> [String] {
    try FileEffects.posix.list("\(world.store.folder)/sessions")
  }

  @Test func sessionOfAnotherKeyIsExitSixUntilSomebodyAsks() async throws {
    let world = try worldWithAnotherKey()
    let error = try await world.refusal(interactive: true)
    #expect(error?.code == .store)
    #expect(error?.remedy.contains("lanyard login") == true)
    #expect(try files(world).count == 1)
  }

  @Test func loginSetsTheSessionOfAnotherKeyAside() async throws {
    let world = try worldWithAnotherKey()
    world.script(World.tokens(7))
    let outcome = try await world.source(interactive: nil).login(switching: false)
    #expect(outcome.notKept == nil)
    #expect(world.lines.contains("was encrypted under another key; it is kept as "))
    #expect(try files(world).contains { $0.contains(".other-key-") })
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-7")
  }

  @Test func logoutSetsTheSessionOfAnotherKeyAside() async throws {
    let world = try worldWithAnotherKey()
    let epoch = world.store.epoch()
    let source = try world.source(interactive: nil)
    guard case .notRevoked(let why) = try await source.forget() else {
      Issue.record("nothing can have been revoked")
      return
    }
    #expect(why.contains("a key that is not here, and kept as "))
    #expect(try files(world).allSatisfy { $0.contains(".other-key-") })
    #expect(world.store.epoch() != epoch)
    #expect(try await source.forget() == .nothingToForget)
  }

  @Test func logoutOfADamagedSessionSaysSo() async throws {
    let world = try World()
    try world.seed(Given.session())
    try world.store.advanceEpoch()
    let epoch = world.store.epoch()
    let path = "\(world.store.folder)/sessions/\(try Given.request().sessionID)"
    try FileEffects.posix.unlink(path)
    try FileEffects.posix.close(FileEffects.posix.create(path))
    let outcome = try await world.source(interactive: nil).forget()
    guard case .notRevoked(let why) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(why.contains("was damaged; it is kept as "))
    #expect(world.store.epoch() != epoch)
  }

  /// A token that was printed while its session could not be kept is ready, and must not outlive a logout.
  @Test func logoutOfNobodyMovesTheEpoch() async throws {
    let world = try World()
    _ = try world.store.establish()
    try world.store.advanceEpoch()
    let epoch = world.store.epoch()
    #expect(try await world.source(interactive: nil).forget() == .nothingToForget)
    #expect(world.store.epoch() != epoch)
  }

  @Test func logoutWithoutAStoreMakesNone() async throws {
    let world = try World()
    #expect(try await world.source(interactive: nil).forget() == .nothingToForget)
    #expect(try FileEffects.posix.list(world.root).isEmpty)
  }
}
