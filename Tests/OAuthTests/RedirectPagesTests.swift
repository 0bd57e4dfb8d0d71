// SPDX-License-Identifier: Apache-2.0
import OAuth
import Testing

@Suite struct RedirectPagesTests {
  private static let pages = RedirectPages(
    issuerHost: "issuer.test",
    clientID: "<b>kube</b>",
    context: "prod \"eu\" & 'us'\u{1B}"
  )

  private func page(
    _ kind: RedirectPages.Kind,
    person: String? = nil,
    reason: String? = nil
  ) -> String {
    String(decoding: Self.pages.html(kind, person: person, reason: reason), as: UTF8.self)
  }

  @Test("escaped, self-contained, without scripts", arguments: RedirectPages.Kind.allCases)
  func safe(kind: RedirectPages.Kind) {
    let page = page(kind, person: "<i>al</i>", reason: "<u>why</u>")
    for text in ["<b>", "<i>", "<u>", "<script", "http", "src=", "url(", "style=", "\u{1B}"] {
      #expect(!page.contains(text), "\(text)")
    }
    let hasContext = kind != .ignored && kind != .otherLogin
    #expect(page.contains("&lt;b&gt;kube&lt;/b&gt;") == hasContext)
    #expect(page.contains("prod &quot;eu&quot; &amp; &#39;us&#39;") == hasContext)
    #expect(page.contains("issuer.test") == hasContext)
    #expect(page.contains("&lt;i&gt;al&lt;/i&gt;") == (kind == .loggedIn))
    #expect(page.contains("&lt;u&gt;why&lt;/u&gt;") == (kind == .failed))
    #expect(page.utf8.count < 4096)
  }

  @Test("light, dark and readable by all", arguments: RedirectPages.Kind.allCases)
  func accessible(kind: RedirectPages.Kind) {
    let page = page(kind)
    #expect(page.contains("prefers-color-scheme:dark"))
    #expect(page.contains("<html lang=\"en\">"))
    #expect(page.contains("<main>") && page.contains("aria-hidden=\"true\""))
    #expect(page.split(separator: "<h1>").count == 2)
    #expect(page.contains("width=device-width"))
  }

  @Test(
    "every page has a title of its own, and says what to do",
    arguments: RedirectPages.Kind.allCases
  )
  func distinct(kind: RedirectPages.Kind) {
    let titles = RedirectPages.Kind.allCases.map { kind in
      page(kind).split(separator: "<h1>")[1].split(separator: "</h1>")[0]
    }
    #expect(Set(titles).count == titles.count)
    #expect(["window", "terminal"].contains { page(kind).contains($0) })
  }

  @Test(
    "a refusal because of time is told apart",
    arguments: [
      ("access_denied", nil, .refused), ("temporarily_unavailable", nil, .refused),
      ("temporarily_unavailable", "authentication_expired", .expired),
      ("access_denied", "authentication_expired", .refused),
    ] as [(String, String?, RedirectPages.Kind)]
  )
  func refusals(error: String, description: String?, kind: RedirectPages.Kind) {
    #expect(RedirectPages.Kind.refusal(error, description) == kind)
  }

  @Test func theHeadersAllowNothingButTheStyle() {
    let headers = Dictionary(Self.pages.headers) { first, _ in first }
    let policy = headers["Content-Security-Policy"] ?? ""
    #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
    for rule in ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "sandbox"] {
      #expect(policy.contains(rule))
    }
    #expect(!policy.contains("unsafe") && !policy.contains("*"))
    #expect(headers["X-Content-Type-Options"] == "nosniff")
    #expect(headers["Cache-Control"] == "no-store")
    #expect(headers["Referrer-Policy"] == "no-referrer")
    #expect(headers["Cross-Origin-Resource-Policy"] == "same-origin")
    #expect(headers["Access-Control-Allow-Origin"] == nil)
  }
}
