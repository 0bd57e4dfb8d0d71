// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// Tokens bound to a key of the session (RFC 9449), against a lab that checks every proof.
@Suite struct DPoPTests {
  /// Seconds that a token lives: long enough to be good when it is printed, on any machine.
  private static let life = 10
  /// Seconds after which it is due.
  private static let due = 8.5

  /// A login and three renewals, each of which has to give another token.
  private func logInAndRenew(_ desk: Desk, _ words: [String] = []) async throws {
    var last = try await desk.logIn(desk.getToken + words)
    #expect(last.status == 0, "\(last.errors)")
    for _ in 1...3 {
      try await Task.sleep(for: .seconds(Self.due))
      let next = try await desk.lanyard(desk.getToken + words)
      #expect(next.status == 0, "\(next.errors)")
      #expect(try next.token != last.token)
      last = next
    }
    #expect(desk.lab.count(.refresh) == 3)
    #expect(desk.lab.logins == 1)
    #expect(desk.lab.replays == 0)
  }

  private func keys(_ desk: Desk) -> Set<String> {
    Set(desk.lab.log().filter { $0.kind == .dpopProof }.compactMap(\.reason))
  }

  @Test(arguments: [Availability.offered, .required])
  func `three renewals with one key`(availability: Availability) async throws {
    try await Desk.with({
      $0.dpop = availability
      $0.accessLifetime = Self.life
    }) { desk in
      try await logInAndRenew(desk)
      #expect(desk.lab.count(.dpopProof) == 4)
      #expect(keys(desk).count == 1)
    }
  }

  @Test func `a nonce is asked for once and then known`() async throws {
    try await Desk.with({
      $0.dpop = .required
      $0.dpopNonce = true
      $0.accessLifetime = Self.life
    }) { desk in
      try await logInAndRenew(desk)
      #expect(desk.lab.count(.dpopNonce) == 1)
    }
  }

  @Test func `a new nonce costs one more request`() async throws {
    try await Desk.with({
      $0.dpop = .required
      $0.dpopNonce = true
      $0.accessLifetime = Self.life
    }) { desk in
      desk.lab.faults.set(try Fault(parsing: "new-dpop-nonce:grant=refresh_token"))
      try await logInAndRenew(desk)
      #expect(desk.lab.count(.dpopNonce) == 2)
    }
  }

  @Test func `an issuer that refuses proofs after all gets none`() async throws {
    try await Desk.with({
      $0.dpop = .offered
      $0.accessLifetime = Self.life
    }) { desk in
      desk.lab.faults.set(try Fault(parsing: "refuse-dpop:times=forever"))
      try await logInAndRenew(desk)
      #expect(desk.lab.count(.dpopProof) == 0)
    }
  }

  @Test func `--dpop always takes no refusal`() async throws {
    try await Desk.with({ $0.dpop = .offered }) { desk in
      desk.lab.faults.set(try Fault(parsing: "refuse-dpop:times=forever"))
      let result = try await desk.logIn(desk.getToken + ["--dpop", "always"])
      #expect(result.status == 4, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("--dpop always"))
    }
  }

  @Test func `--dpop always at an issuer that gives bearer tokens is refused`() async throws {
    try await Desk.with { desk in
      let result = try await desk.logIn(desk.getToken + ["--dpop", "always"])
      #expect(result.status == 4, "\(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  @Test func `--dpop always with a device code is refused there as well`() async throws {
    try await Desk.with { desk in
      let conversation = try desk.startLanyard(
        desk.getToken + ["--login", "device", "--dpop", "always"]
      )
      let url = try await conversation.hears { words in
        words.split(whereSeparator: \.isWhitespace).first { $0.contains("user_code=") }
          .map(String.init)
      }
      _ = try await BrowserDriver.with { try await $0.answerDevice(at: url, as: Desk.alice) }
      let result = try await conversation.result()
      #expect(result.status == 4, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("leave out --dpop always"))
    }
  }

  @Test(arguments: [["--dpop", "never"], ["--token", "access"]])
  func `no proof where none may be`(words: [String]) async throws {
    try await Desk.with({ $0.dpop = .offered }) { desk in
      let result = try await desk.logIn(desk.getToken + words)
      #expect(result.status == 0, "\(result.errors)")
      #expect(desk.lab.count(.dpopProof) == 0)
    }
  }

  @Test func `a bound access token is never printed`() async throws {
    try await Desk.with({ $0.dpop = .offered }) { desk in
      _ = try await desk.logIn()
      let bound = try await desk.lanyard(desk.getToken + ["--token", "access"])
      #expect(bound.status == 3)
      #expect(bound.output.isEmpty)
      #expect(bound.errors.contains("bound to a key"))
      let plain = try await desk.logIn(desk.getToken + ["--token", "access"])
      #expect(plain.status == 0, "\(plain.errors)")
      #expect(try plain.claims["cnf"] == nil)
    }
  }
}
