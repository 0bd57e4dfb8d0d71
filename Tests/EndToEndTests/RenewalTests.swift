// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Many askers, one expired token, an issuer that ends the login when a refresh token comes twice.
@Suite(.serialized) struct RenewalTests {
  private static let askers = 100

  @Test func `a hundred askers, one renewal, one answer`() async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      let askers = try (0..<Self.askers).map { _ in try desk.startLanyard(desk.getToken) }
      let results = try await outcomes(of: askers)
      #expect(results.allSatisfy { $0.status == 0 }, "\(complaints(results))")
      #expect(results.allSatisfy { $0.errors.isEmpty })
      #expect(Set(results.map(\.output)).count == 1)
      #expect(try results[0].token != expired)
      #expect(desk.lab.count(.refresh) == 1)
      #expect(desk.lab.replays == 0)
      #expect(desk.lab.logins == 1)
    }
  }

  @Test func `a random half is killed, the others have one answer`() async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      desk.lab.faults.set(
        try Fault("delay", grant: "refresh_token", parameters: ["ms": "300"])
      )
      var askers = try (0..<Self.askers).map { _ in try desk.startLanyard(desk.getToken) }
      askers.shuffle()
      let victims = askers[..<(Self.askers / 2)]
      let survivors = Array(askers[(Self.askers / 2)...])
      try await kill(victims, at: desk.lab)
      let results = try await outcomes(of: survivors)
      #expect(results.allSatisfy { $0.status == 0 }, "\(complaints(results))")
      #expect(Set(results.map(\.output)).count == 1)
      #expect(try results[0].token != expired)
      #expect(desk.lab.count(.refresh) == 1)
      #expect(desk.lab.replays == 0)
      #expect(desk.lab.logins == 1)
      var ends: [Int] = []
      for victim in victims { ends.append(try await victim.result().status) }
      #expect(ends.contains(128 + Int(SIGKILL)), "some were killed before they had their answer")
    }
  }

  /// One parent asks again after more than two seconds, as client-go does after a 401: it gets another token, once.
  @Test func `a rejected token is renewed once and not handed out again`() async throws {
    try await Desk.with { desk in
      #expect(try await desk.logIn().status == 0)
      let answers = try await desk.asksAgain(desk.getToken)
      #expect(answers[1] != answers[0])
      #expect(answers[2] == answers[1])
      #expect(answers[3] == answers[1])
      #expect(desk.lab.count(.refresh) == 1)
    }
  }

  /// When the asker gets its signal, by what the lab has done with the request until then.
  enum Instant: CaseIterable { case arrived, processed }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL], Instant.allCases)
  func `a renewal outlives its asker`(signal: Int32, instant: Instant) async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      let delay = ["ms": "3000", "when": instant == .arrived ? "before" : "after"]
      desk.lab.faults.set(try Fault("delay", grant: "refresh_token", parameters: delay))
      let asker = try desk.startLanyard(desk.getToken)
      _ = try await eventually("the request") {
        (instant == .arrived ? desk.lab.isBeingAskedToRenew : desk.lab.count(.refresh) == 1)
          ? true : nil
      }
      asker.send(signal)
      #expect(try await asker.result().status == 128 + Int(signal))
      let next = try await desk.lanyard(desk.getToken)
      #expect(next.status == 0, "\(next.errors)")
      #expect(try next.token != expired)
      #expect(desk.lab.count(.refresh) == 1)
      #expect(desk.lab.replays == 0)
    }
  }

  /// A third at once, a third when the request has arrived, the rest when the lab has processed it.
  private func kill(_ victims: ArraySlice<Conversation>, at lab: RunningLab) async throws {
    let third = victims.count / 3
    victims.prefix(third).forEach { $0.send(SIGKILL) }
    _ = try await eventually("a renewal") { lab.isBeingAskedToRenew ? true : nil }
    victims.dropFirst(third).prefix(third).forEach { $0.send(SIGKILL) }
    _ = try await eventually("the refresh") { lab.count(.refresh) > 0 ? true : nil }
    victims.dropFirst(2 * third).forEach { $0.send(SIGKILL) }
  }

  private func outcomes(of askers: [Conversation]) async throws -> [Outcome] {
    try await eventually("all askers") {
      let results = askers.compactMap { $0.outcome() }
      return results.count == askers.count ? results : nil
    }
  }

  private func complaints(_ results: [Outcome]) -> [String] {
    results.filter { $0.status != 0 }.map { "\($0.status): \($0.errors)" }
  }
}
