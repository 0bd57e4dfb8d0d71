// SPDX-License-Identifier: Apache-2.0

import Lab

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Trial {
  private static let profile = "fapi2-security-profile-final-client"

  /// The FAPI 2.0 security profile: with private_key_jwt, PAR and DPoP.
  static let fapi2 =
    fapi2Claims + fapi2Redirects + [
      Trial.accepts("\(profile)-test-happy-path", in: .fapi2()) { stage, _, findings in
        findings.expectFAPI(stage)
        let asked = stage.lab.count(.dpopNonce) > 0
        findings.expect(asked, "nonce taken from the answer", else: "no nonce was asked for")
      },
      Trial.accepts("\(profile)-test-happy-path-no-dpop-nonce", in: .fapi2(nonce: false)) {
        stage,
        _,
        findings in
        findings.expectFAPI(stage)
      },
      Trial.rejects(
        "\(profile)-test-discovery-issuer-mismatch",
        [Trial.issuer("INVALID")],
        twin: [Trial.issuer("")],
        in: .fapi2()
      ),
      Trial.accepts(
        "\(profile)-test-token-endpoint-response-without-expires_in",
        [Misbehaviour("answer-remove", ["name": "expires_in"])],
        in: .fapi2()
      ),
      Trial.accepts(
        "\(profile)-test-token-type-case-insensitivity",
        [Misbehaviour("answer-set", ["name": "token_type", "value": "dpOp"])],
        in: .fapi2()
      ),
      Trial.accepts(
        "\(profile)-test-rs-dpop-auth-scheme-case-insensitivity",
        Misbehaviour.nameless + [newNonce, lowerCaseChallenge],
        in: .fapi2()
      ) { stage, _, findings in
        let denied = stage.lab.log().contains { $0.kind == .dpopNonce && $0.endpoint == "userinfo" }
        findings.expect(denied, "challenged at userinfo", else: "no challenge at userinfo")
        findings.expect(
          stage.lab.count(.userInfo) == 1,
          "asked again with the nonce",
          else: "not asked again"
        )
      },
      twoRenewals,
    ]

  private static let fapi2Claims = [
    claim("iss", [.append("iss")], twin: [.append("iss", "")]),
    claim("aud", [.append("aud")], twin: [.append("aud", "")]),
    claim(
      "secondary-aud",
      [.set("aud", #"["fapi","foreign"]"#), .remove("azp")],
      twin: [.set("aud", #"["fapi"]"#), .remove("azp")]
    ),
    claim("null-alg", ["alg-none"], twin: [.sign(.rs256)]),
    claim("alternate-alg", [.sign(.ps256)], twin: [.sign(.rs256)]),
    claim("expired-exp", [.shift("exp", -300 - 360)], twin: [.shift("exp", -300 - 240)]),
    claim("missing-exp", [.remove("exp")], twin: [.remove("email")]),
    claim("missing-aud", [.remove("aud")], twin: [.remove("email")]),
    claim("missing-iss", [.remove("iss")], twin: [.remove("email")]),
    Trial.accepts(
      "\(profile)-test-valid-aud-as-array",
      [.set("aud", #"["fapi"]"#)],
      in: .fapi2()
    ),
    claim("nonce", [.append("nonce")], twin: [.append("nonce", "")]),
    claim("missing-nonce", [.remove("nonce")], twin: [.remove("email")]),
  ]

  private static func claim(_ name: String, _ bad: [Misbehaviour], twin: [Misbehaviour]) -> Trial {
    rejects("\(profile)-test-invalid-\(name)", bad, twin: twin, in: .fapi2())
  }

  private static let fapi2Redirects = [
    rejects(
      "\(profile)-test-invalid-authorization-response-iss",
      [.redirect("append", "iss")],
      twin: [.redirect("append", "iss", text: "")],
      in: .fapi2()
    ),
    rejects(
      "\(profile)-test-remove-authorization-response-iss",
      [.redirect("remove", "iss")],
      twin: [.redirect("remove", "session_state")],
      in: .fapi2()
    ),
    strayRedirect(
      "\(profile)-test-ensure-authorization-response-with-invalid-state-fails",
      .redirect("append", "state"),
      twin: .redirect("append", "state", text: "")
    ),
    strayRedirect(
      "\(profile)-test-ensure-authorization-response-with-invalid-missing-state-fails",
      .redirect("remove", "state"),
      twin: .redirect("remove", "session_state")
    ),
  ]

  /// An answer without this login's state may come from anybody: it is refused in the browser, and the
  /// login goes on waiting for its own until somebody ends it.
  private static func strayRedirect(_ id: String, _ bad: Misbehaviour, twin: Misbehaviour) -> Trial
  {
    Trial(id) { findings in
      try await Setting.fapi2().stage { stage in
        try stage.misbehave([twin])
        findings.expectTwin(try await stage.logIn(["--account", "twin"]).outcome)
        stage.behave()
        let (before, start) = (stage.store(), stage.now)
        try stage.misbehave([bad])
        let conversation = try stage.start()
        guard let url = try await stage.url(conversation) else {
          return findings.fail("no address to open: \(conversation.errors)")
        }
        let page = try await BrowserDriver.with { try await $0.logIn(at: url, as: Desk.alice) }
        findings.expect(
          page.status == 400,
          "400 in the browser",
          else: "\(page.status) in the browser"
        )
        findings.expectQuiet(stage, since: start)
        let waits = conversation.outcome() == nil
        findings.expect(waits, "the login waits on", else: "the login has ended")
        conversation.send(SIGTERM)
        findings.expectRefusal(try await conversation.result())
        findings.expect(stage.store() == before, "store unchanged", else: "the store has changed")
      }
    }
  }

  private static let newNonce: Misbehaviour = {
    var way = Misbehaviour("new-dpop-nonce", at: "userinfo")
    way.times = 1
    return way
  }()

  private static let lowerCaseChallenge: Misbehaviour = {
    let value = #"dpOp error="use_dpop_nonce""#
    var way = Misbehaviour(
      "answer-header",
      ["name": "www-authenticate", "value": value],
      at: "userinfo"
    )
    way.times = 1
    return way
  }()

  private static let twoRenewals = Trial("\(profile)-refresh-token-test") { findings in
    try await Setting.fapi2().stage { stage in
      try await stage.logInAndExpire()
      findings.expectCredential(try await stage.renewAndExpire([]))
      let renewals = stage.lab.count(.refresh)
      findings.expectCredential(try await stage.ask())
      findings.expectChain(stage, renewals: renewals + 1)
    }
  }

  /// Of FAPI 1.0 Advanced, what concerns tokens from the token endpoint.
  static let fapi1 = [
    rejects(
      "fapi1-advanced-final-client-test-iat-is-week-in-past",
      [.shift("iat", -604_800)],
      twin: [.shift("iat", -60)]
    ),
    rejects(
      "fapi1-advanced-final-client-test-invalid-signature",
      ["bad-signature"],
      twin: [.sign(.rs256)]
    ),
    accepts("fapi1-advanced-final-client-test-missing-athash", [.remove("at_hash")]),
    accepts(
      "fapi1-advanced-final-client-test-no-scope-in-token-endpoint-response",
      ["scope", "expires_in"].map { Misbehaviour("answer-remove", ["name": $0]) }
    ),
    rejects(
      "fapi1-advanced-final-client-test-encrypted-idtoken-usingrsa15",
      [Misbehaviour("encrypted-token", ["alg": "RSA1_5"])],
      twin: [.sign(.rs256)]
    ),
    accepts(
      "fapi1-advanced-final-client-test-unencrypted-request-object-with-par",
      in: .lab { $0.pushedRequests = .required }
    ) { stage, _, findings in findings.expectPushed(stage) },
  ]
}

extension Findings {
  mutating func expectFAPI(_ stage: Stage) {
    expectMethod("private_key_jwt", stage)
    expectPushed(stage)
    let proofs = stage.lab.count(.dpopProof)
    expect(proofs > 0, "DPoP proof", else: "no DPoP proof")
  }

  mutating func expectPushed(_ stage: Stage) {
    let pushed = stage.lab.count(.pushedRequest)
    expect(pushed == 1, "pushed request", else: "\(pushed) pushed requests")
  }
}
