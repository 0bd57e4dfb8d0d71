// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import Testing

@Suite struct ClassificationTests {
  struct Row: Sendable {
    let status: Int
    let code: String?
    let issuer: Classification.IssuerKind?
    let meaning: Classification.Meaning

    init(
      _ status: Int,
      _ code: String?,
      _ issuer: Classification.IssuerKind?,
      _ meaning: Classification.Meaning
    ) {
      self.status = status
      self.code = code
      self.issuer = issuer
      self.meaning = meaning
    }
  }

  static let answers = [
    Row(429, nil, nil, .temporary), Row(429, "invalid_grant", nil, .temporary),
    Row(503, nil, nil, .temporary), Row(503, "invalid_grant", nil, .temporary),
    Row(408, nil, nil, .temporary),
    Row(500, nil, nil, .unknown), Row(502, nil, nil, .unknown), Row(504, nil, nil, .unknown),
    Row(500, "server_error", nil, .unknown), Row(599, "invalid_grant", nil, .unknown),
    Row(400, "invalid_grant", nil, .dead), Row(401, "invalid_grant", nil, .dead),
    Row(403, "invalid_grant", .dex, .dead),
    Row(401, "invalid_client", nil, .configuration),
    Row(400, "invalid_client", nil, .configuration),
    Row(400, "unauthorized_client", nil, .configuration),
    Row(400, "unsupported_grant_type", nil, .configuration),
    Row(400, "invalid_scope", nil, .configuration),
    Row(400, "invalid_target", nil, .configuration),
    Row(400, "invalid_request", .dex, .dead),
    Row(401, "invalid_request", .dex, .refused),
    Row(400, "invalid_request", nil, .refused),
    Row(400, "invalid_request", .glewlwyd, .refused),
    Row(400, nil, .glewlwyd, .dead), Row(400, "", .glewlwyd, .dead),
    Row(403, nil, .glewlwyd, .refused), Row(400, nil, .dex, .refused),
    Row(400, "temporarily_unavailable", nil, .temporary),
    Row(400, "server_error", nil, .temporary),
    Row(400, "interaction_required", nil, .dead), Row(400, "login_required", nil, .dead),
    Row(400, "consent_required", nil, .dead), Row(302, "login_required", nil, .refused),
    Row(400, nil, nil, .refused), Row(403, "access_denied", nil, .refused),
    Row(404, nil, nil, .refused), Row(400, "INVALID_GRANT", nil, .refused),
    Row(302, nil, nil, .refused), Row(304, "invalid_grant", nil, .refused),
    Row(200, "invalid_grant", nil, .refused),
  ]

  private func meaning(_ verdict: RenewalVerdict?) -> Classification.Meaning? {
    switch verdict {
    case .dead: .dead
    case .configuration: .configuration
    case .refused: .refused
    case .temporary: .temporary
    case .unknown: .unknown
    case nil: nil
    }
  }

  @Test(arguments: answers) func answer(_ row: Row) {
    let outcome = TokenOutcome.error(
      status: row.status,
      code: row.code,
      description: nil,
      retryAfter: nil
    )
    #expect(meaning(Classification.judge(outcome, issuer: row.issuer)) == row.meaning, "\(row)")
  }

  @Test func noRowIsUnreached() {
    let reached = Set(
      Self.answers.compactMap {
        Classification.row(status: $0.status, code: $0.code, issuer: $0.issuer)
      }
    )
    let missed = Classification.rows.indices.filter { !reached.contains($0) }
    #expect(missed.isEmpty, "\(missed.map { Classification.rows[$0] })")
  }

  @Test func everyRowNamesItsSource() {
    for row in Classification.rows { #expect(!row.source.isEmpty) }
  }

  @Test func tokensAreNoFailure() {
    let outcome = TokenOutcome.tokens(TokenResponse(idToken: Secret("t")))
    #expect(Classification.judge(outcome, issuer: nil) == nil)
  }

  @Test func successWithoutTokensIsUnknown() {
    #expect(meaning(Classification.judge(.garbled(status: 200), issuer: nil)) == .unknown)
  }

  @Test(arguments: [nil, 0, 7, 100_000] as [Int?]) func retryAfterIsPassedOn(seconds: Int?) {
    let outcome = TokenOutcome.error(
      status: 503,
      code: nil,
      description: nil,
      retryAfter: seconds
    )
    guard case .temporary(_, let found) = Classification.judge(outcome, issuer: nil) else {
      Issue.record("503 is temporary")
      return
    }
    #expect(found == seconds)
  }

  @Test(arguments: [
    (50_076, Classification.Meaning.dead, "multi-factor authentication is needed (AADSTS50076)"),
    (50_196, .temporary, "the same request came too often (AADSTS50196)"),
    (90_055, .temporary, "the tenant gets too many requests (AADSTS90055)"),
    (99_999, .dead, "AADSTS99999: words of Entra"),
  ])
  func entraNumbersItsFailures(number: Int, meaning: Classification.Meaning, words: String) {
    let outcome = TokenOutcome.error(
      status: 400,
      code: "invalid_grant",
      description: "AADSTS\(number): words of Entra",
      retryAfter: nil
    )
    let verdict = Classification.judge(outcome, issuer: nil)
    #expect(self.meaning(verdict) == meaning)
    switch verdict {
    case .dead(let why), .temporary(let why, _): #expect(why.hasSuffix(words), "\(why)")
    default: Issue.record("\(number) is neither")
    }
  }

  @Test func wordsHoldStatusCodeAndDescription() {
    let outcome = TokenOutcome.error(
      status: 400,
      code: "invalid_grant",
      description: "Token is not active",
      retryAfter: nil
    )
    #expect(
      Classification.judge(outcome, issuer: nil)
        == .dead("the issuer answered 400 invalid_grant: Token is not active")
    )
  }

  @Test(
    arguments: [
      (TransportFailure.notSent("refused"), Classification.Meaning.temporary),
      (.tls("unknown CA"), .temporary), (.noAnswer("reset"), .unknown),
      (.tooLarge(limit: 9), .unknown),
    ] as [(TransportFailure, Classification.Meaning)]
  )
  func transport(_ failure: TransportFailure, _ expected: Classification.Meaning) {
    #expect(meaning(Classification.judge(failure)) == expected)
  }

  @Test(
    arguments: [
      ("https://id.test/dex", "/dex/auth /dex/token /dex/keys", Classification.IssuerKind.dex),
      ("https://id.test", "/auth /token /keys", .dex),
      ("https://id.test/dex", "/auth /token /keys", nil),
      ("https://id.test/api/oidc", "/api/oidc/auth /api/oidc/token /api/oidc/jwks", .glewlwyd),
      ("https://id.test/realms/one", "/one/auth /one/token /one/keys", nil),
    ] as [(String, String, Classification.IssuerKind?)]
  )
  func kinds(_ issuer: String, _ paths: String, _ kind: Classification.IssuerKind?) throws {
    let path = paths.split(separator: " ").map { "https://id.test\($0)" }
    let document = """
      {"issuer":"\(issuer)","token_endpoint":"\(path[1])","jwks_uri":"\(path[2])",
      "authorization_endpoint":"\(path[0])","response_types_supported":["code"],
      "subject_types_supported":["public"],"id_token_signing_alg_values_supported":["ES256"]}
      """
    let metadata = try ProviderMetadata(parsing: Array(document.utf8), issuer: try Issuer(issuer))
    #expect(Classification.kind(of: metadata) == kind)
    #expect(Classification.kind(of: metadata, provider: "dex") == .dex)
    #expect(Classification.kind(of: metadata, provider: "okta") == nil)
  }
}
