// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

/// The rows of the OpenID Foundation's client tests that concern an ID token's verdict, and rows of
/// our own, by their names.
///
/// Each refused token has a twin that differs in nothing else and passes, so that a client that
/// refuses everything fails here too.
@Suite("conformance: ID token verdicts")
struct ConformanceTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let expected: [IDTokenFault]
    let hostile: Presented
    let twin: Presented

    init(
      _ name: String,
      _ expected: [IDTokenFault] = [],
      _ hostile: Presented,
      twin: Presented = Presented()
    ) {
      testDescription = name
      self.expected = expected
      self.hostile = hostile
      self.twin = twin
    }
  }

  @Test("each row, and its twin", arguments: basic + fapi + own)
  func rows(row: Row) throws {
    let verdict = try row.hostile.verdict()
    #expect(verdict.faults == row.expected)
    let isPassed = if case .passed = verdict { true } else { false }
    #expect(isPassed == row.expected.isEmpty)
    #expect(try row.twin.verdict().faults == [])
  }

  @Test(
    "a new key id asks for fresh keys, and passes with them",
    arguments: [
      "oidcc-client-test-signing-key-rotation-just-before-signing",
      "oidcc-client-test-signing-key-rotation",
    ]
  )
  func rotation(name: String) throws {
    let rotated = Presented(header: #"{"alg":"ES256","kid":"new"}"#)
    let before = try rotated.verdict()
    #expect(before.faults == [.unknownKey(id: "new")])
    #expect(before.wantsFreshKeys)
    var after = rotated
    after.keys = { [try Forge.p256Key("new")] }
    #expect(try after.verdict().faults == [])
  }

  static let basic = [
    Row("oidcc-client-test", [], Presented()),
    Row(
      "oidcc-client-test-invalid-iss",
      [.issuer(found: Forge.issuer + "1")],
      Presented(["iss": "\"\(Forge.issuer)1\""])
    ),
    Row("oidcc-client-test-missing-sub", [.subjectMissing], Presented(["sub": nil])),
    Row(
      "oidcc-client-test-invalid-aud",
      [.audience(found: ["kube1"])],
      Presented(["aud": "\"kube1\""])
    ),
    Row("oidcc-client-test-missing-iat", [.timeInvalid(claim: "iat")], Presented(["iat": nil])),
    Row(
      "oidcc-client-test-kid-absent-single-jwks",
      [],
      Presented(signer: .rsa, header: #"{"alg":"RS256"}"#)
    ),
    Row(
      "oidcc-client-test-kid-absent-multiple-jwks",
      [.ambiguousKey(3)],
      Presented(signer: .rsa, header: #"{"alg":"RS256"}"#) {
        [try Forge.rsaKey("1"), try Forge.rsaKey("2"), try Forge.rsaKey("3")]
      },
      twin: Presented(signer: .rsa, header: #"{"alg":"RS256","kid":"2"}"#) {
        [try Forge.rsaKey("1"), try Forge.rsaKey("2"), try Forge.rsaKey("3")]
      }
    ),
    Row(
      "oidcc-client-test-kid-absent-single-jwks (with what the suite's key sets also hold)",
      [],
      Presented(signer: .rsa, header: #"{"alg":"RS256"}"#) {
        try suiteKeys + [Forge.rsaKey(nil), Forge.rsaKey(nil, more: ["use": #""enc""#])]
      }
    ),
    Row("oidcc-client-test-idtoken-sig-rs256", [], Presented(signer: .rsa)),
    Row(
      "oidcc-client-test-idtoken-sig-none",
      [.algorithmRefused("none")],
      Presented(header: #"{"alg":"none"}"#, signature: { _ in [] })
    ),
    Row(
      "oidcc-client-test-invalid-sig-rs256",
      [.signatureInvalid],
      Presented(signer: .rsa, signature: Presented.inverted(.rsa)),
      twin: Presented(signer: .rsa)
    ),
    Row(
      "oidcc-client-test-nonce-invalid",
      [.nonceMismatch],
      Presented(["nonce": "\"\(Forge.nonce)1\""])
    ),
    Row(
      "oidcc-client-test-invalid-athash",
      [.accessTokenHashMismatch],
      Presented(["at_hash": "\"\(Presented.accessTokenHash)1\""]),
      twin: Presented(["at_hash": "\"\(Presented.accessTokenHash)\""])
    ),
    Row("oidcc-client-test-missing-athash (code flow)", [], Presented(["at_hash": nil])),
    Row("oidcc-client-test-missing-aud", [.audienceInvalid], Presented(["aud": nil])),
    Row(
      "oidcc-client-test-invalid-sig-hs256",
      [.algorithmRefused("HS256")],
      Presented(header: #"{"alg":"HS256"}"#, signature: { _ in Array(repeating: 0x5A, count: 32) })
    ),
    Row(
      "oidcc-client-test-invalid-sig-es256",
      [.signatureInvalid],
      Presented(signature: Presented.inverted(.p256))
    ),
    Row(
      "oidcc-client-test-aggregated-claims",
      [],
      Presented(["_claim_names": #"{"a":"s"}"#, "_claim_sources": #"{"s":{"JWT":"a.b.c"}}"#])
    ),
    Row(
      "oidcc-client-test-distributed-claims",
      [],
      Presented([
        "_claim_names": #"{"a":"s"}"#,
        "_claim_sources": #"{"s":{"endpoint":"https://evil.test","access_token":"x"}}"#,
      ])
    ),
    Row("oidcc-client-test-refresh-token", [], Presented(isRenewal: true)),
    Row(
      "oidcc-client-test-refresh-token-invalid-issuer",
      [.issuer(found: Forge.issuer + "1")],
      Presented(["iss": "\"\(Forge.issuer)1\""], isRenewal: true),
      twin: Presented(isRenewal: true)
    ),
    Row(
      "oidcc-client-test-refresh-token-invalid-sub",
      [.subjectChanged],
      Presented(["sub": "\"alice1\""], isRenewal: true),
      twin: Presented(isRenewal: true)
    ),
  ]

  /// Keys that must neither be used for signatures nor spoil the set.
  static let suiteKeys = [
    #"{"kty":"EC","crv":"secp256k1","use":"sig","x":"AA","y":"AA"}"#,
    #"{"kty":"RSA","use":"enc","alg":"RSA-OAEP","n":"AA","e":"AQAB"}"#,
    #"{"kty":"EC","crv":"P-256","use":"enc","alg":"ECDH-ES","x":"AA","y":"AA"}"#,
    #"{"kty":"oct","k":"AAAA"}"#,
  ]

  static let fapi = [
    fapi2("happy-path", [], Presented(signer: .ps256)),
    fapi2(
      "invalid-iss",
      [.issuer(found: Forge.issuer + "1")],
      Presented(["iss": "\"\(Forge.issuer)1\""])
    ),
    fapi2("invalid-aud", [.audience(found: ["kube1"])], Presented(["aud": "\"kube1\""])),
    fapi2(
      "invalid-secondary-aud",
      [.authorizedPartyMissing(audiences: ["foreign"])],
      Presented(["aud": #"["kube","foreign"]"#])
    ),
    fapi2(
      "invalid-null-alg",
      [.algorithmRefused("none")],
      Presented(header: #"{"alg":"none"}"#, signature: { _ in [] })
    ),
    fapi2(
      "invalid-alternate-alg (the key says PS256)",
      [.algorithmMismatch("RS256")],
      Presented(signer: .rsa) { [try Forge.rsaKey(more: ["alg": #""PS256""#])] },
      twin: Presented(signer: .ps256) { [try Forge.rsaKey(more: ["alg": #""PS256""#])] }
    ),
    fapi2(
      "invalid-alternate-alg (the metadata says PS256)",
      [.algorithmNotAnnounced("RS256")],
      Presented(signer: .rsa, announced: ["PS256"]),
      twin: Presented(signer: .ps256, announced: ["PS256"])
    ),
    fapi2(
      "invalid-expired-exp",
      [.expired(seconds: 360)],
      Presented(["exp": "\(Forge.now - 360)"])
    ),
    fapi2("invalid-missing-exp", [.timeInvalid(claim: "exp")], Presented(["exp": nil])),
    fapi2("invalid-missing-aud", [.audienceInvalid], Presented(["aud": nil])),
    fapi2("invalid-missing-iss", [.issuer(found: nil)], Presented(["iss": nil])),
    fapi2("valid-aud-as-array", [], Presented(["aud": #"["kube"]"#])),
    fapi2("invalid-nonce", [.nonceMismatch], Presented(["nonce": "\"\(Forge.nonce)1\""])),
    fapi2("invalid-missing-nonce", [.nonceMissing], Presented(["nonce": nil])),
    Row(
      "fapi1-advanced-final-client-test-iat-is-week-in-past",
      [.issuedLongAgo(seconds: 604_800)],
      Presented(["iat": "\(Forge.now - 604_800)"])
    ),
    Row(
      "fapi1-advanced-final-client-test-invalid-signature",
      [.signatureInvalid],
      Presented(signer: .ps256, signature: Presented.inverted(.ps256)),
      twin: Presented(signer: .ps256)
    ),
    Row("fapi1-advanced-final-client-test-missing-athash", [], Presented(["at_hash": nil])),
    Row(
      "fapi1-advanced-final-client-test-encrypted-idtoken-usingrsa15",
      [.malformed("it is encrypted (five parts), which is not supported")],
      Presented(text: "\(Forge.base64url(#"{"alg":"RSA1_5","enc":"A128CBC-HS256"}"#)).AA.AA.AA.AA")
    ),
  ]

  static func fapi2(
    _ name: String,
    _ expected: [IDTokenFault],
    _ hostile: Presented,
    twin: Presented = Presented()
  ) -> Row {
    Row("fapi2-security-profile-final-client-test-\(name)", expected, hostile, twin: twin)
  }
}
