// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

@Suite struct CodeFlowTests {
  @Test(arguments: [false, true])
  func `discovery names the endpoints of the issuer that was asked`(tls: Bool) async throws {
    try await Visitor.with({ $0.issuerTLS = tls }) { visitor in
      let issuer = visitor.lab.issuer
      #expect(issuer.hasPrefix(tls ? "https://" : "http://"))
      let answer = try await visitor.web.send("\(issuer)/.well-known/openid-configuration")
      let metadata = try answer.json()
      #expect(metadata["issuer"]?.string == issuer)
      for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "revocation_endpoint"] {
        #expect(metadata[name]?.string?.hasPrefix(issuer + "/") == true)
      }
      let keys = try await visitor.web.send("\(issuer)/keys").json()["keys"]?.array ?? []
      #expect(Set(keys.compactMap { $0["alg"]?.string }) == ["RS256", "ES256", "EdDSA"])
      #expect(keys.allSatisfy { $0["d"] == nil && $0["p"] == nil })
    }
  }

  @Test(arguments: [false, true])
  func `a login yields tokens that the API server takes`(tls: Bool) async throws {
    try await Visitor.with({ $0.issuerTLS = tls }) { visitor in
      let answer = try await visitor.logIn()
      #expect(answer.status == 200)
      #expect(answer.header("cache-control") == "no-store")
      let claims = try answer.claims("id_token")
      #expect(claims["iss"]?.string == visitor.lab.issuer)
      #expect(claims["aud"]?.string == "lanyard")
      #expect(claims["azp"]?.string == "lanyard")
      #expect(claims["nonce"]?.string == "the-nonce")
      #expect(claims["groups"] == ["dev", "ops"])
      for name in ["id_token", "access_token"] {
        let pods = try await visitor.api("/api/v1/pods", token: try answer.member(name))
        #expect(pods.status == 200, "with the \(name)")
      }
    }
  }

  @Test(arguments: SigningAlgorithm.allCases)
  func `tokens are signed with the configured algorithm`(algorithm: SigningAlgorithm) async throws {
    try await Visitor.with({ $0.algorithm = algorithm }) { visitor in
      let answer = try await visitor.logIn()
      #expect(try answer.tokenHeader("id_token")["alg"]?.string == algorithm.rawValue)
      #expect(try answer.tokenHeader("access_token")["typ"]?.string == "at+jwt")
      let token = try answer.member("id_token")
      #expect(try await visitor.api("/version", token: token).status == 200)
    }
  }

  @Test func `the callback carries code, state and issuer`() async throws {
    try await Visitor.with { visitor in
      let callback = try await visitor.callback()
      #expect(callback["state"] == "the-state")
      #expect(callback["iss"] == visitor.lab.issuer)
      #expect(callback["code"] != nil)
    }
  }

  @Test(
    arguments: [
      (["code_challenge": nil], "invalid_request"),
      (["code_challenge_method": "plain"], "invalid_request"),
      (["response_type": "token"], "unsupported_response_type"),
      (["response_type": nil], "invalid_request"),
      (["prompt": "none"], "login_required"),
    ] as [([String: String?], String)]
  )
  func `a flawed request goes back with an error`(changes: [String: String?], error: String)
    async throws
  {
    try await Visitor.with { visitor in
      let callback = try await visitor.callback(changes)
      #expect(callback["error"] == error)
      #expect(callback["state"] == "the-state")
      #expect(callback["iss"] == visitor.lab.issuer)
      #expect(callback["code"] == nil)
    }
  }

  @Test(
    arguments: [
      ["client_id": "unknown"], ["redirect_uri": "https://elsewhere.example/callback"],
      ["redirect_uri": "http://127.0.0.1.elsewhere.example/"], ["redirect_uri": nil],
    ] as [[String: String?]]
  )
  func `nobody is redirected to an address that is not the client's`(changes: [String: String?])
    async throws
  {
    try await Visitor.with { visitor in
      let page = try await visitor.browser.open(visitor.authorizationURL(changes))
      #expect(page.status == 400)
      #expect(page.form == nil)
    }
  }

  @Test func `a code works once, and its second use ends the login`() async throws {
    try await Visitor.with { visitor in
      let code = try #require(try await visitor.callback()["code"])
      let first = try await visitor.exchange(code)
      let second = try await visitor.exchange(code)
      #expect(second.status == 400)
      #expect(try second.member("error") == "invalid_grant")
      #expect(try await visitor.refresh(try first.member("refresh_token")).status == 400)
      #expect(visitor.story == [.login, .codeGrant, .replay, .familyRevoked, .denied, .denied])
    }
  }

  @Test(
    arguments: [
      ("redirect_uri", "http://127.0.0.1:1/other", 0, "another redirect_uri"),
      ("redirect_uri", nil, 0, "another redirect_uri"), ("scope", "openid", 61, "code expired"),
      ("client_id", "other", 0, "code of another client"),
      ("code_verifier", nil, 0, "code_verifier does not match"),
    ] as [(String, String?, Double, String)]
  )
  func `a code is good for what it was given for`(
    name: String,
    value: String?,
    seconds: Double,
    reason: String
  ) async throws {
    try await Visitor.with({ $0.clients.append(LabClient("other")) }) { visitor in
      let code = try #require(try await visitor.callback()["code"])
      visitor.lab.clock.advance(by: seconds)
      var form = [
        ("grant_type", "authorization_code"), ("code", code), ("client_id", "lanyard"),
        ("redirect_uri", Visitor.redirectURI), ("code_verifier", Visitor.verifier),
      ].filter { $0.0 != name }
      if let value { form.append((name, value)) }
      let answer = try await visitor.token(form)
      #expect(answer.status == 400)
      #expect(try answer.member("error") == "invalid_grant")
      #expect(visitor.lab.log().last { $0.kind == .denied }?.reason == reason)
      #expect(visitor.lab.count(.codeGrant) == 0)
    }
  }

  @Test func `a request may come as a form`() async throws {
    try await Visitor.with { visitor in
      let address = try #require(WebAddress(visitor.authorizationURL()))
      let form = address.parameters
      let page = try await visitor.web.send("\(visitor.lab.issuer)/authorize", form: form)
      #expect(page.status == 200)
      #expect(page.body.contains("action=\"/login\""))
    }
  }

  @Test func `requests and codes that nobody can use any more are forgotten`() async throws {
    try await Visitor.with({ $0.pushedRequests = .offered }) { visitor in
      _ = try await visitor.callback()
      let form = try #require(WebAddress(visitor.authorizationURL())).parameters
      _ = try await visitor.web.send("\(visitor.lab.issuer)/par", form: form)
      _ = try await visitor.browser.open(visitor.authorizationURL())
      #expect(await visitor.lab.waiting() == 3)
      visitor.lab.clock.advance(by: 601)
      _ = try await visitor.browser.open(visitor.authorizationURL())
      #expect(await visitor.lab.waiting() == 1)
      #expect(await visitor.lab.secrets().contains { $0.hasPrefix("lab-code-") })
    }
  }

  @Test func `a code needs its verifier`() async throws {
    try await Visitor.with { visitor in
      let code = try #require(try await visitor.callback()["code"])
      let wrong = String(repeating: "a", count: 43)
      let answer = try await visitor.exchange(code, verifier: wrong)
      #expect(try answer.member("error") == "invalid_grant")
    }
  }
}
