// SPDX-License-Identifier: Apache-2.0

import Lab

extension Trial {
  /// Own rows about redirects and answers.
  static let ownAnswers = [
    rejects(
      "own-307",
      [Misbehaviour("status", ["code": "307", "header.location": "{elsewhere}/token"])],
      twin: [Misbehaviour("answer-header", ["name": "location", "value": "{elsewhere}/token"])]
    ),
    rejects(
      "own-dup-params",
      [.redirect("twice", "code")],
      or: [
        [.redirect("twice", "state")], [.redirect("twice", "state", value: "another")],
        [.redirect("twice", "code", value: "another")],
      ],
      twin: [.redirect("twice", "session_state")]
    ),
    otherHost, secondHit, withoutRefreshToken, lostAnswer,
  ]

  /// A page that made its own name mean 127.0.0.1 is not the browser that was sent.
  private static let otherHost = Trial("own-host-rebind") { findings in
    try await Setting.plain.stage { stage in
      let conversation = try stage.start()
      guard let url = try await stage.url(conversation) else {
        return findings.fail("no address to open: \(conversation.errors)")
      }
      let callback = try await BrowserDriver.with {
        try await $0.authorize(at: url, as: Desk.alice)
      }
      let web = try WebClient()
      let answer = try await web.send(callback, headers: [(name: "host", value: "evil.test")])
      findings.expect(answer.status == 421, "421", else: "\(answer.status)")
      let tokens = stage.lab.log().contains { $0.endpoint == "token" }
      findings.expect(!tokens, "no request", else: "the code was spent")
      _ = try await web.send(callback)
      await web.close()
      let attempt = Stage.Attempt(outcome: try await conversation.result(), url: url, page: nil)
      try await findings.expectLogin(attempt, stage)
    }
  }

  private static let secondHit = Trial("own-second-hit") { findings in
    try await Setting.plain.stage { stage in
      let conversation = try stage.start()
      guard let url = try await stage.url(conversation) else {
        return findings.fail("no address to open: \(conversation.errors)")
      }
      let callback = try await BrowserDriver.with {
        try await $0.authorize(at: url, as: Desk.alice)
      }
      let web = try WebClient()
      _ = try await web.send(callback)
      let attempt = Stage.Attempt(outcome: try await conversation.result(), url: url, page: nil)
      let (before, start) = (stage.store(), stage.now)
      // Nobody listens any more, or the same page comes again.
      _ = try? await web.send(callback)
      await web.close()
      findings.expect(stage.now == start, "no request", else: "the issuer was asked again")
      findings.expect(stage.store() == before, "store unchanged", else: "the store has changed")
      try await findings.expectLogin(attempt, stage)
      findings.expect(stage.lab.count(.codeGrant) == 1, "one code spent", else: "codes spent twice")
    }
  }

  private static let withoutRefreshToken = Trial("own-refresh-no-rt") { findings in
    try await Setting.lab({ $0.rotation = false }).stage { stage in
      try await stage.logInAndExpire()
      findings.expectCredential(try await stage.renewAndExpire(["no-refresh-token"]))
      let renewals = stage.lab.count(.refresh)
      findings.expectCredential(try await stage.ask())
      findings.expect(
        stage.lab.count(.refresh) == renewals + 1 && stage.lab.logins == 1,
        "two renewals with the old refresh token",
        else: "\(stage.lab.count(.refresh)) renewals"
      )
    }
  }

  private static let lostAnswer = Trial("own-refresh-lost-response") { findings in
    try await Setting.lab({ $0.reuseGrace = 60 }).stage { stage in
      try await stage.logInAndExpire()
      var drop = Misbehaviour("drop-after")
      drop.times = 1
      try stage.misbehave([drop], grant: "refresh_token")
      findings.expectCredential(try await stage.ask())
      let (again, replays) = (stage.lab.count(.replayInGrace), stage.lab.replays)
      findings.expect(
        again == 1 && replays == 0,
        "sent once more with the same refresh token",
        else: "sent \(again) times more, \(replays) replays"
      )
    }
  }
}
