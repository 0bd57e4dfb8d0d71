// SPDX-License-Identifier: Apache-2.0

import Lab

extension Findings {
  /// A login gave a credential, and a session that answers the next question by itself.
  mutating func expectLogin(_ attempt: Stage.Attempt, _ stage: Stage) async throws {
    expectCredential(attempt.outcome)
    stage.behave()
    let before = stage.now
    let again = try await stage.ask()
    let isKept = (try? again.token) == (try? attempt.outcome.token) && again.status == 0
    expect(
      isKept && stage.now == before,
      "session kept",
      else: "the session was not kept: exit \(again.status)"
    )
  }

  /// What differs in one thing only from what has to be refused has to work.
  mutating func expectTwin(_ outcome: Outcome) {
    let holds = outcome.status == 0 && (try? outcome.token) != nil
    expect(holds, "twin accepted", else: "twin refused with exit \(outcome.status)")
    if !holds { fail("twin's stderr: \(outcome.errors)") }
  }

  /// A login with a bad answer: refused, no credential, no further request, no session.
  mutating func expectRejectedLogin(_ stage: Stage, _ ways: [Misbehaviour]) async throws {
    let (before, start) = (stage.store(), stage.now)
    try stage.misbehave(ways)
    let attempt = try await stage.logIn()
    expectRefusal(attempt.outcome)
    expectQuiet(stage, since: start)
    // A store that the bad login itself made holds its key, and no session.
    let kept =
      before.isEmpty ? stage.store().filter { $0.key.contains("sessions/") } : stage.store()
    expect(kept == before, "store unchanged", else: "the store has changed")
    stage.behave()
    let asked = try await stage.ask()
    if asked.status != 3 || !asked.output.isEmpty {
      fail("asked afterwards, it is exit \(asked.status) and not 3")
    }
  }

  /// A renewal with a bad answer: refused; the refresh token in it is kept, and the tokens are not.
  mutating func expectRejectedRenewal(_ stage: Stage, _ ways: [Misbehaviour]) async throws {
    let start = stage.now
    let expected = stage.lab.count(.refresh) + 2
    try stage.misbehave(ways, grant: "refresh_token")
    expectRefusal(try await stage.ask())
    expectQuiet(stage, since: start)
    let access = try await stage.ask(["--token", "access"])
    expect(
      access.status != 0 && access.output.isEmpty,
      "bad access token not kept",
      else: "the bad access token was handed out"
    )
    stage.behave()
    guard case .reject(let exits) = row.expectation else { return }
    let works = try await stage.desk.asksUntilItWorks(
      ["get-token", "oidc"] + stage.options,
      tolerating: exits
    )
    expect(
      works.status == 0 && stage.lab.replays == 0 && stage.lab.count(.refresh) == expected
        && stage.lab.logins == 1,
      "rotated refresh token kept: the next renewal works without a replay",
      else: "the next renewal: exit \(works.status), \(stage.lab.replays) replays"
    )
  }

  /// The lab did misbehave, and was asked nothing after that but for its keys, once.
  mutating func expectQuiet(_ stage: Stage, since start: Int) {
    guard let requests = stage.requestsAfterBadAnswer(since: start) else {
      return fail("the lab never misbehaved")
    }
    expect(
      requests.isEmpty || requests == ["keys"],
      "no further request",
      else: "further requests: \(requests.joined(separator: ", "))"
    )
  }
}
