// SPDX-License-Identifier: Apache-2.0

import Clouds
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

/// Short-lived secrets of clouds in a real store.
@Suite struct KeptSecretsTests {
  private static let role = KeptIdentity(name: "a role", parts: ["role", "a"])

  /// Makes `secret-1`, `secret-2`, … that live for an hour, unless told to fail.
  private final class Source: Sendable {
    let world: World
    private let state = Mutex((made: 0, failure: CloudError?.none))

    init(_ world: World) { self.world = world }

    var made: Int { state.withLock { $0.made } }

    func fail(_ code: CloudError.Code?) {
      state.withLock { $0.failure = code.map { CloudError($0, "away", remedy: "wait") } }
    }

    @Sendable func make() async throws(CloudError) -> KeptSecret {
      let (count, failure) = state.withLock { state in
        state.made += 1
        return (state.made, state.failure)
      }
      if let failure { throw failure }
      let now = world.now
      return KeptSecret(
        secret: Secret("secret-\(count)"),
        obtained: now,
        expiry: now.addingTimeInterval(3600)
      )
    }

    /// As long as anybody waits.
    @Sendable func makeForever() async throws(CloudError) -> KeptSecret {
      try? await Task.sleep(for: .seconds(3600))
      return try await make()
    }

    func kept(_ rejected: Bool = false) -> KeptSecrets {
      KeptSecrets(store: world.store, effects: world.effects, rejected: rejected)
    }

    func secret(
      _ identity: KeptIdentity = role,
      enough: Double = 60,
      untilOver: Bool = false,
      rejected: Bool = false
    ) async throws -> String {
      let terms = KeptTerms(enough: enough, untilOver: untilOver)
      return try await kept(rejected).secret(of: identity, terms: terms, make: make).secret.expose()
    }
  }

  @Test func `it is made once in its life, for all that have the same identity`() async throws {
    let source = Source(try World())
    #expect(try await source.secret() == "secret-1")
    #expect(try await source.secret() == "secret-1")
    source.world.pass(2879)
    #expect(try await source.secret() == "secret-1")
    #expect(source.made == 1)
    #expect(source.world.read { $0.locks }.isEmpty)
  }

