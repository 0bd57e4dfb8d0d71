// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

@Suite struct FaultTests {
  @Test func `a fault applies once unless told otherwise`() async throws {
    try await Visitor.with({ $0.faults = [try Fault(parsing: "status:code=503")] }) { visitor in
      let code = try #require(try await visitor.callback()["code"])
      #expect(try await visitor.exchange(code).status == 503)
      #expect(try await visitor.exchange(code).status == 200)
      #expect(visitor.lab.faults.pending.isEmpty)
    }
  }

  @Test func `skip, times and grant say when`() async throws {
    let fault = try Fault(
      parsing: "status:code=429,retry-after=7,grant=refresh_token,skip=1,times=2"
    )
    try await Visitor.with({ $0.faults = [fault] }) { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      let successor = try await visitor.refresh(token).member("refresh_token")
      for _ in 1...2 {
        let answer = try await visitor.refresh(successor)
        #expect(answer.status == 429)
        #expect(answer.header("retry-after") == "7")
      }
      #expect(try await visitor.refresh(successor).status == 200)
    }
  }

  @Test func `dropped before processing, the refresh token is still good`() async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      visitor.lab.faults.set(try Fault("drop-before"))
      await #expect(throws: (any Error).self) { try await visitor.refresh(token) }
      #expect(visitor.lab.count(.requestDropped) == 1)
      #expect(visitor.lab.count(.refresh) == 0)
      #expect(try await visitor.refresh(token).status == 200)
    }
  }

  @Test func `dropped after processing, the refresh token is spent`() async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      visitor.lab.faults.set(try Fault("drop-after"))
      await #expect(throws: (any Error).self) { try await visitor.refresh(token) }
      #expect(visitor.lab.count(.refresh) == 1)
      #expect(try await visitor.refresh(token).status == 400)
      #expect(visitor.lab.count(.replay) == 1)
    }
  }

  @Test func `a delayed answer was processed first`() async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      visitor.lab.faults.set(try Fault("delay", parameters: ["ms": "250"]))
      let start = ContinuousClock.now
      #expect(try await visitor.refresh(token).status == 200)
      #expect(ContinuousClock.now - start >= .milliseconds(250))
      let events = visitor.lab.log().filter { $0.faults == "delay" }
      #expect(events.map(\.kind) == [.requestArrived, .refresh, .requestAnswered])
      let times = events.map(\.milliseconds)
      #expect(times[2] - times[1] >= 249)
    }
  }

  @Test func `a delay before processing comes before everything`() async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      visitor.lab.faults.set(try Fault(parsing: "delay:ms=250,when=before"))
      #expect(try await visitor.refresh(token).status == 200)
      let events = visitor.lab.log().filter { $0.faults == "delay" }
      #expect(events.map(\.kind) == [.requestArrived, .refresh, .requestAnswered])
      #expect(events[1].milliseconds - events[0].milliseconds >= 249)
    }
  }

  @Test(arguments: [
    ("wrong-issuer", "wrong issuer"), ("wrong-audience", "wrong audience"),
    ("wrong-signature", "not a token signed by this issuer's keys"),
    ("alg-none", "not a token signed by this issuer's keys"),
    ("expires:seconds=-5", "expired"), ("clock:seconds=-600", "expired"),
  ])
  func `a broken token gets 401, and the log knows why`(fault: String, reason: String)
    async throws
  {
    try await Visitor.with({ $0.faults = [try Fault(parsing: fault)] }) { visitor in
      let token = try await visitor.logIn().member("id_token")
      #expect(try await visitor.api("/api/v1/pods", token: token).status == 401)
      let logged = visitor.lab.log().last { $0.kind == .apiRequest }?.reason ?? ""
      #expect(logged.hasPrefix(reason))
    }
  }

  @Test(arguments: [
    ("wrong-nonce", "nonce"), ("wrong-at-hash", "at_hash"), ("wrong-subject", "sub"),
  ])
  func `a claim is replaced`(fault: String, claim: String) async throws {
    try await Visitor.with { visitor in
      let right = try await visitor.logIn().claims("id_token")
      visitor.lab.faults.set(try Fault(fault))
      let wrong = try await visitor.logIn().claims("id_token")
      #expect(wrong[claim] != nil)
      if claim != "at_hash" { #expect(wrong[claim] != right[claim]) }
      if claim == "at_hash" { #expect(wrong[claim]?.string?.allSatisfy { $0 == "A" } == true) }
    }
  }

  @Test func `clock moves issue and expiry alike`() async throws {
    try await Visitor.with { visitor in
      let right = try await visitor.logIn().claims("id_token")
      visitor.lab.faults.set(try Fault("clock", parameters: ["seconds": "600"]))
      let wrong = try await visitor.logIn().claims("id_token")
      for name in ["iat", "exp"] {
        let shift = (wrong[name]?.int ?? 0) - (right[name]?.int ?? 0)
        #expect((600..<660).contains(shift))
      }
    }
  }

  @Test(arguments: [("no-refresh-token", "refresh_token"), ("no-id-token", "id_token")])
  func `a member is left out`(fault: String, member: String) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      visitor.lab.faults.set(try Fault(fault, grant: "refresh_token"))
      let answer = try await visitor.refresh(token)
      #expect(answer.status == 200)
      #expect(try answer.json()[member] == nil)
      #expect(try answer.json()["access_token"] != nil)
    }
  }

  @Test func `an OAuth error of choice`() async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(parsing: "oauth-error:error=invalid_scope,description=no"))
      let answer = try await visitor.refresh("any")
      #expect(answer.status == 400)
      #expect(try answer.member("error") == "invalid_scope")
    }
  }

  @Test(arguments: [
    ("echo", 400, "invalid_request", "cannot be used: lab-token"),
    ("echo:code=401,error=invalid_client", 401, "invalid_client", "cannot be used: lab-token"),
    ("echo:encoded=1", 400, "invalid_request", "cannot be used: lab%2Dtoken"),
    ("echo:as=error", 400, "lab-token", "cannot be used"),
  ])
  func `the secret is repeated`(fault: String, status: Int, error: String, description: String)
    async throws
  {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault(parsing: fault))
      let answer = try await visitor.refresh("lab-token")
      #expect(answer.status == status)
      #expect(answer.header("cache-control") == "no-store")
      #expect(try answer.member("error") == error)
      #expect(try answer.member("error_description") == description)
      #expect(visitor.lab.count(.denied) == 0)
    }
  }

  @Test(arguments: [
    ("authorization_code", "code"), ("password", "password"), ("x", "assertion"),
    ("x", "subject_token"), ("x", "device_code"), ("client_credentials", "client_secret"),
  ])
  func `the secret of any grant is repeated`(grant: String, name: String) async throws {
    try await Visitor.with { visitor in
      visitor.lab.faults.set(try Fault("echo"))
      let answer = try await visitor.token([
        ("grant_type", grant), ("client_id", "lanyard"), (name, "a secret"),
      ])
      #expect(try answer.member("error_description") == "cannot be used: a secret")
    }
  }

  @Test func `discovery breaks in four ways and then works`() async throws {
    try await Visitor.with { visitor in
      let url = "\(visitor.lab.issuer)/.well-known/openid-configuration"
      for name in ["discovery-html", "discovery-404", "discovery-other-issuer", "discovery-huge"] {
        visitor.lab.faults.set(try Fault(name))
      }
      // All four apply to the same request; the canned answer set last wins.
      #expect(try await visitor.web.send(url).status == 404)
      visitor.lab.faults.set(try Fault("discovery-html"))
      #expect(try await visitor.web.send(url).header("content-type") == "text/html")
      visitor.lab.faults.set(try Fault("discovery-other-issuer"))
      #expect(try await visitor.web.send(url).member("issuer") == "https://issuer.invalid")
      visitor.lab.faults.set(try Fault("discovery-huge"))
      #expect(try await visitor.web.send(url).body.utf8.count > 10_000_000)
      #expect(try await visitor.web.send(url).member("issuer") == visitor.lab.issuer)
    }
  }

  @Test(arguments: [
    "", "no-such-fault", "delay:ms", "delay:times=0", "delay:times=-1", "delay:endpoint=nowhere",
    "delay:grant=refresh", "delay:skip=x", "delay:skip=-1", "delay:ms=abc", "delay:ms=-1",
    "delay:when=befor", "delay:token=id", "drop-before:ms=1", "status:cod=429", "status:code=9999",
    "status:code=-1", "status:code=x", "status:header.a b=c", "oauth-error:code=99",
    "echo:code=600", "echo:as=code", "echo:encoded=2", "wrong-issuer:token=idd", "sign-alg:alg=FOO",
    "huge-token:bytes=-1", "dots:count=-1", "discovery-huge:bytes=-1",
    "expires:seconds=9223372036854775807", "clock:seconds=-9223372036854775808",
    "claim-shift:name=iat,seconds=9223372036854775807", "rotate-keys:keep-old=yes",
    "answer-header:name=a b", "no-id-token:token=id", "redirect-set:name=a,value=b,text=c",
  ])
  func `a fault that cannot be is refused`(text: String) {
    #expect(throws: LabError.self) { try Fault(parsing: text) }
  }

  @Test(arguments: [
    #"{"name":"status","cod":429}"#, #"{"name":"status","parameters":{"cod":429}}"#,
    #"{"name":"status","parameters":[]}"#, #"{"name":"status","parameters":{"code":[500]}}"#,
    #"{"name":"status","parameters":{"code":500.5}}"#, #"{"name":"delay","grant":"refresh"}"#,
    #"{"name":"delay","skip":"x"}"#, #"{"name":"delay","skip":1.5}"#,
    #"{"name":"delay","times":[]}"#, #"{"parameters":{"name":"delay"}}"#, "[]",
  ])
  func `nor does it come as JSON`(text: String) throws {
    let json = try JSONValue.parse(text)
    #expect(throws: LabError.self) { try Fault(json: json) }
  }

  @Test(arguments: FaultKind.all.map(\.name))
  func `every fault can be set, and the lab goes on`(name: String) async throws {
    let kind = try #require(FaultKind.all.first { $0.name == name })
    let values = ["name": "x", "value": "1", "seconds": "1", "alg": "ES256"]
    let parameters = values.filter { kind.needs.contains($0.key) }
    let fault = try Fault(name, endpoint: "*", parameters: parameters)
    try await Visitor.with({ $0.faults = [fault] }) { visitor in
      _ = try? await visitor.web.send("\(visitor.lab.issuer)/keys")
      #expect(visitor.lab.faults.pending.isEmpty)
      let answer = try await visitor.web.send("\(visitor.lab.issuer)/keys")
      #expect(answer.status == 200)
    }
  }
}
