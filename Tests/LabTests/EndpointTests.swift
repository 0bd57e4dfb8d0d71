// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

@Suite struct EndpointTests {
  private func userInfo(_ visitor: Visitor, _ authorization: String?) async throws
    -> WebClient.Answer
  {
    try await visitor.web.send(
      "\(visitor.lab.issuer)/userinfo",
      headers: authorization.map { [(name: "authorization", value: $0)] } ?? []
    )
  }

  @Test(arguments: [
    ("/token", "GET", "POST"), ("/keys", "POST", "GET"), ("/authorize", "PUT", "GET, POST"),
  ])
  func `another method is told which ones there are`(path: String, method: String, allowed: String)
    async throws
  {
    try await Visitor.with { visitor in
      let answer = try await visitor.web.send(visitor.lab.issuer + path, method: method)
      #expect(answer.status == 405)
      #expect(answer.header("allow") == allowed)
    }
  }

  @Test(
    arguments: [
      ([], "invalid_request"), ([("grant_type", "")], "invalid_request"),
      ([("grant_type", "implicit")], "unsupported_grant_type"),
    ] as [([(String, String)], String)]
  )
  func `a grant that is missing is another mistake than one that is unknown`(
    grant: [(String, String)],
    error: String
  ) async throws {
    try await Visitor.with { visitor in
      let answer = try await visitor.token([("client_id", "lanyard")] + grant)
      #expect(answer.status == 400)
      #expect(try answer.member("error") == error)
    }
  }

  @Test func `userinfo tells whose token it is`() async throws {
    try await Visitor.with { visitor in
      let login = try await visitor.logIn()
      let answer = try await userInfo(visitor, "Bearer \(try login.member("access_token"))")
      #expect(answer.status == 200)
      #expect(try answer.member("sub") == login.claims("id_token")["sub"]?.string)
      #expect(try answer.json()["groups"] == ["dev", "ops"])
      #expect(visitor.lab.count(.userInfo) == 1)
    }
  }

  @Test func `userinfo takes nothing but a living access token`() async throws {
    try await Visitor.with { visitor in
      let login = try await visitor.logIn()
      let idToken = try login.member("id_token")
      for wrong in [nil, "Bearer x", "Bearer \(idToken)", "Basic YTpi"] {
        let answer = try await userInfo(visitor, wrong)
        #expect(answer.status == 401)
        #expect(answer.header("www-authenticate")?.hasPrefix("Bearer ") == true)
      }
      visitor.lab.clock.advance(by: 61)
      let access = try login.member("access_token")
      #expect(try await userInfo(visitor, "Bearer \(access)").status == 401)
    }
  }

  @Test func `userinfo about somebody else, and signed`() async throws {
    try await Visitor.with { visitor in
      let access = try await visitor.logIn().member("access_token")
      let right = try await userInfo(visitor, "Bearer \(access)").member("sub")
      visitor.lab.faults.set(try Fault(parsing: "answer-append:endpoint=userinfo,name=sub"))
      #expect(try await userInfo(visitor, "Bearer \(access)").member("sub") == right + "1")
      visitor.lab.faults.set(try Fault("signed-userinfo"))
      let signed = try await userInfo(visitor, "Bearer \(access)")
      #expect(signed.header("content-type") == "application/jwt")
      #expect(signed.body.split(separator: ".").count == 3)
    }
  }

  @Test func `a logout ends the logins and goes back with the state`() async throws {
    try await Visitor.with { visitor in
      let login = try await visitor.logIn()
      let query = FormFields([
        ("id_token_hint", try login.member("id_token")), ("client_id", "lanyard"),
        ("post_logout_redirect_uri", "http://127.0.0.1:1/bye"), ("state", "s1"),
      ])
      let url = "\(visitor.lab.issuer)/logout?\(query.encoded)"
      let answer = try await visitor.web.send(url)
      #expect(answer.status == 302)
      #expect(answer.header("location") == "http://127.0.0.1:1/bye?state=s1")
      #expect(try await visitor.refresh(try login.member("refresh_token")).status == 400)
      #expect(visitor.lab.count(.logout) == 1 && visitor.lab.count(.familyRevoked) == 1)
      visitor.lab.faults.set(try Fault(parsing: "redirect-remove:endpoint=end_session,name=state"))
      #expect(try await visitor.web.send(url).header("location") == "http://127.0.0.1:1/bye")
      #expect(try await visitor.web.send("\(visitor.lab.issuer)/logout").status == 400)
      let asks = "\(visitor.lab.issuer)/logout?client_id=lanyard&logout_hint=alice"
      #expect(try await visitor.web.send(asks).status == 200)
      #expect(try await visitor.web.send(asks.replacing("lanyard", with: "nobody")).status == 400)
      #expect(visitor.lab.count(.logout) == 3 && visitor.lab.count(.familyRevoked) == 1)
    }
  }

