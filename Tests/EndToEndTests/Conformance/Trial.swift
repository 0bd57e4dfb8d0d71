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
        findings.expectTwin(try await stage.renewAndExpire(twin))
        try await findings.expectRejectedRenewal(stage, bad)
      }
    }
  }
}

extension Misbehaviour {
  /// Tokens that live for so many seconds.
  static func expiring(_ seconds: Int) -> Self { Self("expires", ["seconds": "\(seconds)"]) }
}

extension Stage {
  /// Logs in with tokens that are expired when this returns.
  func logInAndExpire() async throws {
    try misbehave([.expiring(1)])
    let attempt = try await logIn()
    guard attempt.outcome.status == 0 else { throw LabError(.process, attempt.outcome.errors) }
    behave()
    try await Task.sleep(for: .seconds(1.1))
  }

  /// Renews with answers that misbehave in `ways`, and waits until the tokens have expired.
  ///
  /// They live for a second, and longer only on a machine that is too busy to hand such a token out in time.
  func renewAndExpire(_ ways: [Misbehaviour]) async throws -> Outcome {
    var seconds = 1
    while true {
      try misbehave(ways + [.expiring(seconds)], grant: "refresh_token")
      let outcome = try await ask()
      behave()
      try await Task.sleep(for: .seconds(Double(seconds) + 0.1))
      let isLate = outcome.status == 5 && outcome.errors.contains("had expired before")
      guard isLate, seconds < 60 else { return outcome }
      seconds *= 3
    }
  }
}
