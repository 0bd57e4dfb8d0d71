// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTypes
import OAuth
import SessionStore
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Several who want the same at once, and an issuer that is away.
@Suite struct TurnTests {
  private func request() throws -> CredentialRequest {
    var request = try Given.request(secret: "s", scopes: ["api"], token: .access)
    request.grant = .clientCredentials
    return request
  }

  private static func busy(retryAfter: String) -> World.Answer {
    { _ throws(TransportFailure) in
      HTTPAnswer(status: 503, headers: [.retryAfter: retryAfter])
    }
  }

  @Test func `a temporary failure is shared until its time is over`() async throws {
    let world = try World()
    world.script(World.error(503), World.error(503), World.tokens(1))
    let first = try await world.refusal(request: request())
    #expect(first?.code == .temporary)
    let shared = try await world.refusal(request: request())
    #expect(shared?.code == .temporary)
    #expect(shared?.what == first?.what)
    #expect(shared?.remedy.hasSuffix("; next try in 5 s") == true)
    #expect(world.read { $0.requests.count } == 1)
    world.pass(5.1)
    #expect(try await world.refusal(request: request())?.remedy == first?.remedy)
    world.pass(9.9)
    #expect(try await world.refusal(request: request())?.remedy.contains("next try in 1 s") == true)
    #expect(world.read { $0.requests.count } == 2)
    world.pass(0.2)
    #expect(try await world.print(request: request()) == "access-1 970")
  }

  @Test func `a success ends the doubling`() async throws {
    let world = try World()
    world.script(World.error(503), World.tokens(1), World.error(503))
    _ = try await world.refusal(request: request())
    world.pass(6)
    _ = try await world.print(request: request())
    _ = try await world.refusal(request: request())
    #expect(try await world.refusal(request: request())?.remedy.contains("next try in 5 s") == true)
  }

  @Test func `what Retry-After asks for is granted`() async throws {
    let world = try World()
    world.script(Self.busy(retryAfter: "42"))
    _ = try await world.refusal(request: request())
    #expect(
      try await world.refusal(request: request())?.remedy.contains("next try in 42 s") == true
    )
  }

  @Test func `a failure from the future is none`() async throws {
    let world = try World()
    world.script(World.error(503), World.tokens(1))
    _ = try await world.refusal(request: request())
    world.pass(-100_000)
    #expect(try await world.print(request: request()) == "access-1 970")
  }

  @Test func `what was printed last serves on while the issuer is away`() async throws {
    let world = try World()
    world.edit { $0.old = Array("old".utf8) }
    world.script(World.offline)
    #expect(try await world.print(request: request()) == "old")
    #expect(try await world.print(request: request()) == "old")
    #expect(world.read { $0.requests.count } == 1)
  }

  @Test func `what was printed last does not hide a refusal`() async throws {
    let world = try World()
    world.edit { $0.old = Array("old".utf8) }
    world.script(World.error(401, "invalid_client"))
    #expect(try await world.refusal(request: request())?.code == .configuration)
  }

  @Test func `with something good at hand nobody waits long`() async throws {
    let world = try World()
    let lock = world.store.lockPath(forSession: try request().sessionID)
    world.edit { state in
      state.locks = [lock]
      state.old = Array("old".utf8)
    }
    #expect(try await world.print(request: request()) == "old")
    #expect(world.read { $0.uptime } < Numbers.patience + 1)
  }

  @Test func `whoever waits shares the failure of the one who asks`() async throws {
    let world = try World()
    let request = try request()
    world.script(World.error(503))
    _ = try await world.refusal(request: request)
    world.pass(6)
    let lock = world.store.lockPath(forSession: try request.sessionID)
    world.edit { state in
      state.locks = [lock]
      // As if whoever has the lock had failed meanwhile: a note of a failure is in force again.
      state.onPause = { world in world.edit { $0.now.addTimeInterval(-6) } }
    }
    #expect(try await world.refusal(request: request)?.remedy.contains("next try in") == true)
    #expect(world.read { $0.requests.count } == 1)
  }
}
