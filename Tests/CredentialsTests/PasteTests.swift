// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import Testing

/// The answer of a login that the person pastes, beside the listener or in its place.
@Suite struct PasteTests {
  private func world(typing lines: String...) throws -> World {
    let world = try World()
    world.edit { state in
      state.browserAnswers = false
      state.typed = lines
    }
    return world
  }

  @Test(arguments: [
    "code-1", "?code=code-1&state=STATE", "127.0.0.1:8000/?code=code-1&state=STATE",
  ])
  func pasteWinsOverAListenerThatNobodyComesTo(_ line: String) async throws {
    let world = try world(typing: line)
    world.script(World.tokens(7))
    #expect(try await world.print(interactive: true).hasSuffix(" 970"))
    let sent = World.fields(
      of: String(decoding: try #require(world.read { $0.requests.last }).body, as: UTF8.self)
    )
    #expect(sent["code"] == "code-1")
    #expect(sent["redirect_uri"] == "http%3A%2F%2F127.0.0.1%3A8000%2F")
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-7")
    #expect(world.read { $0.page } == nil)
    #expect(world.read { $0.locks }.isEmpty)
  }

  @Test func wrongPastesAreToldAndAskedForAgain() async throws {
    let world = try world(
      typing: "",
      "https://elsewhere.test/?code=code-1&state=STATE",
      "?code=code-1&state=another",
      "http://127.0.0.1:8000/?code=code-1&state=STATE"
    )
    world.script(World.tokens(7))
    _ = try await world.print(interactive: true)
    let told = world.read { $0.lines }.filter { $0.contains("that is not the answer") }
    #expect(told.count == 3)
    #expect(told.allSatisfy { !$0.contains("code-1") }, "what was pasted may be a secret")
    #expect(world.calls == ["metadata", "authorization_code", "keys"])
  }

  @Test func pastedRefusalEndsTheLogin() async throws {
    let world = try world(typing: "http://127.0.0.1:8000/?error=access_denied&state=STATE")
    let error = try await world.refusal(interactive: true)
    #expect(error?.code == .refused)
    #expect(error?.what == "the issuer refused the login: access_denied")
    #expect(world.calls == ["metadata"])
  }

  @Test func listenerWinsOverATerminalThatNobodyTypesAt() async throws {
    let world = try World()
    world.script(World.tokens(7))
    _ = try await world.print(interactive: true)
    #expect(world.read { $0.page }?.contains("You are logged in") == true)
  }

  /// client-go says that stdin is taken, or there is no terminal: a paste could not be read.
  @Test(arguments: [(false, true), (true, false), (nil, false)] as [(Bool?, Bool)])
  func nobodyIsAskedToPasteWhoCannot(_ interactive: Bool?, _ terminal: Bool) async throws {
    let world = try World()
    world.edit { $0.terminal = terminal }
    #expect(try await world.refusal(.paste, interactive: interactive)?.code == .loginNeeded)
    let source = try world.source(.paste, interactive: interactive)
    let error = await credentialsError { () async throws(CredentialsError) in
      try await source.login(switching: false)
    }
    #expect(error?.code == .loginNeeded)
    #expect(world.calls.isEmpty)
    #expect(world.lines.isEmpty)
  }

  @Test func pasteOpensNoBrowserAndSaysTheAddress() async throws {
    let world = try world(typing: "code-1")
    world.script(World.tokens(7))
    _ = try await world.print(.paste, interactive: true)
    #expect(world.read { $0.opened }.isEmpty)
    #expect(world.lines.contains("  \(Given.issuer)/auth?"))
  }

  // MARK: the page, which is shown once the outcome is known

  struct Ending: Sendable {
    let redirect: String
    let answer: World.Answer
    let code: CredentialsError.Code?
    let title: String
  }

  static let endings = [
    Ending(
      redirect: "code=code-1",
      answer: World.tokens(7),
      code: nil,
      title: "You are logged in"
    ),
    Ending(
      redirect: "code=code-1",
      answer: World.dead,
      code: .refused,
      title: "The login did not succeed"
    ),
    Ending(
      redirect: "code=code-1",
      answer: World.tokens(7, by: .stranger),
      code: .verdict,
      title: "The login did not succeed"
    ),
    Ending(
      redirect: "error=access_denied",
      answer: World.dead,
      code: .refused,
      title: "The issuer refused the login"
    ),
    Ending(
      redirect: "error=temporarily_unavailable&error_description=authentication_expired",
      answer: World.dead,
      code: .refused,
      title: "The login took too long"
    ),
    Ending(
      redirect: "code=code-1&iss=https%3A%2F%2Fother.test",
      answer: World.tokens(7),
      code: .refused,
      title: "The login answer was refused"
    ),
  ]

  @Test(arguments: endings.indices) func pageSaysHowItEnded(_ index: Int) async throws {
    let ending = Self.endings[index]
    let world = try World()
    world.edit { $0.redirect = ending.redirect }
    world.script(ending.answer)
    let source = try world.source(interactive: nil)
    let error = await credentialsError { () async throws(CredentialsError) in
      try await source.login(switching: false)
    }
    #expect(error?.code == ending.code)
    let page = try #require(world.read { $0.page })
    #expect(page.contains(ending.title))
    #expect(page.contains("alice") == (ending.code == nil))
  }

  @Test func pageOfAFailureHasTheReason() async throws {
    let world = try World()
    world.script(World.dead)
    _ = try await world.refusal(interactive: true)
    #expect(world.read { $0.page }?.contains("the issuer answered 400 invalid_grant") == true)
  }
}
