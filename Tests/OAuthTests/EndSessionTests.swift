// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("logout in the browser")
struct EndSessionTests {
  static func url(
    _ endpoint: String? = "\"https://issuer.test/end\"",
    hint: String? = nil
  ) throws(OAuthError) -> String {
    try EndSession.url(
      metadata: DiscoveryTests.metadata(["end_session_endpoint": endpoint]),
      clientID: "kube/ü",
      logoutHint: hint
    )
  }

  @Test(
    "URLs",
    arguments: [
      ("\"https://issuer.test/end\"", nil, "https://issuer.test/end?client_id=kube%2F%C3%BC"),
      (
        "\"https://issuer.test/end\"", "älice+x@example.test",
        "https://issuer.test/end?client_id=kube%2F%C3%BC&logout_hint=%C3%A4lice%2Bx%40example.test"
      ),
      (
        "\"https://issuer.test/end?tenant=1\"", nil,
        "https://issuer.test/end?tenant=1&client_id=kube%2F%C3%BC"
      ),
      (
        "\"https://issuer.test/end?client_id=theirs\"", nil,
        "https://issuer.test/end?client_id=theirs"
      ),
    ] as [(String, String?, String)]
  )
  func urls(endpoint: String, hint: String?, expected: String) throws {
    #expect(try Self.url(endpoint, hint: hint) == expected)
  }

  @Test(
    "hints that are refused",
    arguments: [
      "a\nb", "\u{1B}[31m", "\u{202E}x", String(repeating: "x", count: 256),
      "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln",
    ]
  )
  func hints(hint: String) {
    #expect(code { () throws(OAuthError) in _ = try Self.url(hint: hint) } == .requestInvalid)
  }

  @Test("an issuer without the endpoint")
  func missing() {
    #expect(code { () throws(OAuthError) in _ = try Self.url(nil) } == .endpointMissing)
  }
}
