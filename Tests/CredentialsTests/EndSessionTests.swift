// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import Testing

/// The issuer's logout page, opened after a logout that asks for it.
@Suite struct EndSessionTests {
  private static let page = "https://issuer.test/logout"

  private func world(offering: Bool = true) throws -> World {
    let world = try World()
    if offering {
      world.edit { $0.onMetadata = World.metadata("\"end_session_endpoint\":\"\(Self.page)\"") }
    }
    return world
  }

  @Test(arguments: [true, false]) func pageIsOpenedAndItsAddressSaid(_ opens: Bool) async throws {
    let world = try world()
    world.edit { $0.browserOpens = opens }
    try world.seed(Given.session())
    let source = try world.source(interactive: nil)
    let person = try source.personsName()
    #expect(person == "Alice")
    _ = try await source.forget()
    await source.endSessionInBrowser(of: person)
    let url = "\(Self.page)?client_id=kube&logout_hint=Alice"
    #expect(world.read { $0.opened } == (opens ? [url] : []))
    #expect(world.lines.contains("  \(url)"))
    #expect(world.lines.contains("has opened") == opens)
  }

  @Test(arguments: [nil, "eyJhbGciOi", "a\u{7}b", String(repeating: "x", count: 300)] as [String?])
  func nameThatIsNoHintIsLeftOut(_ person: String?) async throws {
    let world = try world()
    await (try world.source(interactive: nil)).endSessionInBrowser(of: person)
    #expect(world.read { $0.opened } == ["\(Self.page)?client_id=kube"])
  }

  @Test func issuerWithoutAPageIsSaid() async throws {
    let world = try world(offering: false)
    await (try world.source(interactive: nil)).endSessionInBrowser(of: "Alice")
    #expect(world.read { $0.opened }.isEmpty)
    #expect(world.lines.contains("the issuer's logout page cannot be opened"))
  }

  @Test func nobodyHasNoName() throws {
    #expect(try World().source(interactive: nil).personsName() == nil)
  }
}
