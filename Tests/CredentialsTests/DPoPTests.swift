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

/// Refresh tokens that are bound to a key of the session (RFC 9449).
@Suite struct DPoPTests {
  /// What a proof says; its signature is the business of `OAuthTests`.
  struct Proof: Decodable {
    let htu: String
    let jti: String
    let nonce: String?
    let ath: String?
  }

  private func world(offering: Bool = true) throws -> World {
    let world = try World()
    let members = #""dpop_signing_alg_values_supported":["ES256"],"userinfo_endpoint":"#
    if offering {
      world.edit { $0.onMetadata = World.metadata(members + "\"\(Given.issuer)/userinfo\"") }
    }
    return world
  }

  private func request(_ dpop: Offer, token: TokenKind = .id) throws -> CredentialRequest {
    var request = try Given.request(token: token)
    request.manner.dpop = dpop
    return request
  }

  /// The proof of each request; nil for one that had none.
  private func proofs(_ world: World) throws -> [Proof?] {
    let field = try #require(HTTPField.Name("DPoP"))
    return try world.read { $0.requests }.map { call in
      guard let text = call.headers[field] else { return nil }
      let middle = try #require(text.split(separator: ".").dropFirst().first)
      let padded =
        middle.replacing("-", with: "+").replacing("_", with: "/")
        + String(repeating: "=", count: (4 - middle.count % 4) % 4)
      let payload = try #require(Data(base64Encoded: String(padded)))
      return try JSONDecoder().decode(Proof.self, from: payload)
    }
  }

  @Test func loginBindsAndEveryRenewalProves() async throws {
    let world = try world()
    world.script(World.tokens(1, type: "DPoP"))
    _ = try await world.print(interactive: true)
    let binding = try #require(try world.stored()?.binding)
    #expect(world.asked["dpop_jkt"] == nil, "a bound code would leave no way back")
    for number in 2...4 {
      world.pass(900)
      world.script(World.tokens(number, type: "DPoP"))
      _ = try await world.print()
      #expect(try world.stored()?.refreshToken?.expose() == "refresh-\(number)")
      #expect(try world.stored()?.binding == binding)
    }
    let proofs = try proofs(world)
    #expect(proofs.count == 4)
    #expect(Set(proofs.compactMap { $0?.jti }).count == 4, "no proof comes twice")
    #expect(proofs.allSatisfy { $0?.htu == "\(Given.issuer)/token" })
  }

  @Test func nonceIsGivenAtOnceAndRemembered() async throws {
    let world = try world()
    world.script(World.challenge("n1"), World.tokens(1, type: "DPoP", nonce: "n2"))
    _ = try await world.print(interactive: true)
    #expect(try world.stored()?.binding?.nonce == "n2")
    world.pass(900)
    world.script(World.tokens(2, type: "DPoP"))
    _ = try await world.print()
    world.pass(900)
    world.script(World.challenge("n3"), World.tokens(3, type: "DPoP"))
    _ = try await world.print()
    #expect(try proofs(world).map { $0?.nonce } == [nil, "n1", "n2", "n2", "n3"])
    #expect(try world.stored()?.binding?.nonce == "n3")
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-3")
  }

  @Test func issuerThatAlwaysWantsAnotherNonceIsNotAskedForEver() async throws {
    let world = try world()
    world.script(World.challenge("n1"), World.challenge("n2"))
    #expect(try await world.refusal(interactive: true)?.code == .refused)
    #expect(world.read { $0.requests.count } == 2)
  }

  /// A request that only asked for a nonce has not spent the refresh token.
  @Test func challengeAtARenewalLosesNothing() async throws {
    let world = try world()
    world.script(World.tokens(1, type: "DPoP"))
    _ = try await world.print(interactive: true)
    world.pass(2000)
    world.script(World.challenge("n1"), World.offline)
    #expect(try await world.refusal()?.code == .temporary)
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-1")
    #expect(try world.stored()?.summary.uncertain == false)
  }

  @Test func keyIsInNoFileAndNoMessage() async throws {
    let world = try world()
    world.script(World.tokens(1, type: "DPoP"), World.error(400, "invalid_dpop_proof"))
    _ = try await world.print(interactive: true)
    let session = try #require(try world.stored())
    let key = try #require(session.binding?.key.expose())
    world.pass(2000)
    let error = try #require(try await world.refusal())
    #expect(!"\(error) \(world.lines) \(session)".contains(key))
    let folder = "\(world.store.folder)/sessions"
    let names = try FileEffects.posix.list(folder)
    #expect(names.count == 1)
    for name in names {
      let bytes = try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"))
      #expect(bytes.firstRange(of: Data(key.utf8)) == nil)
    }
  }

  // MARK: issuers that do not take part after all

