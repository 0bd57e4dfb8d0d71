// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("redirect receiver")
struct RedirectReceiverTests {
  static let state = "c3RhdGUtc3RhdGUtc3RhdGUtc3RhdGUtc3RhdGUtMTI"
  static let iss = "https%3A%2F%2Fissuer.test%2Frealms%2Fone"

  static func receiver(issRequired: Bool = false) throws -> RedirectReceiver {
    RedirectReceiver(
      hosts: ["127.0.0.1:8000", "localhost:8000"],
      state: Secret(state),
      issuer: try Issuer(Forge.issuer),
      issRequired: issRequired,
      pages: RedirectPages(
        issuerHost: "issuer.test",
        clientID: "<b>kube</b>",
        context: "prod \"eu\" & 'us'"
      )
    )
  }

  static func name(_ action: RedirectReceiver.Action) -> String {
    switch action {
    case .respond(let status, _, _): "\(status)"
    case .finish(.code(let code), let status, _, _): "\(status) code \(code.expose())"
    case .finish(.refused(let error, let description), let status, _, _):
      "\(status) refused \(error): \(description ?? "-")"
    case .finish(.fault(let error), let status, _, _): "\(status) fault \(error.code)"
    }
  }

  /// One request and what comes of it.
  struct Row: Sendable, CustomTestStringConvertible {
    var method = "GET"
    var target: String
    var host: String? = "127.0.0.1:8000"
    var type: String?
    var body = ""
    var issRequired = false
    let expected: String
    var testDescription: String { "\(method) \(target.prefix(80)) \(host ?? "-"): \(expected)" }
  }

  static let good = "/?code=c1&state=\(state)"
  static let form = "application/x-www-form-urlencoded"

  static let requests = [
    Row(target: good, expected: "200 code c1"),
    Row(target: good, host: "localhost:8000", expected: "200 code c1"),
    Row(target: good, host: "evil.test", expected: "421"),
    Row(target: good, host: "evil.test:8000", expected: "421"),
    Row(target: good, host: "127.0.0.1", expected: "421"),
    Row(target: good, host: "127.0.0.1:8001", expected: "421"),
    Row(target: good, host: "LOCALHOST:8000", expected: "421"),
    Row(target: good, host: "127.0.0.1:8000.evil.test", expected: "421"),
    Row(target: good, host: "", expected: "421"),
    Row(target: good, host: nil, expected: "400"),
    Row(target: "/favicon.ico", expected: "404"),
    Row(target: "/x" + good, expected: "404"),
    Row(target: "//?code=c1&state=\(state)", expected: "404"),
    Row(target: "http://127.0.0.1:8000" + good, expected: "404"),
    Row(target: "*", expected: "404"), Row(target: "", expected: "404"),
    Row(method: "HEAD", target: good, expected: "405"),
    Row(method: "OPTIONS", target: good, expected: "204"),
    Row(method: "PUT", target: good, expected: "405"),
    Row(method: "get", target: good, expected: "405"),
    Row(method: "POST", target: good, expected: "415"),
    Row(method: "POST", target: good, type: form, expected: "400"),
    Row(
      method: "POST",
      target: "/",
      type: form,
      body: "code=c1&state=\(state)",
      expected: "200 code c1"
    ),
    Row(
      method: "POST",
      target: "/",
      type: form + "; charset=UTF-8",
      body: "code=c1&state=\(state)",
      expected: "200 code c1"
    ),
    Row(
      method: "POST",
      target: "/",
      type: "text/plain",
      body: "code=c1&state=\(state)",
      expected: "415"
    ),
    Row(
      method: "POST",
      target: "/",
      type: form,
      body: "code=c1&state=\(state)&x=" + String(repeating: "x", count: 16_384),
      expected: "413"
    ),
    Row(target: good + "&x=" + String(repeating: "x", count: 16_384), expected: "414"),
  ]

  static let answers = [
    Row(target: "/", expected: "400"),
    Row(target: "/?code=c1", expected: "400"),
    Row(target: "/?code=c1&state=", expected: "400"),
    Row(target: "/?code=c1&state=\(state)1", expected: "400"),
    Row(target: "/?code=c1&state=\(state.dropLast())", expected: "400"),
    Row(target: "/?code=c1&state=\(state.lowercased())", expected: "400"),
    Row(target: "/?code=c1&state=\(state)&state=\(state)", expected: "400 fault redirectInvalid"),
    Row(target: "/?code=c1&state=x&state=\(state)", expected: "400 fault redirectInvalid"),
    Row(target: "/?code=c1&state=x&state=x", expected: "400"),
    Row(target: "/?code=%zz&state=\(state)", expected: "400"),
    Row(target: "/?error=access_denied", expected: "400"),
    Row(target: "/?state=\(state)&error=access_denied", expected: "200 refused access_denied: -"),
    Row(
      target: "/?state=\(state)&error=x%1b%5B31m&error_description=a%0d%0ab+c",
      expected: "200 refused x[31m: ab c"
    ),
    Row(target: "/?state=\(state)&error=a&code=c1", expected: "200 refused a: -"),
    Row(target: good + "&code=c2", expected: "400 fault redirectInvalid"),
    Row(target: good + "&iss=a&iss=b", expected: "400 fault redirectInvalid"),
    Row(target: good + "&scope=a&client_id=kube&session_state=s", expected: "200 code c1"),
    Row(target: "/?state=\(state)", expected: "400 fault redirectInvalid"),
    Row(target: "/?code=&state=\(state)", expected: "400 fault redirectInvalid"),
    Row(target: "/?code=a%00b&state=\(state)", expected: "400 fault redirectInvalid"),
    Row(target: good + "&iss=\(iss)", expected: "200 code c1"),
    Row(target: good + "&iss=\(iss)", issRequired: true, expected: "200 code c1"),
    Row(target: good + "&iss=\(iss)1", expected: "400 fault issuerMixUp"),
    Row(target: good + "&iss=\(iss)%2F", issRequired: true, expected: "400 fault issuerMixUp"),
    Row(target: good, issRequired: true, expected: "400 fault issuerMixUp"),
    Row(
      target: "/?error=a&state=\(state)&iss=https%3A%2F%2Fevil.test",
      issRequired: true,
      expected: "400 fault issuerMixUp"
    ),
    Row(target: "/?error=a&state=\(state)", issRequired: true, expected: "400 fault issuerMixUp"),
    Row(
      target: "/?error=a&state=\(state)&iss=\(iss)",
      issRequired: true,
      expected: "200 refused a: -"
    ),
  ]

