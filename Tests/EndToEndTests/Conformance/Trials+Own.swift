// SPDX-License-Identifier: Apache-2.0

import Lab

extension Trial {
  /// Own rows about tokens.
  static let ownTokens = [
    rejects("own-other-key", ["wrong-signature"], twin: [.sign(.rs256)]),
    rejects("own-hs256-with-rsa-pub", ["hs256-public-key"], twin: [.sign(.rs256)]),
    rejects(
      "own-crit",
      [header("example", "1"), header("crit", #"["example"]"#)],
      twin: [header("example", "1")]
    ),
    rejects(
      "own-dup-claim",
      [Misbehaviour("claim-twice", ["name": "iss", "value": "{issuer}"])],
      twin: [Misbehaviour("claim-twice", ["name": "example", "value": "{issuer}"])]
    ),
    rejects("own-array-payload", ["payload-array"], twin: [.set("example", "[]")]),
    rejects("own-unprotected-alg", ["json-token"], twin: [.sign(.rs256)]),
    rejects("own-es256-zero", ["zero-signature"], twin: [.sign(.es256)], in: .es256),
    rejects(
      "own-jwk-alg-conflict",
      in: .keySet(.wrongAlgorithm),
      twin: .keySet(.noAlgorithm)
    ),
    rejects("own-azp-mismatch", [.set("azp", "another")], twin: [.set("azp", "lanyard")]),
    rejects(
      "own-aud-empty",
      [.set("aud", "[]")],
      or: [[.set("aud", #"[""]"#)]],
      twin: [.set("aud", #"["lanyard"]"#)]
    ),
    rejects(
      "own-exp-string",
      [.set("exp", #""4102444800""#)],
      or: [[.set("exp", "1e300")], [.set("exp", "-1")]],
      twin: [.set("exp", "4102444800")]
    ),
    rejects(
      "own-iss-slash",
      [.append("iss", "/")],
      or: [[.set("iss", "{elsewhere}")], [.append("iss", "0")]],
      twin: [.append("iss", "")]
    ),
    controlCharacters,
    rejects(
      "own-huge-token",
      [Misbehaviour("huge-token")],
      or: [[Misbehaviour("dots")]],
      twin: [Misbehaviour("huge-token", ["bytes": "2000"])]
    ),
    keySetFlood,
    rejectsRenewal(
      "own-refresh-aud",
      [.set("aud", #"["another"]"#)],
      twin: [.set("aud", #"["lanyard"]"#)]
    ),
  ]

  private static func header(_ name: String, _ value: String) -> Misbehaviour {
    Misbehaviour("header-set", ["name": name, "value": value])
  }

  /// A name with escape sequences is shown without them; a subject with them is no subject.
  private static let controlCharacters = Trial("own-control-chars") { findings in
    let hostile = #""\u001b[31mroot\u0007""#
    try await Setting.plain.stage { stage in
      try stage.misbehave([.set("preferred_username", hostile)])
      let conversation = try stage.desk.startLanyard(
        ["login"] + stage.options + ["--login", "browser"],
        stage.variables
      )
      let outcome = try await stage.finish(conversation).outcome
      findings.expect(
        outcome.status == 0 && !outcome.errors.contains { "\u{1B}\u{07}".contains($0) },
        "a name is escaped",
        else: "login exit \(outcome.status): \(outcome.errors.debugDescription)"
      )
    }
    try await Setting.plain.stage { stage in
      try stage.misbehave([.set("sub", #""root""#)])
      findings.expectTwin(try await stage.logIn(["--account", "twin"]).outcome)
      stage.behave()
      try await findings.expectRejectedLogin(stage, [.set("sub", hostile)])
    }
  }

  /// A hundred tokens, each with a key that nobody has; logins with a password, which need no browser.
  private static let keySetFlood = Trial("own-jwks-flood") { findings in
    var setting = Setting.plain
    setting.needsTrust = true
    setting.arguments = { desk in
      let file = "\(desk.folder)/password"
      try PrivateFile.write("alice\n", to: file)
      return ["--client-id", "lanyard", "--grant-type", "password", "--username", "alice"]
        + ["--password-file", file, "--token", "id"]
    }
    try await setting.stage { stage in
      findings.expectTwin(try await stage.ask(["--account", "twin"]))
      let began = ContinuousClock.now
      try stage.misbehave([Misbehaviour("unknown-kid")], grant: "password")
      let start = stage.now
      for _ in 0..<100 {
        findings.expectRefusal(try await stage.ask())
        stage.forgetFailedLogin()
      }
      let events = stage.lab.log(after: start).filter { $0.kind == .requestArrived }
      let tokens = events.count { $0.endpoint == "token" }
      findings.expect(tokens == 100, "100 tokens", else: "\(tokens) tokens, not 100")
      // A login whose keys are a minute old asks for them by itself.
      let minutes = Int((ContinuousClock.now - began) / .seconds(60)) + 1
      let fetches = events.count { $0.endpoint == "keys" }
      findings.expect(
        fetches < 2 * minutes,
        "keys fetched at most once a minute",
        else: "keys fetched \(fetches) times in \(minutes) minutes"
      )
    }
  }
}
