// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// The faults that change tokens, answers and redirects in a way that their parameters name.
@Suite struct TokenFaultTests {
  @Test(
    arguments: [
      (
        #"{"name":"claim-set","parameters":{"name":"aud","value":["lanyard","x"]}}"#, "aud",
        ["lanyard", "x"]
      ),
      (#"{"name":"claim-set","parameters":{"name":"aud","value":[]}}"#, "aud", []),
      (#"{"name":"claim-set","parameters":{"name":"exp","value":"17"}}"#, "exp", "17"),
      (#"{"name":"claim-set","parameters":{"name":"exp","value":-1}}"#, "exp", -1),
      (#"{"name":"claim-set","parameters":{"name":"exp","value":1e300}}"#, "exp", .double(1e300)),
      (
        #"{"name":"claim-set","parameters":{"name":"name","value":"\u001b[31m"}}"#, "name",
        "\u{1b}[31m"
      ),
      (#"{"name":"claim-remove","parameters":{"name":"iat"}}"#, "iat", nil),
      (#"{"name":"claim-append","parameters":{"name":"nonce"}}"#, "nonce", "the-nonce1"),
    ] as [(String, String, JSONValue?)]
  )
  func `one claim is changed`(fault: String, claim: String, expected: JSONValue?) async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(json: try JSONValue.parse(fault)))
      let claims = try await visitor.logIn().claims("id_token")
      #expect(claims[claim] == expected)
      #expect(claims["sub"] != nil)
    }
  }

  @Test func `a time is moved by a week`() async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(parsing: "claim-shift:name=iat,seconds=-604800,token=id"))
      let answer = try await visitor.logIn()
      let moved = try #require(try answer.claims("id_token")["iat"]?.int)
      let right = try #require(try answer.claims("access_token")["iat"]?.int)
      #expect((604_800...604_801).contains(right - moved))
    }
  }

