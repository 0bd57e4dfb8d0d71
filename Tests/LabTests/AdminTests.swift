// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

@Suite struct AdminTests {
  @Test(arguments: ["", "wrong"])
  func `nothing without the secret`(secret: String) async throws {
    try await Visitor.with { visitor in
      let answer = try await visitor.admin("log", secret: secret)
      #expect(answer.status == 401)
    }
  }

  @Test func `faults can be set, seen and cleared`() async throws {
    try await Visitor.with { visitor in
      let set = try await visitor.admin(
        "faults",
        #"{"name":"status","times":"forever","parameters":{"code":400,"headers":{"X-A":"b"}}}"#
      )
      #expect(set.status == 200)
      let answer = try await visitor.refresh("any")
      #expect(answer.status == 400)
      #expect(answer.header("x-a") == "b")
      let pending = try await visitor.admin("faults").json()["faults"]
      #expect(pending?[0]?["times"]?.string == "forever")
      let cleared = try await visitor.admin("faults?name=status", method: "DELETE")
      #expect(try cleared.json()["faults"] == [])
      #expect(try await visitor.admin("faults", #"{"name":"no"}"#).status == 400)
      #expect(try await visitor.admin("faults", "not JSON").status == 400)
    }
  }

  @Test func `sessions can be listed and revoked`() async throws {
    try await Visitor.with { visitor in
      let alice = try await visitor.logIn().member("refresh_token")
      let bob = try await visitor.logIn(as: .init("bob")).member("refresh_token")
      let revoked = try await visitor.admin("sessions/revoke", #"{"user":"alice"}"#).json()
      #expect(revoked["revoked"]?.array?.count == 1)
      #expect(revoked["revoked"]?[0]?["family"]?.string == "f1")
      #expect(try await visitor.refresh(alice).status == 400)
      #expect(try await visitor.refresh(bob).status == 200)
      let sessions = try await visitor.admin("sessions").json()["sessions"]?.array ?? []
      #expect(sessions.map { $0["ended"] == nil } == [false, true])
    }
  }

  @Test func `keys rotate and the clock moves`() async throws {
    try await Visitor.with { visitor in
      let keys = try await visitor.admin("keys/rotate", #"{"keepOld":false}"#).json()["keys"]
      let names = keys?.array?.compactMap { $0["kid"]?.string } ?? []
      #expect(names.contains { $0.hasPrefix("rs256-2-") })
      #expect(keys?.array?.count == 3)
      _ = try await visitor.admin("clock", #"{"advance":600}"#)
      _ = try await visitor.admin("clock", #"{"advance":-0.5}"#)
      #expect(visitor.lab.clock.offset == 599.5)
      _ = try await visitor.admin("clock", #"{"offset":0}"#)
      #expect(visitor.lab.clock.offset == 0)
      #expect(try await visitor.admin("clock", "{}").status == 400)
    }
  }

  @Test(arguments: [
    ("clock", #"{"offset":1e300}"#), ("clock", #"{"offset":"1"}"#),
    ("clock", #"{"advance":-1e300}"#), ("clock", #"{"advance":315360001}"#),
    ("assertion", #"{"lifetime":9223372036854775807}"#),
    ("assertion", #"{"lifetime":1e300}"#), ("assertion", #"{"lifetime":"x"}"#),
    ("faults", #"{"name":"status","parameters":{"code":9999}}"#),
  ])
  func `a number that nothing can be done with is refused`(path: String, body: String) async throws
  {
    try await Visitor.with { visitor in
      let answer = try await visitor.admin(path, body)
      #expect(answer.status == 400)
      #expect(try answer.member("error").isEmpty == false)
      #expect(try await visitor.admin("clock").json()["offset"] == 0)
    }
  }

  @Test func `the clock goes ten years and no further`() async throws {
    try await Visitor.with { visitor in
      for _ in 1...2 { _ = try await visitor.admin("clock", #"{"advance":315360000}"#) }
      #expect(visitor.lab.clock.offset == 315_360_000)
      #expect(try await visitor.logIn().status == 200)
    }
  }

  @Test func `the log is in order and holds no secrets`() async throws {
    try await Visitor.with { visitor in
      let login = try await visitor.logIn()
      let refreshed = try await visitor.refresh(try login.member("refresh_token"))
      _ = try await visitor.api("/version", token: try refreshed.member("id_token"))
      let answer = try await visitor.admin("log")
      let events = try #require(try answer.json()["events"]?.array)
      #expect(events.compactMap { $0["sequence"]?.int } == Array(1...events.count))
      let times = events.compactMap { $0["milliseconds"]?.int }
      #expect(times == times.sorted())
      for token in ["access_token", "id_token", "refresh_token"] {
        for source in [login, refreshed] {
          let secret = try source.member(token)
          #expect(!answer.body.contains(secret))
        }
      }
      let later = try await visitor.admin("log?after=\(events.count - 1)").json()["events"]
      #expect(later?.array?.count == 1)
      #expect(try await visitor.admin("counters").json()["refresh"]?.int == 1)
    }
  }

  @Test func `shutdown ends the lab`() async throws {
    try await Visitor.with { visitor in
      let answer = try await visitor.admin("shutdown", "{}")
      #expect(answer.status == 200)
      await visitor.lab.waitUntilStopped()
      await #expect(throws: (any Error).self) {
        try await visitor.web.send(visitor.lab.issuer)
      }
    }
  }

  @Test func `a taken port is an error, not a hang`() async throws {
    try await Visitor.with { visitor in
      var options = LabOptions()
      options.issuerPort = try #require(WebAddress(visitor.lab.issuer)).port
      await #expect(throws: LabError.self) { _ = try await Lab.start(options) }
    }
  }
}

@Suite struct ParsingTests {
  @Test func `users and clients on the command line`() throws {
    #expect(
      try LabUser(parsing: "alice:dev,ops") == LabUser("alice", groups: ["dev", "ops"])
    )
    #expect(try LabUser(parsing: "bob::secret") == LabUser("bob", password: "secret"))
    #expect(try LabClient(parsing: "app:s:t") == LabClient("app", secret: "s:t"))
    for text in ["", ":dev", "a b:dev"] {
      #expect(throws: LabError.self) { try LabUser(parsing: text) }
    }
  }

  @Test(
    arguments: [
      ("a=1&b=%20x+y&c", [("a", "1"), ("b", " x y"), ("c", "")]),
      ("a=%zz&a=%", [("a", "%zz"), ("a", "%")]), ("", []),
    ] as [(String, [(String, String)])]
  )
  func `form fields decode`(text: String, pairs: [(String, String)]) {
    #expect(FormFields(decoding: text) == FormFields(pairs))
    #expect(FormFields(decoding: FormFields(pairs).encoded) == FormFields(pairs))
  }

  @Test(arguments: [
    "ftp://x/", "127.0.0.1", "http://", "http://user@host/", "http://h:port/", "//h/",
  ])
  func `what is no web address`(text: String) {
    #expect(WebAddress(text) == nil)
  }
}