  @Test func `it is made anew when it is due`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    source.world.pass(2881)
    #expect(try await source.secret() == "secret-2")
  }

  @Test func `what takes a person is made anew at its very end`() async throws {
    let source = Source(try World())
    _ = try await source.secret(untilOver: true)
    source.world.pass(3539)
    #expect(try await source.secret(untilOver: true) == "secret-1")
    source.world.pass(2)
    #expect(try await source.secret(untilOver: true) == "secret-2")
  }

  @Test func `it is made anew when not enough of it is left`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    source.world.pass(1000)
    #expect(try await source.secret(enough: 2601) == "secret-2")
  }

  @Test(arguments: [["role", "b"], ["role"], ["rol", "ea"], ["role", "a", ""]])
  func `another identity has another secret`(parts: [String]) async throws {
    let source = Source(try World())
    _ = try await source.secret()
    #expect(try await source.secret(KeptIdentity(name: "a role", parts: parts)) == "secret-2")
    #expect(try await source.secret() == "secret-1")
  }

  @Test func `on disk it is encrypted, and its header says whose it is`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    let folder = "\(source.world.store.folder)/sessions"
    let names = try FileEffects.posix.list(folder)
    let name = try #require(names.first)
    #expect(names.count == 1)
    let text = String(
      decoding: try #require(try FileEffects.posix.read("\(folder)/\(name)", 1 << 16)).bytes,
      as: UTF8.self
    )
    #expect(text.contains(#""kept":"a role""#))
    #expect(!text.contains("secret-1"))
  }

  @Test func `while nothing newer can be had it serves to its end`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    source.fail(.temporary)
    source.world.pass(3000)
    #expect(try await source.secret() == "secret-1")
    #expect(try await source.secret() == "secret-1")
    #expect(source.made == 2, "the failure is shared")
    source.world.pass(571)
    let error = await #expect(throws: CloudError.self) { try await source.secret() }
    #expect(error?.code == .temporary)
    #expect(error?.what == "away")
  }

  @Test func `a sign-in that has ended keeps nobody from what is still good`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    source.fail(.loginNeeded)
    source.world.pass(3000)
    #expect(try await source.secret() == "secret-1")
    #expect(
      try await source.secret(enough: 900) == "secret-1",
      "the terms are for what can be had anew"
    )
    source.world.pass(580)
    let error = await #expect(throws: CloudError.self) { try await source.secret() }
    #expect(error?.code == .loginNeeded)
    #expect(source.made == 4, "it is not shared")
  }

  @Test func `what is over is swept, with its lock, when something is kept`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    let folder = source.world.store.folder
    let before = try FileEffects.posix.list("\(folder)/sessions")
    source.world.pass(3000)
    _ = try await source.secret(KeptIdentity(name: "another", parts: ["another"]))
    #expect(try FileEffects.posix.list("\(folder)/sessions").count == 2)
    source.world.pass(1000)
    _ = try await source.secret(KeptIdentity(name: "third", parts: ["third"]))
    let after = try FileEffects.posix.list("\(folder)/sessions")
    #expect(after.count == 2)
    #expect(!after.contains(try #require(before.first)))
    #expect(source.world.read { $0.locks }.isEmpty)
  }

  @Test(arguments: CloudError.Code.allCases.filter { ![.temporary, .loginNeeded].contains($0) })
  func `any other failure shows, and is not shared`(code: CloudError.Code) async throws {
    let source = Source(try World())
    _ = try await source.secret()
    source.world.pass(3000)
    source.fail(code)
    let error = await #expect(throws: CloudError.self) { try await source.secret() }
    #expect(error?.code == code)
    source.fail(nil)
    #expect(try await source.secret() == "secret-3")
  }

  @Test func `a rejected one is not used again, unless it is new`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    #expect(try await source.secret(rejected: true) == "secret-1")
    source.world.pass(Numbers.rejectionPause + 1)
    #expect(try await source.secret(rejected: true) == "secret-2")
    #expect(try await source.secret(rejected: true) == "secret-2")
  }

  @Test func `a damaged file costs one making`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    let folder = "\(source.world.store.folder)/sessions"
    let name = try #require(try FileEffects.posix.list(folder).first)
    try FileEffects.posix.unlink("\(folder)/\(name)")
    let descriptor = try FileEffects.posix.create("\(folder)/\(name)")
    _ = try FileEffects.posix.write(descriptor, Array("garbage".utf8)[...])
    try FileEffects.posix.close(descriptor)
    #expect(try await source.secret() == "secret-2")
    #expect(try await source.secret() == "secret-2")
  }

  @Test func `where nothing can be kept each makes its own`() async throws {
    let source = Source(try World())
    let descriptor = try FileEffects.posix.create(source.world.store.folder)
    try FileEffects.posix.close(descriptor)
    #expect(try await source.secret() == "secret-1")
    #expect(try await source.secret() == "secret-2")
  }

  @Test func `alone means that nobody else does it at the same time`() async throws {
    let source = Source(try World())
    let kept = source.kept()
    let inner: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try await kept.alone(Self.role, sharesOutage: false) { _ async throws(CloudError) in
        try await source.make()
      }
    }
    let error = await #expect(throws: CloudError.self) {
      try await kept.alone(Self.role, sharesOutage: false) { _ async throws(CloudError) in
        try await inner()
      }
    }
    #expect(error?.code == .temporary)
    #expect(source.made == 0)
    let made = try await kept.alone(Self.role, sharesOutage: false) { _ async throws(CloudError) in
      try await source.make()
    }
    #expect(made.secret.expose() == "secret-1")
    #expect(source.world.read { $0.locks }.isEmpty)
  }

  @Test func `alone shares an outage, but not with a person who waits`() async throws {
    let source = Source(try World())
    let kept = source.kept()
    let renew: @Sendable (HeldLock?) async throws(CloudError) -> KeptSecret = {
      _ async throws(CloudError) in try await source.make()
    }
    source.fail(.temporary)
    for _ in 0..<3 {
      let error = await #expect(throws: CloudError.self) {
        try await kept.alone(Self.role, sharesOutage: true, renew)
      }
      #expect(error?.code == .temporary)
    }
    #expect(source.made == 1)
    source.fail(nil)
    #expect(
      try await kept.alone(Self.role, sharesOutage: false, renew).secret.expose() == "secret-2"
    )
    #expect(
      try await kept.alone(Self.role, sharesOutage: true, renew).secret.expose() == "secret-3"
    )
    #expect(source.world.read { $0.locks }.isEmpty)
  }

  @Test func `with something good at hand nobody waits for what is slow`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    source.world.pass(3000)
    let kept = source.kept()
    let terms = KeptTerms(enough: 60)
    let secret = try await kept.secret(of: Self.role, terms: terms, make: source.makeForever)
    #expect(secret.secret.expose() == "secret-1")
    #expect(try await source.secret() == "secret-1", "nor does whoever comes next")
  }

  @Test func `what spends something is never given up half-way`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    source.world.pass(3000)
    let kept = source.kept()
    let slow: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try? await Task.sleep(for: .seconds(Numbers.patience + 0.3))
      guard !Task.isCancelled else { throw CloudError(.failed, "given up", remedy: "") }
      return try await source.make()
    }
    let terms = KeptTerms(enough: 60, spends: true)
    let secret = try await kept.secret(of: Self.role, terms: terms, make: slow)
    #expect(secret.secret.expose() == "secret-2")
  }

  @Test func `that somebody in a hurry gave up holds up nobody who has to wait`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    source.world.pass(3568)
    let kept = source.kept()
    let terms = KeptTerms(enough: 60)
    let old = try await kept.secret(of: Self.role, terms: terms, make: source.makeForever)
    #expect(old.secret.expose() == "secret-1")
    let made = source.made
    #expect(try await source.secret() == "secret-1", "others in a hurry do not try")
    #expect(source.made == made)
    source.world.pass(3)
    #expect(try await source.secret() == "secret-\(made + 1)", "nothing good is left to wait with")
  }

  @Test func `what the API server refused is no answer to a login that is needed`() async throws {
    let source = Source(try World())
    _ = try await source.secret()
    source.world.pass(1000)
    source.fail(.loginNeeded)
    let error = await #expect(throws: CloudError.self) { try await source.secret(rejected: true) }
    #expect(error?.code == .loginNeeded)
    #expect(try await source.secret() == "secret-1")
  }
}