  @Test(arguments: [false, true])
  func `a response by form carries what a redirect would`(refused: Bool) async throws {
    try await Visitor.with { visitor in
      let (action, fields) = try await visitor.browser.authorizeByForm(
        at: visitor.authorizationURL(["response_mode": "form_post"]),
        as: .init("alice", refuses: refused)
      )
      #expect(action == Visitor.redirectURI)
      #expect(fields["state"] == "the-state")
      #expect(fields["iss"] == visitor.lab.issuer)
      #expect(fields["error"] == (refused ? "access_denied" : nil))
      guard !refused else { return }
      #expect(try await visitor.exchange(try #require(fields["code"])).status == 200)
    }
  }

  @Test func `an error comes by form, too`() async throws {
    try await Visitor.with { visitor in
      let url = visitor.authorizationURL(["response_mode": "form_post", "prompt": "none"])
      let (_, fields) = try await visitor.browser.authorizeByForm(at: url, as: .init("alice"))
      #expect(fields["error"] == "login_required")
      let odd = try await visitor.callback(["response_mode": "smoke"])
      #expect(odd["error"] == "invalid_request")
    }
  }

  private let pushed = [
    ("client_id", "lanyard"), ("response_type", "code"), ("redirect_uri", Visitor.redirectURI),
    ("scope", "openid"), ("state", "the-state"), ("code_challenge", Visitor.challenge),
    ("code_challenge_method", "S256"),
  ]

  @Test func `a pushed request works once`() async throws {
    try await Visitor.with({ $0.pushedRequests = .required }) { visitor in
      let answer = try await visitor.web.send(
        "\(visitor.lab.issuer)/par",
        form: FormFields(pushed)
      )
      #expect(answer.status == 201)
      #expect(try answer.json()["expires_in"]?.int == 60)
      let query = FormFields([
        ("client_id", "lanyard"), ("request_uri", try answer.member("request_uri")),
      ])
      let url = "\(visitor.lab.issuer)/authorize?\(query.encoded)"
      let callback = try #require(
        WebAddress(try await visitor.browser.authorize(at: url, as: .init("alice")))
      ).parameters
      #expect(callback["state"] == "the-state")
      #expect(try await visitor.exchange(try #require(callback["code"])).status == 200)
      #expect(try await visitor.browser.open(url).status == 400)
      #expect(try await visitor.browser.open(visitor.authorizationURL()).status == 400)
      #expect(visitor.lab.count(.pushedRequest) == 1)
    }
  }

  @Test(arguments: [
    ("redirect_uri", "https://elsewhere.example/", 400), ("client_id", "unknown", 401),
    ("code_challenge", "short", 400), ("request_uri", "urn:x", 400),
  ])
  func `a flawed pushed request is refused at once`(name: String, value: String, status: Int)
    async throws
  {
    try await Visitor.with({ $0.pushedRequests = .offered }) { visitor in
      let fields = pushed.filter { $0.0 != name } + [(name, value)]
      let answer = try await visitor.web.send("\(visitor.lab.issuer)/par", form: FormFields(fields))
      #expect(answer.status == status)
      #expect(try await visitor.callback()["code"] != nil)
    }
  }

  @Test(arguments: Availability.allCases)
  func `the metadata say whether requests can be pushed`(availability: Availability) async throws {
    try await Visitor.with({ $0.pushedRequests = availability }) { visitor in
      let url = "\(visitor.lab.issuer)/.well-known/openid-configuration"
      let metadata = try await visitor.web.send(url).json()
      #expect((metadata["pushed_authorization_request_endpoint"] == nil) == (availability == .off))
      let required = metadata["require_pushed_authorization_requests"]?.bool
      #expect((required ?? false) == (availability == .required))
      #expect(metadata["response_modes_supported"] == ["query", "form_post"])
    }
  }
}
