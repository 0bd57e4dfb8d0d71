// SPDX-License-Identifier: Apache-2.0

import Lab

extension Trial {
  /// The Basic profile, and what of the hybrid and form-post profiles concerns a code flow.
  static let basic = [
    accepts("oidcc-client-test") { _, attempt, findings in
      let url = attempt.url ?? ""
      findings.expect(url.contains("scope=openid"), "scope openid", else: "no scope openid")
      findings.expect(!url.contains("token="), "no token in a URL", else: "a token in a URL")
    },
    rejects("oidcc-client-test-invalid-iss", [.append("iss")], twin: [.append("iss", "")]),
    rejects("oidcc-client-test-missing-sub", [.remove("sub")], twin: [.remove("email")]),
    rejects("oidcc-client-test-invalid-aud", [.append("aud")], twin: [.append("aud", "")]),
    rejects("oidcc-client-test-missing-iat", [.remove("iat")], twin: [.remove("email")]),
    accepts("oidcc-client-test-kid-absent-single-jwks", in: .keySet(.noKeyID)),
    rejects(
      "oidcc-client-test-kid-absent-multiple-jwks",
      in: .keySet(.severalNoKeyID),
      twin: .keySet(.noKeyID)
    ),
    accepts("oidcc-client-test-idtoken-sig-rs256", [.sign(.rs256)]),
    rejects("oidcc-client-test-idtoken-sig-none", ["alg-none"], twin: [.sign(.rs256)]),
    rejects("oidcc-client-test-invalid-sig-rs256", ["bad-signature"], twin: [.sign(.rs256)]),
    rejects(
      "oidcc-client-test-userinfo-invalid-sub",
      Misbehaviour.nameless + [userinfoSubject("1")],
      twin: Misbehaviour.nameless + [userinfoSubject("")]
    ),
    rejects("oidcc-client-test-nonce-invalid", [.append("nonce")], twin: [.append("nonce", "")]),
    accepts(
      "oidcc-client-test-scope-userinfo-claims",
      Misbehaviour.nameless,
      in: .with(["--scope", "profile", "--scope", "email"])
    ) { stage, attempt, findings in
      let asks = attempt.url?.contains("profile%20email") == true
      findings.expect(asks, "scopes profile and email", else: "scopes are missing")
      findings.expectUserinfo(stage, times: 1)
    },
    accepts("oidcc-client-test-client-secret-basic", in: .secretBasic) { stage, _, findings in
      findings.expectMethod("client_secret_basic", stage)
    },
    // Of the hybrid profile: what a token endpoint and a userinfo endpoint know as well.
    rejects(
      "oidcc-client-test-invalid-athash",
      [.append("at_hash")],
      twin: [.append("at_hash", "")]
    ),
    accepts("oidcc-client-test-missing-athash", [.remove("at_hash")]),
    accepts("oidcc-client-test-userinfo-bearer-header", Misbehaviour.nameless) {
      stage,
      _,
      findings in
      findings.expectUserinfo(stage, times: 1)
    },
    formPostError,
  ]

  private static func userinfoSubject(_ text: String) -> Misbehaviour {
    Misbehaviour("answer-append", ["name": "sub", "text": text], at: "userinfo")
  }

  /// An error that comes as a form; its words go to a terminal.
  private static let formPostError = Trial("oidcc-client-test-form-post-error") { findings in
    try await Setting.with(["--response-mode", "form_post"]).stage { stage in
      try stage.misbehave([.redirect("append", "state", text: "")])
      findings.expectTwin(try await stage.logIn(["--account", "twin"]).outcome)
      stage.behave()
      let (before, start) = (stage.store(), stage.now)
      let words = ["error": "login_required", "description": "\u{1B}[31mlog in first"]
      try stage.misbehave([Misbehaviour("redirect-error", words, at: "login")])
      let attempt = try await stage.logIn()
      findings.expectRefusal(attempt.outcome)
      findings.expectQuiet(stage, since: start)
      findings.expect(stage.store() == before, "store unchanged", else: "the store has changed")
      let errors = attempt.outcome.errors
      let isTold = errors.contains("login_required") && errors.contains("log in first")
      findings.expect(
        isTold && !errors.contains("\u{1B}"),
        "the error is told, escaped",
        else: "the error is not told as it should be: \(errors.debugDescription)"
      )
    }
  }

  /// The Config profile.
  static let configuration = [
    accepts("oidcc-client-test-discovery-openid-config") { stage, _, findings in
      findings.expectRequest("discovery", stage)
    },
    accepts(
      "oidcc-client-test-discovery-jwks-uri-keys",
      in: .lab { $0.randomKeysPath = true }
    ) { stage, _, findings in findings.expectRequest("keys", stage) },
    rejects(
      "oidcc-client-test-discovery-issuer-mismatch",
      [issuer("INVALID")],
      twin: [issuer("")]
    ),
    // Keys are known from a login just before, and change when the next token is signed.
    secondLogin("oidcc-client-test-signing-key-rotation-just-before-signing") { stage in
      var rotation = Misbehaviour("rotate-keys")
      rotation.times = 1
      try stage.misbehave([rotation])
    },
    secondLogin("oidcc-client-test-signing-key-rotation") { stage in
      try await stage.lab.rotateKeys(keepingOld: false)
    },
  ]

  static func issuer(_ text: String) -> Misbehaviour {
    Misbehaviour("answer-append", ["name": "issuer", "text": text], at: "discovery")
  }

  private static func secondLogin(
    _ id: String,
    after change: @escaping @Sendable (Stage) async throws -> Void
  ) -> Trial {
    Trial(id) { findings in
      try await Setting.plain.stage { stage in
        findings.expectTwin(try await stage.logIn(["--account", "twin"]).outcome)
        try await change(stage)
        try await findings.expectLogin(try await stage.logIn(), stage)
      }
    }
  }
}

extension Findings {
  mutating func expectUserinfo(_ stage: Stage, times: Int) {
    let count = stage.lab.count(.userInfo)
    expect(
      count == times,
      "userinfo asked with the token in the header",
      else: "userinfo: \(count)"
    )
  }

  mutating func expectMethod(_ method: String, _ stage: Stage) {
    let used = stage.lab.log().first { $0.kind == .codeGrant }?.method ?? "nothing"
    expect(used == method, "authenticated with \(method)", else: "authenticated with \(used)")
  }

  mutating func expectRequest(_ endpoint: String, _ stage: Stage) {
    let found = stage.lab.log().contains { $0.kind == .requestAnswered && $0.endpoint == endpoint }
    expect(found, "\(endpoint) fetched", else: "\(endpoint) not fetched")
  }
}
