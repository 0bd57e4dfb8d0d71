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

/// Answers that never came, and successors that could not be written.
@Suite struct LostAnswerTests {
  private func world(change: (inout Session.Summary) -> Void = { _ in }) throws -> World {
    let world = try World()
    try world.seed(Given.session(age: 2000, change: change))
    return world
  }

  private static let lost =
    "the answer to an earlier renewal was lost on the way, and the issuer does not give it twice"

  @Test func unknownIsSentOnceMore() async throws {
    let world = try world()
    world.script(World.lost, World.tokens(2))
    #expect(try await world.renew() == .renewed)
    #expect(world.calls == ["metadata", "refresh-1", "refresh-1", "keys"])
    #expect(try world.stored()?.summary.uncertain == false)
  }

  @Test func unknownTwiceIsUncertainAndTheReasonOutlivesIt() async throws {
    let world = try world()
    world.script(World.lost, World.error(502), World.dead)
    guard case .failed(.temporary, _, _) = try await world.renew() else {
      Issue.record("not temporary")
      return
    }
    #expect(try world.stored()?.summary.uncertain == true)
    world.pass(5)
    #expect(try await world.renew() == .ended(why: Self.lost))
  }

  @Test(arguments: [(403, "access_denied"), (400, "invalid_scope")])
  func aRefusalDoesNotMakeALostAnswerForgotten(status: Int, code: String) async throws {
    let world = try world()
    world.script(World.lost, World.error(status, code), World.dead)
    guard case .failed = try await world.renew() else {
      Issue.record("not a failure")
      return
    }
    #expect(try world.stored()?.summary.uncertain == true)
    #expect(try await world.renew() == .ended(why: Self.lost))
  }

  /// What a renewal leaves that was killed between sending and persisting.
  @Test func intentWithoutOutcomeIsAnUnknownAnswer() async throws {
    let world = try world { $0.intent = Given.now.addingTimeInterval(-30) }
    world.script(World.dead)
    #expect(try await world.renew() == .ended(why: Self.lost))
    #expect(world.calls == ["metadata", "refresh-1"])
  }

  @Test func intentWithoutOutcomeMayHaveCostNothing() async throws {
    let world = try world { $0.intent = Given.now.addingTimeInterval(-30) }
    world.script(World.tokens(2))
    #expect(try await world.renew() == .renewed)
    #expect(try world.stored()?.summary.intent == nil)
    #expect(try world.stored()?.summary.uncertain == false)
  }

  @Test func intentWithoutOutcomeIsNotForgottenInAnOutage() async throws {
    let world = try world { $0.intent = Given.now.addingTimeInterval(-30) }
    world.script(World.offline, World.dead)
    guard case .failed(.temporary, _, _) = try await world.renew() else {
      Issue.record("not temporary")
      return
    }
    world.pass(60)
    #expect(try await world.renew() == .ended(why: Self.lost))
  }

  /// The issuer's metadata is asked for before anything is sent.
  @Test func intentWithoutOutcomeIsNotForgottenWhenMetadataFails() async throws {
    let world = try world { $0.intent = Given.now.addingTimeInterval(-30) }
    world.edit { $0.onMetadata = World.offline }
    guard case .failed(.temporary, _, _) = try await world.renew() else {
      Issue.record("not temporary")
      return
    }
    world.edit { $0.onMetadata = nil }
    world.script(World.dead)
    world.pass(60)
    #expect(try await world.renew() == .ended(why: Self.lost))
  }

  /// A kill between the two requests for an ID token must be noticed like any other.
  @Test func secondRequestHasAnIntentToo() async throws {
    let world = try world()
    let intents = Mutex<[Bool]>([])
    let note: @Sendable (World) -> Void = { world in
      let intent = (try? world.stored())?.summary.intent
      intents.withLock { $0.append(intent != nil) }
    }
    world.script(
      World.answer(World.tokens(2, id: false), after: note),
      World.answer(World.tokens(3), after: note)
    )
    #expect(try await world.renew() == .renewed)
    #expect(intents.withLock { $0 } == [true, true])
  }

  @Test func nothingIsSentWhenTheIntentCannotBeWritten() async throws {
    let world = try world()
    world.edit { $0.failingSessionWrites = [1] }
    guard case .store(let error) = try await world.renew() else {
      Issue.record("not a failure of the store")
      return
    }
    #expect(error.cause != nil, "the system's own words are for -v")
    #expect(world.calls == ["metadata"])
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-1")
  }

  /// Write 1 is the intent, 2 the successor into the space that was reserved, 3 the same into a new file.
  @Test func successorThatCannotBeWrittenIsAnOrphanAndIsTakenInNextTime() async throws {
    let world = try world()
    world.edit { $0.failingSessionWrites = [2, 3] }
    world.script(World.tokens(2))
    guard case .notKept(_, let times, let why) = try await world.renew() else {
      Issue.record("the token is good and must be handed out")
      return
    }
    #expect(times.isGood(at: world.now))
    #expect(!why.isEmpty)
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-1")

    #expect(try await world.renew() == .renewed)
    #expect(world.calls == ["metadata", "refresh-1", "keys"], "the spent token is not sent again")
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-2")
    #expect(try world.stored()?.summary.intent == nil)
    world.script(World.tokens(3))
    world.pass(900)
    #expect(try await world.renew() == .renewed)
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-3")
  }

  @Test func orphanWithAFailedVerdictStillKeepsTheRefreshToken() async throws {
    let world = try world()
    world.edit { $0.failingSessionWrites = [2, 3] }
    world.script(World.tokens(2, subject: "mallory"), World.tokens(3))
    guard case .failed(.verdict, _, _) = try await world.renew() else {
      Issue.record("the verdict must fail")
      return
    }
    #expect(try await world.renew() == .renewed)
    #expect(world.calls == ["metadata", "refresh-1", "keys", "refresh-2"])
  }

  /// Write 3 makes the judged tokens current; the successor is safe by then.
  @Test func tokenIsHandedOutWhenOnlyItsOwnWriteFails() async throws {
    let world = try world()
    world.edit { $0.failingSessionWrites = [3] }
    world.script(World.tokens(2))
    guard case .notKept = try await world.renew() else {
      Issue.record("the token is good and must be handed out")
      return
    }
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-2")
  }
}
