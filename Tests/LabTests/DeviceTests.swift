// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

@Suite struct DeviceTests {
  private static let grantType = "urn:ietf:params:oauth:grant-type:device_code"

  private func start(_ visitor: Visitor) async throws -> WebClient.Answer {
    try await visitor.web.send(
      "\(visitor.lab.issuer)/device_authorization",
      form: FormFields([("client_id", "lanyard"), ("scope", "openid groups")])
    )
  }

  private func poll(_ visitor: Visitor, _ started: WebClient.Answer) async throws
    -> WebClient.Answer
  {
    try await visitor.token([
      ("grant_type", Self.grantType), ("client_id", "lanyard"),
      ("device_code", try started.member("device_code")),
    ])
  }

  @Test func `a device waits until a person approves`() async throws {
    try await Visitor.with { visitor in
      let started = try await start(visitor)
      #expect(try started.json()["interval"]?.int == 5)
      #expect(try await poll(visitor, started).member("error") == "authorization_pending")
      let page = try await visitor.browser.answerDevice(
        at: try started.member("verification_uri_complete"),
        as: .init("bob")
      )
      #expect(page.html.contains("The device is logged in"))
      visitor.lab.clock.advance(by: 6)
      let answer = try await poll(visitor, started)
      #expect(try answer.claims("id_token")["preferred_username"]?.string == "bob")
      #expect(
        visitor.story == [.deviceStart, .devicePending, .denied, .deviceApproved, .deviceGrant]
      )
      visitor.lab.clock.advance(by: 6)
      #expect(try await poll(visitor, started).member("error") == "invalid_grant")
    }
  }

  @Test func `whoever is given an address answers the page that it shows`() async throws {
    try await Visitor.with { visitor in
      let started = try await start(visitor)
      let address = try started.member("verification_uri_complete")
      let answered = try await visitor.browser.answer(at: address, as: .init("bob"))
      guard case .device = answered else { throw LabError(.unexpectedPage, "\(answered)") }
      #expect(try await poll(visitor, started).claims("id_token")["email"]?.string != nil)
      await #expect(throws: LabError.self, "the page asks for a code") {
        _ = try await visitor.browser.answer(
          at: try started.member("verification_uri"),
          as: .init("bob")
        )
      }
    }
  }

  @Test func `polling too early costs five seconds more`() async throws {
    // Far longer than two polls take on the busiest machine.
    try await Visitor.with {
      $0.deviceInterval = 20
    } _: { visitor in
      let started = try await start(visitor)
      _ = try await poll(visitor, started)
      #expect(try await poll(visitor, started).member("error") == "slow_down")
      visitor.lab.clock.advance(by: 21)
      #expect(try await poll(visitor, started).member("error") == "slow_down")
      visitor.lab.clock.advance(by: 40)
      #expect(try await poll(visitor, started).member("error") == "authorization_pending")
    }
  }

  @Test func `a refused device is told so`() async throws {
    try await Visitor.with { visitor in
      let started = try await start(visitor)
      _ = try await visitor.browser.answerDevice(
        at: try started.member("verification_uri"),
        userCode: try started.member("user_code").lowercased().replacing("-", with: " "),
        as: .init("alice", refuses: true)
      )
      #expect(try await poll(visitor, started).member("error") == "access_denied")
    }
  }

  @Test func `an old device code expires`() async throws {
    try await Visitor.with { visitor in
      let started = try await start(visitor)
      visitor.lab.clock.advance(by: 601)
      #expect(try await poll(visitor, started).member("error") == "expired_token")
    }
  }

  @Test(arguments: [("BBBB-BBBB", "alice"), (nil, "wrong")] as [(String?, String)])
  func `a wrong code or password approves nothing`(code: String?, password: String) async throws {
    try await Visitor.with { visitor in
      let started = try await start(visitor)
      await #expect(throws: LabError.self) {
        _ = try await visitor.browser.answerDevice(
          at: try started.member("verification_uri_complete"),
          userCode: code,
          as: .init("alice", password: password)
        )
      }
      #expect(try await poll(visitor, started).member("error") == "authorization_pending")
    }
  }
}
