// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

/// OIDC Core 12.2: what a refreshed ID token must repeat.
@Suite("refreshed ID tokens")
struct RefreshedIDTokenTests {
  /// Claims of the login and of the renewal beyond those that every token has.
  struct Row: Sendable {
    let login: [String: String]
    let renewal: [String: String?]
    let faults: [IDTokenFault]

    init(_ login: [String: String], _ renewal: [String: String?], _ faults: [IDTokenFault]) {
      self.login = login
      self.renewal = renewal
      self.faults = faults
    }
  }

  static let rows = [
    Row([:], [:], []), Row([:], ["nonce": nil], []),
    Row([:], ["nonce": "\"\(Forge.nonce)1\""], [.nonceMismatch]),
    Row([:], ["sub": "\"bob\""], [.subjectChanged]),
    Row([:], ["iss": "\"https://x.test\""], [.issuer(found: "https://x.test")]),
    Row([:], ["aud": "\"other\""], [.audience(found: ["other"])]),
    Row(["auth_time": "1699990000"], ["auth_time": "1699990000"], []),
    Row(["auth_time": "1699990000"], ["auth_time": "1699990000.0"], []),
    Row(["auth_time": "1699990000"], [:], []),
    Row(["auth_time": "1699990000"], ["auth_time": "\(Forge.now)"], []),
    Row(["auth_time": "1699990000"], ["auth_time": "1699989999"], [.authTimeChanged]),
    Row(["auth_time": "1699990000"], ["auth_time": "\"x\""], [.timeInvalid(claim: "auth_time")]),
    Row(["auth_time": "1699990000"], ["auth_time": "-1"], [.timeInvalid(claim: "auth_time")]),
    Row([:], ["auth_time": "\(Forge.now)"], []),
    Row(["auth_time": "\"x\""], ["auth_time": "\(Forge.now)"], []),
    Row(["azp": "\"kube\""], ["azp": "\"kube\""], []),
    Row(["azp": "\"kube\""], [:], [.authorizedPartyChanged]),
    Row([:], ["azp": "\"kube\""], [.authorizedPartyChanged]),
    Row(["azp": "\"kube\""], ["azp": "\"other\""], [.authorizedParty(found: "other")]),
  ]

  @Test("a token of the login, then one of a refresh", arguments: rows)
  func refreshed(row: Row) throws {
    let login = try Forge.token(Forge.claims().merging(row.login) { $1 })
    var claims = Forge.claims()
    for (name, value) in row.renewal { claims[name] = value }
    var expectation = try Forge.expectation(
      nonce: .absentOrEqual(Forge.nonce),
      previousSubject: "alice"
    )
    expectation.previous = PreviousIDToken(passed: login)
    #expect(expectation.previous != nil)
    #expect(try Forge.faults(try Forge.token(claims), expectation) == row.faults)
  }

  @Test(
    "texts that are no ID token say nothing of a login",
    arguments: ["", "opaque", "a.b.c", "e30.W10.AA", String(repeating: ".", count: 100_000)]
  )
  func noToken(text: String) {
    #expect(PreviousIDToken(passed: Secret(text)) == nil)
  }
}
