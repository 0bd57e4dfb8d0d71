// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// The grants that need no browser, and whom tokens are for.
@Suite struct GrantTests {
  private static let confidential = [
    ("client_id", "lanyard-confidential"), ("client_secret", "lanyard-confidential-secret"),
  ]
  private static let urn = "urn:ietf:params:oauth:"

  @Test func `a client gets a token for itself`() async throws {
    try await Visitor.with { visitor in
      let form = [("grant_type", "client_credentials"), ("scope", "openid groups")]
      let answer = try await visitor.token(form + Self.confidential)
      #expect(answer.status == 200)
      #expect(try answer.claims("access_token")["sub"]?.string == "lanyard-confidential")
      #expect(try answer.json()["refresh_token"] == nil && answer.json()["id_token"] == nil)
      let refused = try await visitor.token(form + [("client_id", "lanyard")])
      #expect(try refused.member("error") == "unauthorized_client")
      #expect(visitor.story == [.clientGrant, .denied])
    }
  }

  @Test func `name and password are a login`() async throws {
    try await Visitor.with { visitor in
      let form = [
        ("grant_type", "password"), ("client_id", "lanyard"), ("scope", "openid"),
        ("username", "alice"),
      ]
      let answer = try await visitor.token(form + [("password", "alice")])
      #expect(try answer.claims("id_token")["preferred_username"]?.string == "alice")
      #expect(try await visitor.refresh(try answer.member("refresh_token")).status == 200)
      let wrong = try await visitor.token(form + [("password", "bob")])
      #expect(try wrong.member("error") == "invalid_grant")
      #expect(visitor.story == [.passwordGrant, .refresh, .denied])
    }
  }

  @Test func `an assertion of the trusted issuer works until it expires`() async throws {
    try await Visitor.with { visitor in
      let made = try await visitor.admin("assertion", #"{"sub":"job-7","lifetime":60}"#)
      let form = [
        ("grant_type", Self.urn + "grant-type:jwt-bearer"), ("client_id", "lanyard"),
        ("scope", "openid"), ("assertion", try made.member("assertion")),
      ]
      for _ in 1...2 {
        let answer = try await visitor.token(form)
        #expect(try answer.claims("id_token")["sub"]?.string == "job-7")
        #expect(try answer.json()["refresh_token"] == nil)
      }
      visitor.lab.clock.advance(by: 61)
      #expect(try await visitor.token(form).member("error") == "invalid_grant")
      #expect(visitor.story.filter { $0 == .assertionGrant }.count == 2)
    }
  }

  @Test(arguments: ["audience", "signature", "form"])
  func `an assertion that nobody trusted signed for this issuer is refused`(flaw: String)
    async throws
  {
    try await Visitor.with { visitor in
      let good = try visitor.lab.assertion(subject: "job-7")
      let assertion =
        switch flaw {
        case "audience":
          try visitor.lab.assertion(subject: "job-7", audience: "https://elsewhere.example")
        case "signature":
          good.split(separator: ".").dropLast().joined(separator: ".") + ".AAAA"
        default: "no token"
        }
      let answer = try await visitor.token([
        ("grant_type", Self.urn + "grant-type:jwt-bearer"), ("client_id", "lanyard"),
        ("assertion", assertion),
      ])
      #expect(answer.status == 400)
      #expect(try answer.member("error") == "invalid_grant")
    }
  }

  @Test(
    arguments: [
      ("access_token", nil, "Bearer"), ("id_token", "access_token", "Bearer"),
      ("id_token", "id_token", "N_A"), ("jwt", nil, "Bearer"),
    ] as [(String, String?, String)]
  )
  func `a token is exchanged for another`(given: String, wanted: String?, type: String) async throws
  {
    try await Visitor.with { visitor in
      let login = try await visitor.logIn()
      let subject =
        given == "jwt" ? try visitor.lab.assertion(subject: "job-7") : try login.member(given)
      let kind = Self.urn + "token-type:"
      var form = [
        ("grant_type", Self.urn + "grant-type:token-exchange"), ("client_id", "lanyard"),
        ("subject_token", subject), ("subject_token_type", kind + given),
        ("audience", "cluster-a"),
      ]
      if let wanted { form.append(("requested_token_type", kind + wanted)) }
      let answer = try await visitor.token(form)
      #expect(answer.status == 200)
      #expect(try answer.member("issued_token_type") == kind + (wanted ?? "access_token"))
      #expect(try answer.member("token_type") == type)
      let claims = try answer.claims("access_token")
      let person = try login.claims("id_token")["sub"]?.string
      #expect(claims["sub"]?.string == (given == "jwt" ? "job-7" : person))
      #expect(claims["aud"]?.string == (wanted == "id_token" ? "lanyard" : "cluster-a"))
      #expect(visitor.lab.count(.exchangeGrant) == 1)
    }
  }

  @Test(arguments: [
    ("subject_token", "", "invalid_request"), ("subject_token", "x.y.z", "invalid_grant"),
    ("subject_token_type", "urn:x", "invalid_request"),
    ("requested_token_type", "urn:x", "invalid_request"), ("actor_token", "x", "invalid_request"),
  ])
  func `a flawed exchange is refused`(name: String, value: String, error: String) async throws {
    try await Visitor.with { visitor in
      let right = [
        ("grant_type", Self.urn + "grant-type:token-exchange"), ("client_id", "lanyard"),
        ("subject_token", try visitor.lab.assertion(subject: "job-7")),
        ("subject_token_type", Self.urn + "token-type:jwt"),
      ]
      let answer = try await visitor.token(right.filter { $0.0 != name } + [(name, value)])
      #expect(try answer.member("error") == error)
    }
  }

  @Test func `resource and audience are whom an access token is for`() async throws {
    try await Visitor.with { visitor in
      let url = visitor.authorizationURL(["audience": "cluster-a"])
      let two = url + "&resource=https%3A%2F%2Fapi.example&resource=urn%3Ab"
      let callback = try #require(
        WebAddress(try await visitor.browser.authorize(at: two, as: .init("alice")))
      ).parameters
      let login = try await visitor.exchange(try #require(callback["code"]))
      #expect(
        try login.claims("access_token")["aud"] == ["https://api.example", "urn:b", "cluster-a"]
      )
      #expect(try login.claims("id_token")["aud"]?.string == "lanyard")
      let form = [
        ("grant_type", "refresh_token"), ("client_id", "lanyard"),
        ("refresh_token", try login.member("refresh_token")),
      ]
      let narrowed = try await visitor.token(form + [("resource", "urn:b")])
      #expect(try narrowed.claims("access_token")["aud"]?.string == "urn:b")
      let odd = try await visitor.callback(["resource": "https://api.example/#x"])
      #expect(odd["error"] == "invalid_target")
    }
  }

  @Test(arguments: ["client_credentials", "password", "jwt_bearer", "token_exchange"])
  func `faults and log know the grant by its short name`(grant: String) async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(parsing: "status:code=503,grant=\(grant)"))
      let long =
        grant.contains("_") && grant != "client_credentials"
        ? Self.urn + "grant-type:" + grant.replacing("_", with: "-") : grant
      #expect(try await visitor.token([("grant_type", long)]).status == 503)
      #expect(visitor.lab.log().last?.grant == grant)
    }
  }
}
