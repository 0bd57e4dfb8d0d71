// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// This machine's clock jumps between a login and the next question; the issuer's is right all the time.
@Suite struct ClockTests {
  /// Variables under which a program sees a clock that is so many seconds off.
  ///
  /// The library moves `lanyard-full`; `lanyard` is static and keeps the machine's clock, but finds nothing ready.
  private static func clock(off seconds: Int) throws -> [String: String] {
    try FakeTime.variables("\(seconds < 0 ? "" : "+")\(seconds)s")
  }

  /// Logs in while this machine's clock and the lab's are off alike, then puts both right.
  private static func logIn(_ desk: Desk, off seconds: Int) async throws -> String {
    desk.lab.clock.offset = Double(seconds)
    let first = try await desk.logIn(nil, as: Desk.alice, clock(off: seconds))
    #expect(first.status == 0, "\(first.errors)")
    desk.lab.clock.offset = 0
    return try first.token
  }

  @Test(arguments: [-7200, 7200])
  func `a clock that jumped costs one renewal and no login`(seconds: Int) async throws {
    try await Desk.with({ $0.refreshLifetime = 20000 }) { desk in
      let first = try await Self.logIn(desk, off: seconds)
      let second = try await desk.lanyard(desk.getToken)
      #expect(second.status == 0, "\(second.errors)")
      #expect(try second.token != first)
      let third = try await desk.lanyard(desk.getToken)
      #expect(try third.token == second.token)
      #expect(desk.lab.logins == 1)
      #expect(desk.lab.count(.refresh) == 1)
      #expect(desk.lab.replays == 0)
    }
  }

  @Test(arguments: [-7200, 7200])
  func `a jump during an outage loses nothing`(seconds: Int) async throws {
    try await Desk.with({ $0.refreshLifetime = 20000 }) { desk in
      _ = try await Self.logIn(desk, off: seconds)
      desk.lab.faults.set(try Fault(parsing: "status:code=503"))
      let failed = try await desk.lanyard(desk.getToken)
      #expect(failed.status == 5, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(try await desk.asksUntilItWorks().status == 0)
      #expect(desk.lab.logins == 1)
      #expect(desk.lab.replays == 0)
    }
  }

  @Test(arguments: [(3630, "1 h behind"), (-7230, "2 h ahead of")])
  func `a login that fails for a clock says by how much it is wrong`(seconds: Int, words: String)
    async throws
  {
    try await Desk.with { desk in
      desk.lab.faults.set(
        try Fault(
          "clock",
          grant: "authorization_code",
          parameters: ["seconds": String(seconds)]
        )
      )
      let result = try await desk.logIn()
      #expect(result.status == 4, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("this clock is \(words) the clock of the issuer"))
      #expect(result.errors.contains("timedatectl set-ntp true"))
    }
  }

  @Test func `a renewal that fails for a clock says so and keeps the session`() async throws {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      desk.lab.faults.set(
        try Fault("clock", grant: "refresh_token", parameters: ["seconds": "3630"])
      )
      let result = try await desk.lanyard(desk.getToken)
      #expect(result.status == 4, "\(result.errors)")
      #expect(result.errors.contains("this clock is 1 h behind the clock of the issuer"))
      #expect(try await desk.asksUntilItWorks(tolerating: [4]).status == 0)
      #expect(desk.lab.logins == 1)
    }
  }

  @Test(arguments: [(200, 290), (300, 220)])
  func `an issuer whose clock is behind costs no renewal at each question`(
    life: Int,
    behind: Int
  ) async throws {
    try await Desk.with({ $0.accessLifetime = life }) { desk in
      desk.lab.clock.offset = Double(-behind)
      let first = try await desk.logIn()
      #expect(first.status == 0, "\(first.errors)")
      #expect(try await desk.lanyard(desk.getToken).output == first.output)
      #expect(desk.lab.count(.refresh) == 0)
    }
  }
}
