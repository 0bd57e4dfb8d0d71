// SPDX-License-Identifier: Apache-2.0

import Lab

/// How a row is tried: what the lab does, and what is looked at.
struct Trial: Sendable {
  typealias Play = @Sendable (inout Findings) async throws -> Void
  /// Looks at a login that worked.
  typealias Look = @Sendable (Stage, Stage.Attempt, inout Findings) async throws -> Void

  /// The row's id.
  let id: String
  let play: Play

  init(_ id: String, _ play: @escaping Play) {
    self.id = id
    self.play = play
  }

  /// Every trial; the rows of two profiles may share one.
  static let all =
    basic + configuration + comprehensive + refresh + logout + fapi2 + fapi1 + ownTokens
    + ownAnswers

  static func of(_ row: Row) -> Trial? { all.first { $0.id == row.id } }

  /// A login that has to work whatever the lab does.
  static func accepts(
    _ id: String,
    _ ways: [Misbehaviour] = [],
    in setting: Setting = .plain,
    _ look: @escaping Look = { _, _, _ in }
  ) -> Trial {
    Trial(id) { findings in
      try await setting.stage { stage in
        try stage.misbehave(ways)
        let attempt = try await stage.logIn()
        try await findings.expectLogin(attempt, stage)
        try await look(stage, attempt, &findings)
      }
    }
  }

  /// Logins that have to fail, each in the way of one of `bad`; and one before them that differs from
  /// the first in that one thing, and has to work.
  static func rejects(
    _ id: String,
    _ bad: [Misbehaviour],
    or others: [[Misbehaviour]] = [],
    twin: [Misbehaviour],
    in setting: Setting = .plain
  ) -> Trial {
    Trial(id) { findings in
      try await setting.stage { stage in
        try stage.misbehave(twin)
        let good = try await stage.logIn(["--account", "twin"])
        findings.expectTwin(good.outcome)
        stage.behave()
        for ways in [bad] + others {
          try await findings.expectRejectedLogin(stage, ways)
        }
      }
    }
  }

  /// A login that has to fail for how the issuer is set up, and its twin at another.
  static func rejects(_ id: String, in bad: Setting, twin: Setting) -> Trial {
    Trial(id) { findings in
      try await twin.stage { stage in
        let good = try await stage.logIn()
        findings.expectTwin(good.outcome)
      }
      try await bad.stage { stage in try await findings.expectRejectedLogin(stage, []) }
    }
  }

  /// A renewal that works in spite of `twin`, then one that has to fail because of `bad`, then one
  /// that works with the refresh token that came with the bad answer.
  static func rejectsRenewal(_ id: String, _ bad: [Misbehaviour], twin: [Misbehaviour]) -> Trial {
    Trial(id) { findings in
      try await Setting.plain.stage { stage in
        try await stage.logInAndExpire()
        try stage.misbehave(twin + [.expiring], grant: "refresh_token")
        findings.expectTwin(try await stage.ask())
        stage.behave()
        try await stage.expire()
        try await findings.expectRejectedRenewal(stage, bad)
      }
    }
  }
}

extension Misbehaviour {
  /// Tokens that live for a second.
  static let expiring = Self("expires", ["seconds": "1"])
}

extension Stage {
  /// Logs in with tokens that are expired when this returns.
  func logInAndExpire() async throws {
    try misbehave([.expiring])
    let attempt = try await logIn()
    guard attempt.outcome.status == 0 else { throw LabError(.process, attempt.outcome.errors) }
    behave()
    try await expire()
  }

  /// Waits until tokens that live for a second have expired.
  func expire() async throws { try await Task.sleep(for: .seconds(1.1)) }
}