  @Test(
    arguments: [
      ("header-set:name=crit,value=[\"x\"]", "crit", ["x"]),
      ("header-set:name=alg,value=ES256", "alg", "ES256"), ("header-remove:name=kid", "kid", nil),
      ("sign-alg:alg=PS256", "alg", "PS256"), ("hs256-public-key", "alg", "HS256"),
      ("hs256-client-secret", "alg", "HS256"), ("alg-none", "alg", "none"),
    ] as [(String, String, JSONValue?)]
  )
  func `one member of the header is changed, and no API server takes the token`(
    fault: String,
    member: String,
    expected: JSONValue?
  ) async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(parsing: fault))
      let answer = try await visitor.logIn()
      #expect(try answer.tokenHeader("id_token")[member] == expected)
      let status = try await visitor.api("/version", token: answer.member("id_token")).status
      #expect(status == (member == "kid" ? 200 : 401))
    }
  }

  @Test(arguments: SigningAlgorithm.allCases, ["bad-signature", "zero-signature"])
  func `a signature of the right length and the wrong bytes`(
    algorithm: SigningAlgorithm,
    fault: String
  ) async throws {
    try await Visitor.with({ $0.algorithm = algorithm }) { visitor in
      let right = try await visitor.logIn().member("id_token").split(separator: ".")
      visitor.lab.faults.set(try Fault(fault))
      let token = try await visitor.logIn().member("id_token")
      let wrong = token.split(separator: ".")
      #expect(wrong[0] == right[0])
      #expect(wrong[2].count == right[2].count)
      #expect(wrong[2].allSatisfy { $0 == "A" } == (fault == "zero-signature"))
      #expect(try await visitor.api("/version", token: token).status == 401)
    }
  }

  @Test func `each unknown key id is another one`() async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault("unknown-kid", times: nil))
      let first = try await visitor.logIn().tokenHeader("id_token")["kid"]
      let second = try await visitor.logIn().tokenHeader("id_token")["kid"]
      #expect(first != nil && second != nil && first != second)
    }
  }

  @Test(arguments: [
    ("payload-array", 3), ("claim-twice:name=iss,value=https://issuer.invalid", 3),
    ("encrypted-token", 5), ("dots:count=1000", 1003), ("huge-token", 3),
  ])
  func `a token of another shape`(fault: String, parts: Int) async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(parsing: fault))
      let token = try await visitor.logIn().member("id_token")
      #expect(token.split(separator: ".", omittingEmptySubsequences: false).count == parts)
      if fault == "huge-token" { #expect(token.utf8.count > 2_097_152) }
    }
  }

  @Test func `JSON serialisation says the algorithm where nothing protects it`() async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault("json-token"))
      let token = try JSONValue.parse(try await visitor.logIn().member("id_token"))
      #expect(token["header"]?["alg"]?.string == "RS256")
      #expect(token["signature"]?.string?.isEmpty == false)
    }
  }

  @Test(
    arguments: [
      ("answer-set:name=token_type,value=bEARER", "token_type", "bEARER"),
      ("answer-set:name=expires_in,value=\"x\"", "expires_in", "x"),
      ("answer-set:name=refresh_token,value=5", "refresh_token", 5),
      ("answer-remove:name=scope", "scope", nil),
      ("answer-append:name=token_type,text=!", "token_type", "Bearer!"),
    ] as [(String, String, JSONValue?)]
  )
  func `one member of the answer is changed`(fault: String, member: String, expected: JSONValue?)
    async throws
  {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(parsing: fault))
      let answer = try await visitor.logIn()
      #expect(answer.status == 200)
      #expect(try answer.json()[member] == expected)
    }
  }

  @Test(
    arguments: [
      ("answer-append:name=error", "error", "invalid_grant1"),
      ("answer-set:name=error_uri,value=x", "error_uri", "x"),
      ("answer-remove:name=error_description", "error_description", nil),
      ("expires:seconds=5", "expires_in", nil),
    ] as [(String, String, JSONValue?)]
  )
  func `a refusal is an answer, too`(fault: String, member: String, expected: JSONValue?)
    async throws
  {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(parsing: fault))
      let answer = try await visitor.refresh("unknown")
      #expect(answer.status == 400)
      #expect(try answer.json()[member] == expected)
      #expect(try answer.json()["error"] != nil)
    }
  }

  @Test(arguments: [true, false])
  func `so is that of a revocation`(isKnown: Bool) async throws {
    try await Visitor.with { visitor in
      let token = isKnown ? try await visitor.logIn().member("refresh_token") : "unknown"
      visitor.lab.faults.set(try Fault(parsing: "answer-set:endpoint=revocation,name=a,value=1"))
      let answer = try await visitor.web.send(
        "\(visitor.lab.issuer)/revoke",
        form: FormFields([("token", token), ("client_id", "lanyard")])
      )
      #expect(answer.status == 200)
      #expect(try answer.json() == ["a": 1])
    }
  }

  @Test(arguments: [("date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("server", "elsewhere")])
  func `a field that every answer has is changed or taken away`(name: String, value: String)
    async throws
  {
    try await Visitor.with { visitor in
      let url = "\(visitor.lab.issuer)/keys"
      #expect(try await visitor.web.send(url).header(name) != nil)
      visitor.lab.faults.set(
        try Fault("answer-header", endpoint: "keys", parameters: ["name": name, "value": value])
      )
      #expect(try await visitor.web.send(url).header(name) == value)
      visitor.lab.faults.set(try Fault(parsing: "answer-header:endpoint=keys,name=\(name)"))
      #expect(try await visitor.web.send(url).header(name) == nil)
      #expect(try await visitor.web.send(url).header(name) != nil)
    }
  }

  @Test(arguments: [
    ("redirect-remove:name=iss", "iss", []), ("redirect-remove:name=state", "state", []),
    ("redirect-append:name=state", "state", ["the-state1"]),
    ("redirect-set:name=iss,value=https://issuer.invalid", "iss", ["https://issuer.invalid"]),
    ("redirect-twice:name=state", "state", ["the-state", "the-state"]),
    ("redirect-twice:name=state,value=other", "state", ["the-state", "other"]),
    ("redirect-error:error=access_denied", "error", ["access_denied"]),
  ])
  func `one parameter of the redirect is changed`(
    fault: String,
    parameter: String,
    expected: [String]
  ) async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(parsing: fault))
      let callback = try await visitor.callback()
      #expect(callback.values(parameter) == expected)
      #expect((callback["code"] == nil) == (parameter == "error"))
    }
  }

  @Test func `keys change between discovery and signing`() async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault("rotate-keys"))
      let name = try await visitor.logIn().tokenHeader("id_token")["kid"]?.string
      #expect(name?.hasPrefix("rs256-2-") == true)
      #expect(visitor.lab.count(.keysRotated) == 1)
    }
  }

  @Test(arguments: [
    "claim-set:name=iss", "claim-remove", "header-set:value=1", "answer-set", "redirect-set",
  ])
  func `a fault without what it needs is refused`(text: String) {
    #expect(throws: LabError.self) { try Fault(parsing: text) }
  }
}
