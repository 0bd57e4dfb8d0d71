// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A token lives 1000 s here: due at 800.
@Suite struct NextStepTests {
  struct Row: Sendable {
    let name: String
    let session: Session?
    var rejected = false
    var authorities = ""
    var token = TokenKind.id
    let step: NextStep
  }

  private static func good(_ age: Double, _ token: String = "id-1") -> NextStep.Good {
    NextStep.Good(token: Secret(token), times: Given.times(age: age))
  }

  private static func hand(_ age: Double, _ token: String = "id-1") -> NextStep {
    .hand(Secret(token), Given.times(age: age))
  }

  private static let then = Given.now.addingTimeInterval(-60)
  private static let ended = Session.State.ended(at: then, why: "revoked")

  static let life = [
    Row(name: "no session", session: nil, step: .logIn(.noSession)),
    Row(name: "fresh", session: Given.session(), step: hand(0)),
    Row(
      name: "fresh, access token",
      session: Given.session(),
      token: .access,
      step: hand(0, "access-1")
    ),
    Row(name: "last moment", session: Given.session(age: 799), step: hand(799)),
    Row(name: "due, good", session: Given.session(age: 800), step: .renew(stillGood: good(800))),
    Row(name: "due, expired", session: Given.session(age: 1000), step: .renew(stillGood: nil)),
    Row(
      name: "wanted token missing",
      session: Given.session(id: nil),
      step: .renew(stillGood: nil)
    ),
    Row(
      name: "other authorities, though fresh",
      session: Given.session(),
      authorities: "pem",
      step: .otherAuthorities
    ),
    Row(
      name: "other authorities, ended",
      session: Given.session(age: 2000) { $0.state = ended },
      authorities: "pem",
      step: .otherAuthorities
    ),
    Row(
      name: "clock jumped back a little: due, the old token good",
      session: Given.session(age: -200),
      step: .renew(stillGood: good(-200))
    ),
    Row(
      name: "clock jumped back far: nothing is good",
      session: Given.session(age: -86400),
      step: .renew(stillGood: nil)
    ),
  ]

  static let ends = [
    Row(name: "ended, fresh", session: Given.session { $0.state = ended }, step: hand(0)),
    Row(
      name: "ended, due but good",
      session: Given.session(age: 900) { $0.state = ended },
      step: hand(900)
    ),
    Row(
      name: "ended, expired",
      session: Given.session(age: 1000) { $0.state = ended },
      step: .logIn(.ended(at: then, why: "revoked"))
    ),
    Row(name: "not renewable, fresh", session: Given.session(refresh: nil), step: hand(0)),
    Row(
      name: "not renewable, good",
      session: Given.session(age: 900, refresh: nil),
      step: hand(900)
    ),
    Row(
      name: "not renewable, expired",
      session: Given.session(age: 1001, refresh: nil),
      step: .logIn(.notRenewable)
    ),
  ]

  static let outages = [
    Row(
      name: "outage, fresh token",
      session: Given.session { $0.outage = Given.outage(until: 9) },
      step: hand(0)
    ),
    Row(
      name: "outage, good token",
      session: Given.session(age: 900) { $0.outage = Given.outage(until: 9) },
      step: .share(Given.outage(until: 9), stillGood: good(900))
    ),
    Row(
      name: "outage, nothing good",
      session: Given.session(age: 2000) { $0.outage = Given.outage(until: 9) },
      step: .share(Given.outage(until: 9), stillGood: nil)
    ),
    Row(
      name: "outage over",
      session: Given.session(age: 2000) { $0.outage = Given.outage(until: 0) },
      step: .renew(stillGood: nil)
    ),
    Row(
      name: "longest outage that is believed",
      session: Given.session(age: 2000) { $0.outage = Given.outage(until: 600) },
      step: .share(Given.outage(until: 600), stillGood: nil)
    ),
    Row(
      name: "outage from the future, as a clock that was set back leaves it",
      session: Given.session(age: 2000) { $0.outage = Given.outage(until: 601) },
      step: .renew(stillGood: nil)
    ),
  ]

  static let rejections = [
    Row(
      name: "rejected",
      session: Given.session(age: 100),
      rejected: true,
      step: .renew(stillGood: good(100))
    ),
    Row(
      name: "rejected again within ten minutes",
      session: Given.session(age: 100) { $0.rejectionRenewed = Given.now.addingTimeInterval(-599) },
      rejected: true,
      step: hand(100)
    ),
    Row(
      name: "rejected again after ten minutes",
      session: Given.session(age: 100) { $0.rejectionRenewed = Given.now.addingTimeInterval(-600) },
      rejected: true,
      step: .renew(stillGood: good(100))
    ),
    Row(
      name: "rejected, the mark is from a near future",
      session: Given.session(age: 100) { $0.rejectionRenewed = Given.now.addingTimeInterval(599) },
      rejected: true,
      step: hand(100)
    ),
    Row(
      name: "rejected, the mark is from a far future",
      session: Given.session(age: 100) { $0.rejectionRenewed = Given.now.addingTimeInterval(601) },
      rejected: true,
      step: .renew(stillGood: good(100))
    ),
    Row(
      name: "rejected in an outage",
      session: Given.session(age: 100) { $0.outage = Given.outage(until: 9) },
      rejected: true,
      step: .share(Given.outage(until: 9), stillGood: good(100))
    ),
    Row(
      name: "rejected, ended: there is no better token",
      session: Given.session(age: 100) { $0.state = ended },
      rejected: true,
      step: hand(100)
    ),
  ]

  @Test(arguments: life + ends + outages + rejections) func decide(_ row: Row) throws {
    let step = NextStep.decide(
      session: row.session,
      request: try Given.request(token: row.token, authorities: row.authorities),
      rejected: row.rejected,
      now: Given.now
    )
    #expect(step == row.step, "\(row.name)")
  }

  @Test func everyReasonHasWordsOfItsOwn() {
    let reasons: [LoginReason] = [
      .noSession, .ended(at: Given.now, why: "w"), .notRenewable, .bound, .damaged(path: "/p"),
    ]
    #expect(Set(reasons.map(\.words)).count == reasons.count)
  }
}
