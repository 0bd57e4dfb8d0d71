// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// Pushed requests, other ways back from the browser, and further parameters.
@Suite struct ExtensionsTests {
  // MARK: pushed authorization requests (RFC 9126)

  @Test(arguments: [Availability.offered, .required])
  func `a request is pushed where the issuer takes it`(availability: Availability) async throws {
    try await Desk.with({ $0.pushedRequests = availability }) { desk in
      let result = try await desk.logIn()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("request_uri="))
      #expect(!result.errors.contains("code_challenge"))
      #expect(desk.lab.count(.pushedRequest) == 1)
    }
  }

  @Test func `--par never sends nothing ahead`() async throws {
    try await Desk.with({ $0.pushedRequests = .offered }) { desk in
      let result = try await desk.logIn(desk.getToken + ["--par", "never"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(desk.lab.count(.pushedRequest) == 0)
    }
  }

  @Test func `--par never at an issuer that requires it is said before anybody is asked`()
    async throws
  {
    try await Desk.with({ $0.pushedRequests = .required }) { desk in
      let words = desk.getToken + ["--login", "browser", "--par", "never"]
      let result = try await desk.lanyard(words)
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(!result.errors.contains("/authorize"))
    }
  }

  // MARK: the way back

  @Test func `form_post`() async throws {
    try await Desk.with { desk in
      let words = desk.getToken + ["--response-mode", "form_post", "--login", "browser"]
      let conversation = try desk.startLanyard(words)
      let url = try await conversation.hears { $0.url(of: "\(desk.lab.issuer)/authorize") }
      #expect(url.contains("response_mode=form_post"))
      let page = try await BrowserDriver.with { browser in
        try await browser.logIn(at: url, as: Desk.alice)
      }
      #expect(page.html.contains("You are logged in"))
      let result = try await conversation.result()
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test(arguments: ["http://localhost:PORT/callback", "http://127.0.0.1:PORT/a/b"])
  func `a registered redirect URI`(uri: String) async throws {
    // Below the ports that systems give out by themselves.
    let port = String(Int.random(in: 20000..<32000))
    try await Desk.with { desk in
      let registered = uri.replacing("PORT", with: port)
      let result = try await desk.logIn(desk.getToken + ["--redirect-uri", registered])
      #expect(result.status == 0, "\(result.errors)")
      let escaped = registered.replacing(":", with: "%3A").replacing("/", with: "%2F")
      #expect(result.errors.contains("redirect_uri=\(escaped)&"), "\(result.errors)")
    }
  }

  @Test func `a port that is taken is said`() async throws {
    try await Desk.with { desk in
      let port = try #require(desk.lab.issuer.split(separator: ":").last)
      let words = ["--login", "browser", "--redirect-uri", "http://127.0.0.1:\(port)/"]
      let result = try await desk.lanyard(desk.getToken + words)
      #expect(result.status == 1, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(!result.errors.contains("/authorize"))
    }
  }

  // MARK: further parameters

  @Test func `--auth-param`() async throws {
    try await Desk.with { desk in
      let words = ["--auth-param", "acr_values=mfa", "--auth-param", "login_hint=a&b"]
      let result = try await desk.logIn(desk.getToken + words)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("acr_values=mfa"))
      #expect(result.errors.contains("login_hint=a%26b"))
    }
  }

  @Test func `--resource and --audience are what the access token is for`() async throws {
    try await Desk.with { desk in
      let words =
        desk.getToken + [
          "--resource", "https://api.example", "--audience", "kubernetes", "--token", "access",
        ]
      let result = try await desk.logIn(words)
      #expect(result.status == 0, "\(result.errors)")
      let audience = try result.claims["aud"]?.array?.compactMap(\.string) ?? []
      #expect(Set(audience) == ["https://api.example", "kubernetes"])
      #expect(try await desk.lanyard(desk.getToken).status == 3, "it is another session")
    }
  }
}
