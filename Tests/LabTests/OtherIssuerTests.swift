// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What other issuers do differently, and what caches and clocks see.
@Suite struct OtherIssuerTests {
  @Test(
    arguments: [
      (.invalidGrant, "invalid_grant"), (.invalidRequest, "invalid_request"), (.empty, nil),
    ] as [(DeadRefreshAnswer, String?)]
  )
  func `a dead refresh token is answered as told`(answer: DeadRefreshAnswer, error: String?)
    async throws
  {
    try await Visitor.with({ $0.deadRefreshAnswer = answer }) { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      _ = try await visitor.refresh(token)
      for refused in [token, "never issued"] {
        let answer = try await visitor.refresh(refused)
        #expect(answer.status == 400)
        #expect(try error == (answer.body.isEmpty ? nil : answer.member("error")))
      }
    }
  }

  @Test(
    arguments: [
      (.always, nil, true), (.whenAsked, nil, false), (.whenAsked, "openid groups", true),
      (.never, "openid", false),
    ] as [(RefreshIDToken, String?, Bool)]
  )
  func `a refresh answers with an ID token, or not`(
    when: RefreshIDToken,
    scope: String?,
    expected: Bool
  ) async throws {
    try await Visitor.with({ $0.refreshIDToken = when }) { visitor in
      let login = try await visitor.logIn()
      #expect(try login.json()["id_token"] != nil)
      var form = [
        ("grant_type", "refresh_token"), ("client_id", "lanyard"),
        ("refresh_token", try login.member("refresh_token")),
      ]
      if let scope { form.append(("scope", scope)) }
      let answer = try await visitor.token(form)
      #expect(answer.status == 200)
      #expect(try (answer.json()["id_token"] != nil) == expected)
    }
  }

  @Test(arguments: ["/.well-known/openid-configuration", "/keys"])
  func `who has this version of a document gets 304`(path: String) async throws {
    try await Visitor.with({ $0.documentMaxAge = 7 }) { visitor in
      let url = visitor.lab.issuer + path
      let first = try await visitor.web.send(url)
      let tag = try #require(first.header("etag"))
      #expect(first.header("cache-control") == "public, max-age=7")
      let known = [(name: "if-none-match", value: "\"x\", W/\(tag)")]
      let again = try await visitor.web.send(url, headers: known)
      #expect(again.status == 304)
      #expect(again.body.isEmpty)
      #expect(visitor.lab.log().last?.status == 304)
      try await visitor.lab.rotateKeys()
      let changed = try await visitor.web.send(url, headers: known)
      #expect(changed.status == (path == "/keys" ? 200 : 304))
    }
  }

  @Test(arguments: [0, 86_400, -3600])
  func `the date of an answer is that of the lab's clock`(offset: Int) async throws {
    try await Visitor.with { visitor in
      visitor.lab.clock.offset = 1_767_225_600 - unixTime() + Double(offset)
      let date = try await visitor.web.send("\(visitor.lab.issuer)/keys").header("date")
      let expected = [
        0: "Thu, 01 Jan 2026 00:0", 86_400: "Fri, 02 Jan 2026 00:0", -3600: "Wed, 31 Dec 2025 23:0",
      ]
      #expect(date?.hasPrefix(try #require(expected[offset])) == true, "\(date ?? "none")")
      #expect(date?.hasSuffix(" GMT") == true)
    }
  }

  @Test func `so is that of an answer that nothing was done for`() async throws {
    try await Visitor.with { visitor in
      visitor.lab.clock.offset = 1_767_225_600 - unixTime()
      for url in ["\(visitor.lab.issuer)/nowhere", "\(visitor.lab.apiServerURL)/version"] {
        let date = try await visitor.web.send(url).header("date")
        #expect(date?.hasPrefix("Thu, 01 Jan 2026 00:0") == true, "\(date ?? "none")")
      }
    }
  }

  @Test func `the clock fault moves the date as well`() async throws {
    try await Visitor.with { visitor in
      visitor.lab.clock.offset = 1_767_225_600 - unixTime()
      visitor.lab.faults.set(try Fault(parsing: "clock:endpoint=keys,seconds=86400"))
      let wrong = try await visitor.web.send("\(visitor.lab.issuer)/keys").header("date")
      #expect(wrong?.hasPrefix("Fri, 02 Jan 2026 00:0") == true)
    }
  }

  @Test func `a header field is set or taken away`() async throws {
    try await Visitor.with { visitor in
      let url = "\(visitor.lab.issuer)/keys"
      visitor.lab.faults.set(
        try Fault(parsing: "answer-header:endpoint=keys,name=cache-control,value=no-store")
      )
      visitor.lab.faults.set(try Fault(parsing: "answer-header:endpoint=keys,name=etag"))
      let answer = try await visitor.web.send(url)
      #expect(answer.header("cache-control") == "no-store")
      #expect(answer.header("etag") == nil)
      #expect(try await visitor.web.send(url).header("etag") != nil)
    }
  }
}

/// Seconds since 1970 by the machine's clock.
private func unixTime() -> Double { Date().timeIntervalSince1970 }
