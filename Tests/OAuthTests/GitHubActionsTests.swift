// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

@Suite struct GitHubActionsTests {
  private static let url =
    "https://pipelines.actions.githubusercontent.com/x/idtoken?api-version=2.0"

  @Test func `the request names the audience and carries the job's token in a header only`() throws
  {
    let call = try GitHubActionsToken(url: Self.url, token: "canary").call(
      audience: "https://id.test/a b"
    )
    #expect(call.method == .get)
    #expect(call.url == Self.url + "&audience=https%3A%2F%2Fid.test%2Fa+b")
    #expect(call.headers[.authorization] == "Bearer canary")
    #expect(call.body.isEmpty)
    let plain = try GitHubActionsToken(url: "https://a.test/t", token: "x").call(audience: "b")
    #expect(plain.url == "https://a.test/t?audience=b")
  }

  @Test(arguments: [
    (url, true), ("https://a.b.actions.githubusercontent.com/", true),
    ("https://actions.githubusercontent.com.evil.test/", false),
    ("https://evilactions.githubusercontent.com/", false),
    ("https://x.actions.githubusercontent.com:8443/", false),
    ("http://127.0.0.1:8000/t", false), ("https://ghes.example.com/_services/token", false),
  ])
  func `only GitHub's own address is asked unasked`(url: String, own: Bool) throws {
    #expect(try GitHubActionsToken(url: url, token: "x").isGitHub == own)
  }

  @Test(
    arguments: [
      (nil, "x"), ("", "x"), (url, nil), (url, ""), ("http://a.test/t", "x"),
      ("file:///etc/passwd", "x"),
      ("https://user@a.test/", "x"),
    ] as [(String?, String?)]
  )
  func refusals(url: String?, token: String?) {
    #expect(throws: OAuthError.self) { try GitHubActionsToken(url: url, token: token) }
  }

  @Test(
    arguments: [
      (200, #"{"value":"jwt","count":3}"#, "jwt"), (200, #"{"value":""}"#, nil), (200, "{}", nil),
      (200, "<html>", nil), (200, #"{"value":7}"#, nil), (403, #"{"value":"jwt"}"#, nil),
      (500, "", nil),
    ] as [(Int, String, String?)]
  )
  func answers(status: Int, body: String, token: String?) throws {
    let actions = try GitHubActionsToken(url: Self.url, token: "x")
    let found = try? actions.token(in: HTTPAnswer(status: status, body: Array(body.utf8)))
    #expect(found?.expose() == token)
  }
}
