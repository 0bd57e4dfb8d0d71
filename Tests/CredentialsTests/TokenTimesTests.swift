// SPDX-License-Identifier: Apache-2.0

import Credentials
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times are given in seconds after receipt.
@Suite struct TokenTimesTests {
  struct Row: Sendable {
    let name: String
    let life: TokenTimes.Life
    let renewAt: Double
    let reported: Double?
    let expiry: Double?
  }

  static let receipt = 1_700_000_000.0

  static let rows = [
    Row(name: "an hour", life: .lasting(3600), renewAt: 2880, reported: 3570, expiry: 3600),
    Row(name: "ten minutes", life: .lasting(600), renewAt: 480, reported: 570, expiry: 600),
    Row(name: "just under ten", life: .lasting(599), renewAt: 479.2, reported: 569, expiry: 599),
    Row(name: "five minutes", life: .lasting(300), renewAt: 240, reported: 270, expiry: 300),
    Row(name: "a minute", life: .lasting(60), renewAt: 48, reported: 54, expiry: 60),
    Row(name: "ten seconds", life: .lasting(10), renewAt: 8, reported: 9, expiry: 10),
    Row(name: "one second", life: .lasting(1), renewAt: 0.8, reported: 0.9, expiry: 1),
    Row(name: "none", life: .lasting(0), renewAt: 0, reported: 0, expiry: 0),
    Row(name: "negative", life: .lasting(-5), renewAt: 0, reported: 0, expiry: 0),
    Row(name: "unknown", life: .unknown, renewAt: 300, reported: nil, expiry: nil),
    Row(
      name: "a JWT, clocks agree",
      life: .stamped(issued: receipt, expires: receipt + 3600),
      renewAt: 2880,
      reported: 3570,
      expiry: 3600
    ),
    Row(
      name: "a JWT, issued a minute before it came",
      life: .stamped(issued: receipt - 60, expires: receipt + 3540),
      renewAt: 2832,
      reported: 3510,
      expiry: 3540
    ),
    Row(
      name: "a JWT with little left",
      life: .stamped(issued: receipt - 3580, expires: receipt + 20),
      renewAt: 16,
      reported: 18,
      expiry: 20
    ),
    Row(
      name: "a JWT of a minute, the issuer's clock is 4 min behind",
      life: .stamped(issued: receipt - 240, expires: receipt - 180),
      renewAt: 48,
      reported: 54,
      expiry: 60
    ),
    Row(
      name: "a JWT, the issuer's clock is 4 min ahead",
      life: .stamped(issued: receipt + 240, expires: receipt + 3840),
      renewAt: 2880,
      reported: 3570,
      expiry: 3600
    ),
    Row(
      name: "a JWT, the issuer's clock is 4 min behind",
      life: .stamped(issued: receipt - 240, expires: receipt + 3360),
      renewAt: 2688,
      reported: 3330,
      expiry: 3360
    ),
    Row(
      name: "a JWT that ends before it was issued",
      life: .stamped(issued: receipt, expires: receipt - 10),
      renewAt: 0,
      reported: nil,
      expiry: 0
    ),
  ]

  private func after(_ date: Date?) -> Double? {
    date.map { (($0.timeIntervalSince1970 - Self.receipt) * 1000).rounded() / 1000 }
  }

  private func at(_ seconds: Double) -> Date {
    Date(timeIntervalSince1970: Self.receipt + seconds)
  }

  @Test(arguments: rows) func rules(_ row: Row) {
    let times = TokenTimes(life: row.life, received: at(0))
    #expect(after(times.renewAt) == row.renewAt, "\(row.name)")
    #expect(after(times.expiry) == row.expiry, "\(row.name)")
    if let reported = row.reported {
      #expect(after(times.reported(at: at(-1))) == reported, "\(row.name)")
    }
  }

  @Test func unknownLifeReportsNoTimestamp() {
    #expect(TokenTimes(life: .unknown, received: at(0)).reported(at: at(0)) == nil)
  }

  @Test(
    arguments: [1, 2, 5, 9.5, 10, 29, 60, 299, 300, 599, 600, 601, 1200, 3600, 86400, 1e6]
      as [Double]
  )
  func renewalIsDueBeforeTheReportAndThatBeforeTheEnd(life: Double) throws {
    for skew in [-300.0, -7, 0, 7, 300] {
      let times = TokenTimes(
        life: .stamped(issued: Self.receipt + skew, expires: Self.receipt + skew + life),
        received: at(0)
      )
      let reported = try #require(times.reported(at: times.renewAt))
      let expiry = try #require(times.expiry)
      #expect(times.renewAt < reported)
      #expect(reported < expiry)
      #expect(expiry <= at(life))
    }
  }

  /// In an outage the report moves on by 5 s, but never beyond the end.
  @Test(
    arguments: [
      (3500.0, 3570.0), (3569.9, 3570), (3570, 3575), (3580, 3585), (3595, 3600), (3598, 3600),
    ] as [(Double, Double)]
  )
  func outageReport(now: Double, reported: Double) {
    let times = TokenTimes(life: .lasting(3600), received: at(0))
    #expect(after(times.reported(at: at(now))) == reported)
  }

  /// Seconds after receipt, good, due.
  @Test(
    arguments: [
      (0.0, true, false), (2879, true, false), (2880, true, true), (3599, true, true),
      (3600, false, true), (9999, false, true),
      // The clock jumped back: a little is jitter, more makes the token due, much more makes it no good.
      (-1, true, false), (-2, true, true), (-300, true, true), (-301, false, true),
    ] as [(Double, Bool, Bool)]
  )
  func goodAndDue(now: Double, good: Bool, due: Bool) {
    let times = TokenTimes(life: .lasting(3600), received: at(0))
    #expect(times.isGood(at: at(now)) == good)
    #expect(times.isDue(at: at(now)) == due)
  }

  @Test(
    arguments: [(0.0, true, false), (299, true, false), (300, false, true)]
      as [(Double, Bool, Bool)]
  )
  func goodAndDueWithUnknownLife(now: Double, good: Bool, due: Bool) {
    let times = TokenTimes(life: .unknown, received: at(0))
    #expect(times.isGood(at: at(now)) == good)
    #expect(times.isDue(at: at(now)) == due)
  }
}