  @Test("one request", arguments: requests + answers)
  func single(row: Row) throws {
    var receiver = try Self.receiver(issRequired: row.issRequired)
    let action = receiver.receive(
      method: row.method,
      target: row.target,
      host: row.host,
      contentType: row.type,
      body: Array(row.body.utf8)
    )
    #expect(Self.name(action) == row.expected)
    guard case .respond = action else { return }
    let after = receiver.receive(
      method: "GET",
      target: row.issRequired ? Self.good + "&iss=\(Self.iss)" : Self.good,
      host: "127.0.0.1:8000",
      contentType: nil,
      body: []
    )
    #expect(Self.name(after) == "200 code c1", "what is ignored leaves the login going")
  }

  @Test("a second hit gets the same page and no second outcome")
  func replay() throws {
    var receiver = try Self.receiver()
    func hit(_ target: String) -> RedirectReceiver.Action {
      receiver.receive(
        method: "GET",
        target: target,
        host: "127.0.0.1:8000",
        contentType: nil,
        body: []
      )
    }
    guard case .finish(_, _, _, let first) = hit(Self.good) else {
      Issue.record("not finished")
      return
    }
    for target in [Self.good, "/?code=c2&state=\(Self.state)"] {
      guard case .respond(200, _, let page) = hit(target) else {
        Issue.record("finished twice")
        return
      }
      #expect(page == first)
    }
    #expect(Self.name(hit("/favicon.ico")) == "404")
  }

  @Test(
    "the page says which kind of stray or refusal it is",
    arguments: [
      ("/", "Not a login answer"), ("/?code=c1", "Not a login answer"),
      ("/?state=x", "Not a login answer"), ("/?code=c1&state=x", "not for this login"),
      ("/?error=access_denied&state=x", "not for this login"),
      ("/?error=access_denied&state=\(state)", "The issuer refused the login"),
      (
        "/?error=temporarily_unavailable&error_description=authentication_expired&state=\(state)",
        "The login took too long"
      ),
    ]
  )
  func pageOf(target: String, words: String) throws {
    var receiver = try Self.receiver()
    func page() -> String {
      let action = receiver.receive(
        method: "GET",
        target: target,
        host: "127.0.0.1:8000",
        contentType: nil,
        body: []
      )
      switch action {
      case .respond(_, _, let bytes), .finish(_, _, _, let bytes):
        return String(decoding: bytes, as: UTF8.self)
      }
    }
    #expect(page().contains(words))
    #expect(page().contains(words), "a reload")
    #expect(page().contains("issuer.test") == target.contains("state=\(Self.state)"))
  }

  @Test("a stranger gets nothing of the answer that ended a login")
  func strangerAfterwards() throws {
    var receiver = try Self.receiver()
    for (target, isFinish) in [(Self.good, true), ("/?code=c1&state=x", false), ("/", false)] {
      let action = receiver.receive(
        method: "GET",
        target: target,
        host: "127.0.0.1:8000",
        contentType: nil,
        body: []
      )
      if case .finish = action {
        #expect(isFinish)
        continue
      }
      guard case .respond(let status, _, let body) = action else { continue }
      #expect(status == 400)
      #expect(!String(decoding: body, as: UTF8.self).contains("issuer.test"))
    }
  }

  @Test(
    "every reply has the header fields, and nothing of the request in it",
    arguments: requests + answers
  )
  func replies(row: Row) throws {
    var receiver = try Self.receiver(issRequired: row.issRequired)
    let marked = row.target + (row.target.contains("?") ? "&" : "?") + "m=canary%3Cscript%3E"
    let action = receiver.receive(
      method: row.method,
      target: marked,
      host: row.host,
      contentType: row.type,
      body: Array(row.body.utf8)
    )
    let headers: [(String, String)]
    let body: [UInt8]
    switch action {
    case .respond(_, let fields, let bytes), .finish(_, _, let fields, let bytes):
      (headers, body) = (fields, bytes)
    }
    let fields = Dictionary(headers) { first, _ in first }
    #expect(
      fields["Content-Security-Policy"]?.hasPrefix("default-src 'none'; style-src 'sha256-") == true
    )
    #expect(fields["X-Content-Type-Options"] == "nosniff")
    #expect(fields["Cache-Control"] == "no-store")
    #expect(fields["Referrer-Policy"] == "no-referrer")
    #expect(fields["Access-Control-Allow-Origin"] == nil)
    let page = String(decoding: body, as: UTF8.self)
    for text in ["canary", "access_denied", "31m", Self.state, "c1\""] {
      #expect(!page.contains(text))
    }
  }
}
