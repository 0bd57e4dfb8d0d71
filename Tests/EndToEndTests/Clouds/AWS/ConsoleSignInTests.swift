// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Console sign-ins (`aws login`), with the programs as they were built.
@Suite struct ConsoleSignInTests {
  @Test func `ten processes renew a session once, and the file keeps the rest`() async throws {
    try await SignInDesk.with { aws in
      try await aws.signInAtConsole(for: 60)
      aws.service.site.change { $0.tokenDelay = 0.3 }
      let before = try aws.members(SignInDesk.sessionPath)
      let results = try await withThrowingTaskGroup(of: Outcome.self) { group in
        for number in 0..<10 {
          group.addTask {
            let words = SignInDesk.getToken("me") + ["--region", "eu-west-\(number % 3 + 1)"]
            return try await aws.desk.lanyard(words, aws.variables)
          }
        }
        return try await group.reduce(into: [Outcome]()) { $0.append($1) }
      }
      for result in results {
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.signingKey == "ASIACONSOLEN1")
      }
      #expect(aws.service.site.count("/v1/token") == 1)
      #expect(aws.service.site.replays == 0)
      let after = try aws.members(SignInDesk.sessionPath)
      for name in ["unknown", "dpopKey", "clientId", "idToken", "tokenType"] {
        #expect(after[name] == before[name])
      }
      #expect(after["refreshToken"] != before["refreshToken"])
      #expect(after["accessToken"]?["accountId"] == "111122223333")
    }
  }

  @Test(arguments: [SIGINT, SIGKILL])
  func `a signal during the renewal does not cost the session`(signal: Int32) async throws {
    try await SignInDesk.with { aws in
      try await aws.signInAtConsole(for: -10)
      aws.service.site.change { $0.tokenDelay = 1 }
      let first = try aws.desk.startLanyard(SignInDesk.getToken("me"), aws.variables)
      _ = try await eventually("the request") {
        aws.service.site.count("/v1/token") == 1 ? true : nil
      }
      first.send(signal)
      _ = try await first.result()
      let second = try await aws.token("me")
      #expect(second.status == 0, "\(second.errors)")
      #expect(aws.service.site.count("/v1/token") == 1)
    }
  }

  @Test func `a session that has ended`() async throws {
    try await SignInDesk.with { aws in
      try await aws.signInAtConsole(for: -10)
      aws.service.site.change { $0.refusal = "TOKEN_EXPIRED" }
      let result = try await aws.token("me")
      #expect(result.status == 3)
      #expect(result.errors.contains("aws login --profile me, or: lanyard login me"))
    }
  }

  @Test func `login with a browser, a renewal with the new key, and logout`() async throws {
    try await SignInDesk.with { aws in
      aws.service.site.change { $0.consoleLifetime = 200 }
      let login = try aws.desk.startLanyard(
        ["login", "me", "--login", "browser"],
        aws.variables
      )
      let page = try await aws.browse(login, "/v1/authorize")
      #expect(page.html.contains("You are logged in"))
      #expect(page.html.contains("arn:aws:iam::111122223333:user/me"))
      let result = try await login.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("logged in as arn:aws:iam::111122223333:user/me"))
      let token = try await aws.token("me")
      #expect(token.status == 0, "\(token.errors)")
      #expect(aws.service.site.count("/v1/token") == 2)
      let logout = try await aws.desk.lanyard(["logout", "me"], aws.variables)
      #expect(logout.errors.contains("me: logged out here"))
      #expect(try await aws.token("me").status == 3)
    }
  }

  @Test func `a login as somebody else is refused`() async throws {
    try await SignInDesk.with { aws in
      aws.service.site.change { $0.person = "arn:aws:iam::111122223333:user/eve" }
      let login = try aws.desk.startLanyard(
        ["login", "me", "--login", "browser"],
        aws.variables
      )
      let page = try await aws.browse(login, "/v1/authorize")
      #expect(page.html.contains("The login did not succeed"))
      let result = try await login.result()
      #expect(result.status == 4)
      #expect(result.errors.contains("user/eve"))
      #expect(!aws.has(SignInDesk.sessionPath))
    }
  }
}
