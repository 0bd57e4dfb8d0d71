// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// Bad days of the network and of the issuer.
@Suite struct OutageTests {
  /// What an issuer may do without having processed the request.
  static let notProcessed = [
    "status:code=500,grant=refresh_token,times=forever",
    "status:code=503,grant=refresh_token,times=forever",
    "status:code=429,retry-after=2,grant=refresh_token,times=forever",
    "drop-before:grant=refresh_token,times=forever",
  ]

  @Test(arguments: notProcessed)
  func `what was not processed is exit 5 and loses nothing`(fault: String) async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      desk.lab.faults.set(try Fault(parsing: fault))
      let failed = try await desk.lanyard(desk.getToken + ["--login", "browser"])
      #expect(failed.status == 5, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(!failed.errors.contains("/authorize"), "nobody is sent to a browser for an outage")
      try await expectsSharing(desk)
      desk.lab.faults.clear()
      let works = try await desk.asksUntilItWorks()
      #expect(works.status == 0, "\(works.errors)")
      #expect(try works.token != expired)
      #expect(desk.lab.count(.refresh) == 1)
      #expect(desk.lab.logins == 1)
      #expect(desk.lab.replays == 0)
    }
  }

  /// Asks until one asker is told how the last one fared; each pause is twice as long as the one before, so one is long
  /// enough for any machine.
  private func expectsSharing(_ desk: Desk) async throws {
    _ = try await eventually("a failure that is shared") { () async throws -> Bool? in
      let asked = arrivals(desk.lab)
      let result = try await desk.lanyard(desk.getToken)
      #expect(result.status == 5, "\(result.errors)")
      guard result.errors.contains("next try in") else { return nil }
      #expect(arrivals(desk.lab) == asked, "the outcome is shared, not asked for again")
      return true
    }
  }

  private func arrivals(_ lab: RunningLab) -> Int {
    lab.log().count { $0.kind == .requestArrived && $0.endpoint == "token" }
  }

  @Test func `the network goes away and comes back`() async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      let words = Namespace.words("n") + [try Programs.lanyard] + desk.getToken
      let failed = try await desk.start(words + ["--login", "browser"]).result()
      #expect(failed.status == 5, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(failed.errors.contains("the session is kept"))
      #expect(!desk.lab.isBeingAskedToRenew)
      let works = try await desk.asksUntilItWorks()
      #expect(works.status == 0, "\(works.errors)")
      #expect(try works.token != expired)
      #expect(desk.lab.count(.refresh) == 1)
      #expect(desk.lab.logins == 1)
    }
  }

  @Test func `the issuer is gone`() async throws {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      await desk.lab.stop()
      let failed = try await desk.lanyard(desk.getToken + ["--login", "browser"])
      #expect(failed.status == 5, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(failed.errors.contains("the session is kept"))
    }
  }

  @Test func `a login without a network is exit 5`() async throws {
    try await Desk.with { desk in
      await desk.lab.stop()
      let failed = try await desk.lanyard(desk.getToken + ["--login", "browser"])
      #expect(failed.status == 5, "\(failed.errors)")
      #expect(failed.output.isEmpty)
    }
  }

  @Test func `a token that is still good is printed during an outage`() async throws {
    try await Desk.with { desk in
      // Due after 80 % of twenty seconds, good for four more.
      desk.lab.faults.set(
        try Fault("expires", grant: "authorization_code", parameters: ["seconds": "20"])
      )
      let token = try await desk.logIn().token
      desk.lab.faults.set(
        try Fault("status", grant: "refresh_token", times: nil, parameters: ["code": "503"])
      )
      let asked = try await eventually("a renewal that fails") { () -> Outcome? in
        let result = try await desk.lanyard(desk.getToken)
        if arrivals(desk.lab) > 1 { return result }
        try await Task.sleep(for: .milliseconds(200))
        return nil
      }
      #expect(asked.status == 0, "\(asked.errors)")
      #expect(try asked.token == token)
      #expect(desk.lab.count(.refresh) == 0)
    }
  }

  @Test func `a lost answer of a strict issuer costs one login, and the reason is told`()
    async throws
  {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      desk.lab.faults.set(try Fault("drop-after", grant: "refresh_token"))
      let failed = try await desk.lanyard(desk.getToken)
      #expect(failed.status == 3, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(failed.errors.contains("the answer to an earlier renewal was lost on the way"))
      let again = try await desk.logIn()
      #expect(again.status == 0, "\(again.errors)")
      #expect(desk.lab.logins == 2)
      #expect(try await desk.lanyard(desk.getToken).token == again.token)
    }
  }

  @Test func `a lost answer of an issuer with grace loses nothing`() async throws {
    try await Desk.with({ $0.reuseGrace = 60 }) { desk in
      let expired = try await desk.logInAndExpire()
      desk.lab.faults.set(try Fault("drop-after", grant: "refresh_token"))
      let result = try await desk.lanyard(desk.getToken)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.token != expired)
      #expect(desk.lab.count(.replayInGrace) == 1)
      #expect(desk.lab.replays == 0)
      #expect(desk.lab.logins == 1)
    }
  }

  @Test func `a refresh token that the issuer revoked needs a login`() async throws {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      await desk.lab.revokeSessions()
      let failed = try await desk.lanyard(desk.getToken)
      #expect(failed.status == 3, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(failed.errors.contains("the session has ended"))
      #expect(desk.lab.replays == 0)
    }
  }
}
