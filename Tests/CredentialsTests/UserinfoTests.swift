// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTypes
import OAuth
import SessionStore
import Testing

/// The name of a person whose ID token has none (OpenID Connect Core §5.3).
@Suite struct UserinfoTests {
  private func world(_ answer: @escaping World.Answer) throws -> World {
    let world = try World()
    world.edit { state in
      state.onMetadata = World.metadata(#""userinfo_endpoint":"\#(Given.issuer)/userinfo""#)
      state.userinfo = [answer]
    }
    return world
  }

  private static func body(_ text: String) -> World.Answer {
    { _ throws(TransportFailure) in World.ok(text) }
  }

  @Test func nameComesFromThere() async throws {
    let world = try world(Self.body(#"{"sub":"alice","email":"alice@example.test"}"#))
    world.script(World.tokens(1, named: false))
    _ = try await world.print(interactive: true)
    #expect(try world.stored()?.summary.name == "alice@example.test")
    #expect(world.read { $0.requests.last?.headers[.authorization] } == "Bearer access-1")
  }

  @Test func tokenWithANameNeedsNoRequest() async throws {
    let world = try world(World.offline)
    world.script(World.tokens(1))
    _ = try await world.print(interactive: true)
    #expect(!world.calls.contains("userinfo"))
    #expect(try world.stored()?.summary.name == "alice")
  }

  @Test(arguments: [#"{"sub":"bob","name":"Bob"}"#, #"{"name":"Alice"}"#])
  func anotherPersonIsNoLogin(_ text: String) async throws {
    let world = try world(Self.body(text))
    world.script(World.tokens(1, named: false))
    #expect(try await world.refusal(interactive: true)?.code == .verdict)
    #expect(try FileEffects.posix.status("\(world.store.folder)/store.json") == nil)
  }

  @Test(
    arguments: [
      World.error(500), World.error(401), World.offline, World.lost, body("<html>"),
      body(#"{"sub":"alice"}"#),
    ] as [World.Answer]
  )
  func whateverElseFailsOnlyLeavesThePersonWithoutAName(_ answer: @escaping World.Answer)
    async throws
  {
    let world = try world(answer)
    world.script(World.tokens(1, named: false))
    #expect(try await world.print(interactive: true).hasSuffix(" 970"))
    #expect(try world.stored()?.summary.name == nil)
    #expect(try world.stored()?.summary.subject == "alice")
  }
}
