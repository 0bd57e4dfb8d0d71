// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

@Suite struct LoginPageTests {
  @Test func `the page works without scripts and loads nothing`() async throws {
    try await Visitor.with { visitor in
      let page = try await visitor.browser.open(visitor.authorizationURL(["login_hint": "bob"]))
      #expect(page.status == 200)
      #expect(!page.html.contains("<script"))
      #expect(!page.html.contains("src="))
      #expect(page.html.contains("value=\"bob\" required checked"))
      let form = try #require(page.form)
      #expect(form.method == "post")
      #expect(form.names == ["username", "password"])
    }
  }

  @Test(arguments: [("alice", "wrong"), ("mallory", "mallory")])
  func `a wrong name or password shows the form again`(user: String, password: String)
    async throws
  {
    try await Visitor.with { visitor in
      let page = try await visitor.browser.open(visitor.authorizationURL())
      let again = try await visitor.browser.submit(
        page,
        ["username": user, "password": password]
      )
      #expect(again.redirect == nil)
      #expect(again.page.status == 401)
      #expect(again.page.html.contains("Wrong user name or password."))
      let done = try await visitor.browser.submit(
        again.page,
        ["username": "alice", "password": "alice"]
      )
      #expect(done.redirect?.hasPrefix(Visitor.redirectURI) == true)
      #expect(visitor.story == [.denied, .login])
    }
  }

  @Test func `a form posted from another browser is refused`() async throws {
    try await Visitor.with { visitor in
      let page = try await visitor.browser.open(visitor.authorizationURL())
      let stranger = try BrowserDriver()
      let answer = try await stranger.submit(
        page,
        ["username": "alice", "password": "alice"]
      )
      await stranger.close()
      #expect(answer.page.status == 403)
      #expect(visitor.story == [.denied])
    }
  }

  @Test func `a form cannot be answered twice`() async throws {
    try await Visitor.with { visitor in
      let page = try await visitor.browser.open(visitor.authorizationURL())
      let answers = ["username": "alice", "password": "alice"]
      _ = try await visitor.browser.submit(page, answers)
      #expect(try await visitor.browser.submit(page, answers).page.status == 403)
    }
  }

  @Test func `refusing goes back with access_denied`() async throws {
    try await Visitor.with { visitor in
      let callback = try await visitor.callback(as: .init("alice", refuses: true))
      #expect(callback["error"] == "access_denied")
      #expect(callback["iss"] == visitor.lab.issuer)
    }
  }

  @Test(arguments: [
    ("\"\u{301}x", "value=\"&quot;\u{301}x\""), ("\u{600}<b>", "value=\"\u{600}&lt;b&gt;\""),
  ])
  func `markup is escaped, whatever character stands beside it`(code: String, expected: String)
    async throws
  {
    try await Visitor.with { visitor in
      let query = FormFields([("user_code", code)]).encoded
      let page = try await visitor.web.send("\(visitor.lab.issuer)/device?\(query)")
      // By bytes: to Swift, a quote with a combining mark is one character.
      #expect(Array(page.body.utf8).firstRange(of: Array(expected.utf8)) != nil)
      #expect(page.header("content-security-policy")?.contains("base-uri 'none'") == true)
    }
  }

  @Test(arguments: ["=", "a=b;=", ";", "=x", "lanyard_lab_browser", "lanyard_lab_browser="])
  func `an odd cookie is none`(cookie: String) async throws {
    try await Visitor.with { visitor in
      let url = visitor.authorizationURL()
      let answer = try await visitor.web.send(url, headers: [(name: "cookie", value: cookie)])
      #expect(answer.status == 200)
      #expect(answer.header("set-cookie")?.hasPrefix("lanyard_lab_browser=;") == false)
      #expect(try await visitor.web.send(url).status == 200)
    }
  }

  @Test func `what a request says is escaped on the page`() async throws {
    try await Visitor.with({ $0.clients = [LabClient("<b>\"x\"</b>")] }) { visitor in
      let page = try await visitor.browser.open(
        visitor.authorizationURL(["client_id": "<b>\"x\"</b>"])
      )
      #expect(page.html.contains("&lt;b&gt;&quot;x&quot;&lt;/b&gt;"))
      #expect(!page.html.contains("<b>"))
    }
  }
}