  @Test func bearerTokensAreTakenAndRemembered() async throws {
    let world = try world()
    world.script(World.tokens(1), World.tokens(2), World.tokens(3))
    let source = try world.source(interactive: nil)
    _ = try await source.login(switching: false)
    #expect(try world.stored()?.binding == nil)
    _ = try await source.login(switching: false)
    world.pass(86500)
    _ = try await source.login(switching: false)
    #expect(try proofs(world).map { $0 != nil } == [true, false, true])
  }

  @Test func refusedProofIsLeftOutAndRemembered() async throws {
    let world = try world()
    world.script(World.error(400, "invalid_dpop_proof"), World.tokens(1), World.tokens(2))
    let source = try world.source(interactive: nil)
    _ = try await source.login(switching: false)
    #expect(try world.stored()?.binding == nil)
    _ = try await source.login(switching: false)
    #expect(try proofs(world).map { $0 != nil } == [true, false, false])
  }

  @Test(arguments: [World.tokens(1), World.error(400, "invalid_dpop_proof")])
  func alwaysTakesNothingElse(_ answer: @escaping World.Answer) async throws {
    let world = try world()
    world.script(answer)
    let error = try await world.refusal(interactive: true, request: request(.always))
    #expect(error?.code == .refused)
    #expect(error?.remedy.contains("--dpop always") == true)
    #expect(try FileEffects.posix.status("\(world.store.folder)/store.json") == nil)
    #expect(world.read { $0.requests.count } == 1)
  }

  @Test func alwaysNeedsNoAnnouncement() async throws {
    let world = try world(offering: false)
    world.script(World.tokens(1, type: "DPoP"))
    _ = try await world.print(interactive: true, request: request(.always))
    #expect(try world.stored()?.binding != nil)
    #expect(world.asked["dpop_jkt"] != nil)
  }

  @Test(arguments: [(.never, true), (.auto, false)] as [(Offer, Bool)])
  func nothingIsBoundUnlessItIsWantedAndOffered(_ dpop: Offer, _ offering: Bool) async throws {
    let world = try world(offering: offering)
    world.script(World.tokens(1))
    _ = try await world.print(interactive: true, request: request(dpop))
    #expect(try proofs(world).map { $0 == nil } == [true])
    #expect(world.asked["dpop_jkt"] == nil)
  }

  // MARK: access tokens, which an API server takes as plain bearers alone

  @Test func accessTokenForTheAPIServerIsNotBound() async throws {
    let world = try world()
    world.script(World.tokens(1))
    let request = try request(.auto, token: .access)
    #expect(try await world.print(interactive: true, request: request) == "access-1 970")
    #expect(try proofs(world).map { $0 == nil } == [true])
  }

  @Test func alwaysWithAnAccessTokenIsAContradiction() async throws {
    let world = try world()
    let request = try request(.always, token: .access)
    #expect(try await world.refusal(interactive: true, request: request)?.code == .configuration)
    #expect(world.calls == ["metadata"])
  }

  @Test func boundAccessTokenIsNotHandedOut() async throws {
    let world = try world()
    world.script(World.tokens(1, type: "DPoP"))
    _ = try await world.print(interactive: true)
    let request = try request(.auto, token: .access)
    let error = try await world.refusal(request: request)
    #expect(error?.code == .loginNeeded)
    #expect(error?.what.contains("bound to a key") == true)
    world.script(World.tokens(2))
    #expect(try await world.print(interactive: true, request: request) == "access-2 970")
    #expect(try await world.print().hasSuffix(" 970"), "the new session gives both")
    #expect(world.read { $0.requests.count } == 2)
  }

  // MARK: userinfo

  @Test func userinfoIsAskedWithAProofForTheAccessToken() async throws {
    let world = try world()
    let challenge: World.Answer = { _ throws(TransportFailure) in
      var answer = World.ok("", nonce: "u1")
      answer.status = 401
      answer.headers[.wwwAuthenticate] = #"DPoP error="use_dpop_nonce""#
      return answer
    }
    let info: World.Answer = { _ throws(TransportFailure) in
      World.ok(#"{"sub":"alice","name":"Alice A"}"#)
    }
    world.edit { $0.userinfo = [challenge, info] }
    world.script(World.tokens(1, named: false, type: "DPoP"))
    _ = try await world.print(interactive: true)
    #expect(try world.stored()?.summary.name == "Alice A")
    let proofs = try proofs(world)
    #expect(proofs.map { $0?.nonce } == [nil, nil, "u1"])
    #expect(proofs.map { $0?.ath != nil } == [false, true, true])
    let scheme = world.read { $0.requests.last?.headers[.authorization] }
    #expect(scheme == "DPoP access-1")
  }
}
