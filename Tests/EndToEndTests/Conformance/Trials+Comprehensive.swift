// SPDX-License-Identifier: Apache-2.0

import Lab

extension Trial {
  /// Rows of the comprehensive plan that no profile has.
  static let comprehensive = [
    rejects("oidcc-client-test-missing-aud", [.remove("aud")], twin: [.remove("email")]),
    rejects(
      "oidcc-client-test-invalid-sig-hs256",
      ["hs256-client-secret", "bad-signature"],
      twin: [.sign(.rs256)]
    ),
    rejects(
      "oidcc-client-test-invalid-sig-es256",
      ["bad-signature"],
      twin: [.sign(.es256)],
      in: .es256
    ),
    accepts(
      "oidcc-client-test-aggregated-claims",
      [
        .set("_claim_names", #"{"address":"one"}"#),
        .set("_claim_sources", #"{"one":{"JWT":"e30.e30.e30"}}"#),
      ]
    ),
    accepts(
      "oidcc-client-test-distributed-claims",
      [
        .set("_claim_names", #"{"address":"one"}"#),
        .set(
          "_claim_sources",
          #"{"one":{"endpoint":"{issuer}/userinfo","access_token":"another"}}"#
        ),
      ]
    ) { stage, _, findings in
      let asked = stage.lab.log().contains { $0.endpoint == "userinfo" }
      findings.expect(!asked, "their endpoint is not asked", else: "their endpoint was asked")
    },
    accepts("oidcc-client-test-mtls-endpoint-aliases", in: .mutualTLS) { stage, _, findings in
      findings.expectMethod("tls_client_auth", stage)
      let path = stage.lab.log().first { $0.kind == .codeGrant }?.path ?? ""
      findings.expect(path.hasPrefix("/mtls"), "at the alias", else: "at \(path)")
    },
  ]

  /// The refresh profile.
  static let refresh = [
    Trial("oidcc-client-test-refresh-token") { findings in
      try await Setting.plain.stage { stage in
        try await stage.logInAndExpire()
        let renewed = try await stage.ask()
        findings.expectCredential(renewed)
        let web = try WebClient(caPEM: stage.lab.caPEM)
        let answer = try await web.send(
          "\(stage.lab.apiServerURL)/api/v1/namespaces",
          headers: [(name: "authorization", value: "Bearer \(try renewed.token)")]
        )
        await web.close()
        findings.expect(answer.status == 200, "the API server takes it", else: "\(answer.status)")
        findings.expectChain(stage, renewals: 1)
      }
    },
    rejectsRenewal(
      "oidcc-client-test-refresh-token-invalid-issuer",
      [.append("iss")],
      twin: [.append("iss", "")]
    ),
    rejectsRenewal(
      "oidcc-client-test-refresh-token-invalid-sub",
      [.append("sub")],
      twin: [.append("sub", "")]
    ),
  ]

  /// Logout: whatever the issuer's logout page would do, the session ends here.
  static let logout = [
    logsOut("oidcc-client-test-rp-init-logout")
  ]

  private static func logsOut(_ id: String) -> Trial {
    Trial(id) { findings in
      try await Setting.plain.stage { stage in
        let attempt = try await stage.logIn()
        try await findings.expectLogin(attempt, stage)
        let result = try await stage.desk.lanyard(
          ["logout", "--browser"] + stage.options,
          stage.variables
        )
        findings.expect(result.status == 0, "logout exit 0", else: "logout exit \(result.status)")
        let page = result.errors.url(of: "\(stage.lab.issuer)/logout")
        if let page { _ = try await BrowserDriver.with { try await $0.open(page) } }
        let visits = stage.lab.count(.logout)
        findings.expect(
          visits == 1,
          "logout page opened",
          else: "\(visits) visits of the logout page"
        )
        let sessions = stage.store().keys.filter { $0.hasPrefix("sessions/") }
        findings.expect(sessions.isEmpty, "session removed", else: "the session is still there")
        let ended = stage.lab.count(.familyRevoked)
        findings.expect(ended == 1, "and ended at the issuer", else: "\(ended) families ended")
        let asked = try await stage.ask()
        findings.expect(
          asked.status == 3 && asked.output.isEmpty,
          "afterwards exit 3",
          else: "afterwards exit \(asked.status)"
        )
      }
    }
  }
}

extension Findings {
  /// So many renewals, each with the refresh token of the one before.
  mutating func expectChain(_ stage: Stage, renewals: Int) {
    let lab = stage.lab
    expect(
      lab.count(.refresh) == renewals && lab.replays == 0 && lab.logins == 1,
      renewals == 1 ? "one renewal" : "\(renewals) renewals, each with the newest refresh token",
      else: "\(lab.count(.refresh)) renewals, \(lab.replays) replays, \(lab.logins) logins"
    )
  }
}
