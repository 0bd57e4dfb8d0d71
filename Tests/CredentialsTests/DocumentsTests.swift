// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTypes
import OAuth
import SessionStore
import Testing

/// The cache of metadata and keys, seen through renewals.
@Suite struct DocumentsTests {
  /// What the issuer answers for its metadata: the first time, and after that.
  private func world(
    first: HTTPAnswer,
    then: @escaping World.Answer = { _ throws(TransportFailure) in HTTPAnswer(status: 304) }
  ) throws -> World {
    let world = try World()
    try world.seed(Given.session(age: 2000))
    world.edit { state in
      state.onMetadata = { (world) throws(TransportFailure) in
        world.calls.count { $0.hasPrefix("metadata") } == 1 ? first : try then(world)
      }
    }
    world.script(World.tokens(2), World.tokens(3))
    return world
  }

  private static func metadata(_ maxAge: Int, tag: String?) -> HTTPAnswer {
    var answer = World.ok(Forge.metadata)
    answer.headers[.cacheControl] = "max-age=\(maxAge)"
    answer.headers[.eTag] = tag
    return answer
  }

  private static let before = ["metadata", "refresh-1", "keys"]

  @Test func goodOnesAreNotAskedForAgain() async throws {
    let world = try world(first: Self.metadata(1000, tag: "\"1\""))
    _ = try await world.renew()
    world.pass(900)
    #expect(try await world.renew() == .renewed)
    #expect(world.calls == Self.before + ["refresh-2"])
  }

  @Test func oldOnesAreRevalidated() async throws {
    let world = try world(first: Self.metadata(300, tag: "\"1\""))
    _ = try await world.renew()
    world.pass(900)
    #expect(try await world.renew() == .renewed)
    #expect(world.calls == Self.before + ["metadata unless \"1\"", "refresh-2"])
  }

  @Test func withoutValidatorsTheyAreFetchedAnew() async throws {
    let world = try world(first: Self.metadata(300, tag: nil)) { _ throws(TransportFailure) in
      World.ok(Forge.metadata)
    }
    _ = try await world.renew()
    world.pass(900)
    #expect(try await world.renew() == .renewed)
    #expect(world.calls == Self.before + ["metadata", "refresh-2"])
  }

  @Test(arguments: [503, 429])
  func theyServeOnWhileTheIssuerCannotAnswer(status: Int) async throws {
    let world = try world(first: Self.metadata(300, tag: "\"1\"")) { _ throws(TransportFailure) in
      HTTPAnswer(status: status)
    }
    _ = try await world.renew()
    world.pass(900)
    #expect(try await world.renew() == .renewed)
  }

  @Test(arguments: [(404, "gone"), (200, "{}")])
  func whatTheIssuerSaysNowCounts(status: Int, body: String) async throws {
    let world = try world(first: Self.metadata(300, tag: "\"1\"")) { _ throws(TransportFailure) in
      HTTPAnswer(status: status, body: Array(body.utf8))
    }
    _ = try await world.renew()
    world.pass(900)
    #expect(try await world.renew() != .renewed)
    #expect(!world.calls.contains("refresh-2"))
  }

  @Test func afterADayNothingIsKnown() async throws {
    let world = try world(first: Self.metadata(300, tag: "\"1\"")) { _ throws(TransportFailure) in
      World.ok(Forge.metadata)
    }
    _ = try await world.renew()
    world.pass(86_400)
    #expect(try await world.renew() == .renewed)
    #expect(world.calls == Self.before + ["metadata", "refresh-2", "keys"])
  }
}
