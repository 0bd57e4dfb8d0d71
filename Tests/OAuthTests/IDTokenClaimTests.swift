// SPDX-License-Identifier: Apache-2.0

import Crypto
import OAuth
import Testing

@Suite("ID tokens: claims")
struct IDTokenClaimTests {
  /// A good token with some claims replaced, or removed where the text is nil.
  struct Row: Sendable, CustomTestStringConvertible {
    let change: [String: String?]
    let faults: [IDTokenFault]

    init(_ change: [String: String?], _ faults: [IDTokenFault]) {
      self.change = change
      self.faults = faults
    }

    var testDescription: String {
      change.map { "\($0): \($1?.prefix(40) ?? "removed")" }.sorted().joined(separator: ", ")
    }

    func token() throws -> Secret {
      var claims = Forge.claims()
      for (name, value) in change { claims[name] = value }
      return try Forge.token(claims)
    }
  }

  static let now = Forge.now

  static let parties = [
    Row([:], []),
    Row(["iss": "\"\(Forge.issuer)1\""], [.issuer(found: Forge.issuer + "1")]),
    Row(["iss": "\"\(Forge.issuer)/\""], [.issuer(found: Forge.issuer + "/")]),
    Row(
      ["iss": "\"https://ISSUER.test/realms/one\""],
      [.issuer(found: "https://ISSUER.test/realms/one")]
    ),
    Row(["iss": nil], [.issuer(found: nil)]),
    Row(["iss": "[\"\(Forge.issuer)\"]"], [.issuer(found: nil)]),
    Row(["sub": nil], [.subjectMissing]),
    Row(["sub": "\"\""], [.subjectMissing]),
    Row(["sub": "7"], [.subjectMissing]),
    Row(["sub": "\"\(String(repeating: "s", count: 255))\""], []),
    Row(["sub": "\"\(String(repeating: "s", count: 256))\""], [.subjectInvalid]),
    Row(["sub": #""al\u001b[31mice""#], [.subjectInvalid]),
    Row(["sub": #""al\u009bice""#], [.subjectInvalid]),
    Row(["aud": "\"kube1\""], [.audience(found: ["kube1"])]),
    Row(["aud": "\"kub\""], [.audience(found: ["kub"])]),
    Row(["aud": "[\"kube\"]"], []),
    Row(["aud": "[]"], [.audienceInvalid]),
    Row(["aud": "[\"\"]"], [.audienceInvalid]),
    Row(["aud": "\"\""], [.audienceInvalid]),
    Row(["aud": "[\"kube\",1]"], [.audienceInvalid]),
    Row(["aud": "{\"kube\":1}"], [.audienceInvalid]),
    Row(["aud": nil], [.audienceInvalid]),
    Row(["aud": "[\"kube\",\"other\"]"], [.authorizedPartyMissing(audiences: ["other"])]),
    Row(["aud": "[\"kube\",\"other\"]", "azp": "\"kube\""], []),
    Row(
      ["aud": "[\"kube\",\"other\"]", "azp": "\"other\""],
      [.authorizedParty(found: "other")]
    ),
    Row(["azp": "\"kube\""], []),
    Row(["azp": "\"kube1\""], [.authorizedParty(found: "kube1")]),
    Row(["azp": "7"], [.authorizedParty(found: "")]),
    Row(["aud": "[\"other\"]", "azp": "\"kube\""], [.audience(found: ["other"])]),
  ]

  static let times = [
    Row(["exp": "\(now + 1)"], []),
    Row(["exp": "\(now - 299)"], []),
    Row(["exp": "\(now - 300)"], [.expired(seconds: 300)]),
    Row(["exp": "\(now - 360)"], [.expired(seconds: 360)]),
    Row(["exp": "0"], [.expired(seconds: now)]),
    Row(["exp": "-1"], [.timeInvalid(claim: "exp")]),
    Row(["exp": "\"\(now + 600)\""], [.timeInvalid(claim: "exp")]),
    Row(["exp": "1e300"], [.timeInvalid(claim: "exp")]),
    Row(["exp": "99999999999999"], [.timeInvalid(claim: "exp")]),
    Row(["exp": "\(now + 600).5"], [.timeInvalid(claim: "exp")]),
    Row(["exp": "1.8e9"], []),
    Row(["exp": "null"], [.timeInvalid(claim: "exp")]),
    Row(["exp": nil], [.timeInvalid(claim: "exp")]),
    Row(["iat": "\(now + 300)"], []),
    Row(["iat": "\(now + 301)"], [.issuedInFuture(seconds: 301)]),
    Row(["iat": "\(now - 86_400)"], []),
    Row(["iat": "\(now - 86_401)"], [.issuedLongAgo(seconds: 86_401)]),
    Row(["iat": "0"], [.issuedLongAgo(seconds: now)]),
    Row(["iat": nil], [.timeInvalid(claim: "iat")]),
    Row(["iat": "\"\(now)\""], [.timeInvalid(claim: "iat")]),
    Row(["nbf": "\(now + 300)"], []),
    Row(["nbf": "\(now + 301)"], [.notYetValid(seconds: 301)]),
    Row(["nbf": "\"soon\""], [.timeInvalid(claim: "nbf")]),
    Row(["nonce": "\"\(Forge.nonce)1\""], [.nonceMismatch]),
    Row(["nonce": "7"], [.nonceMismatch]),
    Row(["nonce": nil], [.nonceMissing]),
  ]

  @Test("one claim differs from a token that passes", arguments: parties + times)
  func rules(row: Row) throws {
    #expect(try Forge.faults(try row.token()) == row.faults)
  }

  /// U+212A KELVIN SIGN is canonically equivalent to K: the same text for Swift, other bytes for everybody else.
  @Test(
    "equivalent characters are other bytes",
    arguments: [
      ("iss", "https://issuer.test/K", [.issuer(found: "https://issuer.test/\u{212A}")]),
      ("aud", "Kube", [.audience(found: ["\u{212A}ube"])]),
      ("azp", "Kube", [.authorizedParty(found: "\u{212A}ube")]),
      ("sub", "Karl", [.subjectChanged]),
    ] as [(String, String, [IDTokenFault])]
  )
  func equivalents(claim: String, text: String, faults: [IDTokenFault]) throws {
    var expectation = try Forge.expectation(previousSubject: "Karl")
    expectation.issuer = try Issuer("https://issuer.test/K")
    expectation.clientID = "Kube"
    var claims = Forge.claims()
    claims["iss"] = "\"https://issuer.test/K\""
    claims["aud"] = "\"Kube\""
    claims["azp"] = "\"Kube\""
    claims["sub"] = "\"Karl\""
    #expect(try Forge.faults(try Forge.token(claims), expectation) == [])
    claims[claim] = "\"\(text.replacing("K", with: "\u{212A}"))\""
    #expect(try Forge.faults(try Forge.token(claims), expectation) == faults)
  }

  @Test("an audience that was asked for is trusted byte for byte")
  func equivalentAudience() throws {
    var expectation = try Forge.expectation(audiences: ["Kapi"])
    var claims = Forge.claims()
    claims["aud"] = "[\"kube\",\"Kapi\"]"
    #expect(try Forge.faults(try Forge.token(claims), expectation) == [])
    expectation.additionalAudiences = ["\u{212A}api"]
    #expect(
      try Forge.faults(try Forge.token(claims), expectation)
        == [.authorizedPartyMissing(audiences: ["Kapi"])]
    )
  }

  @Test("the twin that passes gives claims, the other one does not")
  func claims() throws {
    let more = [
      "email": "\"alice@example.test\"", "preferred_username": "\"alice\"",
      "name": #""Al\u001b[31mice""#, "groups": "[\"dev\",\"ops\"]",
    ]
    let token = try Forge.token(Forge.claims().merging(more) { $1 })
    guard
      case .passed(let claims) = IDTokenVerdict.judge(
        token,
        against: try Forge.expectation(),
        keys: try Forge.keySet()
      )
    else {
      Issue.record("refused")
      return
    }
    #expect(claims.email == "alice@example.test")
    #expect(claims.preferredUsername == "alice")
    #expect(claims.name == nil, "a name with control characters is as good as absent")
    #expect(claims.groups == ["dev", "ops"])
    #expect(claims.audience == ["kube"])
    #expect(claims.nonce == Forge.nonce)
  }

  @Test("every fault is listed, not only the first")
  func all() throws {
    let token = try Forge.token(
      [
        "iss": "\"https://evil.test\"", "aud": "\"other\"", "exp": "\(Self.now - 1000)",
        "iat": "\(Self.now + 600)", "azp": "\"other\"",
      ],
      keys: Forge.foreign
    )
    let found = try Forge.faults(token, try Forge.expectation(previousSubject: "alice"))
    #expect(
      found == [
        .signatureInvalid, .issuer(found: "https://evil.test"), .subjectMissing,
        .authorizedParty(found: "other"), .audience(found: ["other"]), .expired(seconds: 1000),
        .issuedInFuture(seconds: 600), .nonceMissing,
      ]
    )
    #expect(found.filter(\.isClock).count == 2)
    #expect(
      IDTokenFault.issuedInFuture(seconds: 600).description
        == "it was issued 10 min in the future: the clocks differ"
    )
  }

  @Test("a verdict as an error: the clocks alone, or more")
  func refusals() throws {
    let rows: [([String: String?], OAuthError.Code?)] = [
      ([:], nil), (["exp": "\(Self.now - 400)"], .clocksDiffer),
      (["iat": "\(Self.now + 600)", "nbf": "\(Self.now + 600)"], .clocksDiffer),
      (["iat": "\(Self.now + 600)", "sub": nil], .tokenRejected),
    ]
    for (change, expected) in rows {
      let verdict = IDTokenVerdict.judge(
        try Row(change, []).token(),
        against: try Forge.expectation(),
        keys: try Forge.keySet()
      )
      #expect(verdict.refusal(from: "issuer.test")?.code == expected)
    }
  }

  @Test(
    "nonce rules of renewal and device flow",
    arguments: [
      (.absentOrEqual(Forge.nonce), "\"\(Forge.nonce)\"", []),
      (.absentOrEqual(Forge.nonce), nil, []),
      (.absentOrEqual(Forge.nonce), "\"x\"", [.nonceMismatch]), (.absentOrEqual(nil), "\"x\"", []),
      (.none, nil, []), (.none, "\"x\"", []), (.exactly("x"), "\"x\"", []),
      (.exactly("x"), nil, [.nonceMissing]), (.exactly("x"), "null", [.nonceMismatch]),
    ] as [(IDTokenExpectation.NonceRule, String?, [IDTokenFault])]
  )
  func nonces(rule: IDTokenExpectation.NonceRule, nonce: String?, faults: [IDTokenFault]) throws {
    let token = try Row(["nonce": nonce], []).token()
    #expect(try Forge.faults(token, try Forge.expectation(nonce: rule)) == faults)
  }

  @Test(
    "the subject of a session stays the same",
    arguments: [("alice", []), ("alice1", [.subjectChanged]), ("Alice", [.subjectChanged])]
      as [(String, [IDTokenFault])]
  )
  func subjects(previous: String, faults: [IDTokenFault]) throws {
    let expectation = try Forge.expectation(previousSubject: previous)
    #expect(try Forge.faults(try Forge.token(), expectation) == faults)
  }

  @Test("texts that Swift holds equal are other bytes: KELVIN SIGN is not the letter K")
  func canonicalEquivalents() throws {
    let expectation = try Forge.expectation(previousSubject: "Kim")
    let twin = try Row(["sub": "\"Kim\""], []).token()
    #expect(try Forge.faults(twin, expectation) == [])
    let token = try Row(["sub": #""\u212aim""#], []).token()
    #expect(try Forge.faults(token, expectation) == [.subjectChanged])
  }

  @Test(
    "audiences that the person asked for",
    arguments: [
      (["kube", "api"], nil, []), (["api"], "kube", []),
      (["api"], nil, [.audience(found: ["api"])]),
      (["api", "x"], "kube", []), (["x"], "kube", [.audience(found: ["x"])]),
      (["kube", "api", "x"], nil, [.authorizedPartyMissing(audiences: ["x"])]),
      (["api"], "x", [.authorizedParty(found: "x"), .audience(found: ["api"])]),
    ] as [([String], String?, [IDTokenFault])]
  )
  func audiences(audience: [String], party: String?, faults: [IDTokenFault]) throws {
    let list = "[\(audience.map { "\"\($0)\"" }.joined(separator: ","))]"
    let token = try Row(["aud": list, "azp": party.map { "\"\($0)\"" }], []).token()
    #expect(try Forge.faults(token, try Forge.expectation(audiences: ["api"])) == faults)
  }

  @Test("at_hash, for every algorithm", arguments: Forge.Signer.allCases)
  func accessTokenHash(signer: Forge.Signer) throws {
    let bytes = Array(Forge.access.utf8)
    let hash =
      switch signer {
      case .rsa, .ps256, .p256: Forge.base64url(Array(SHA256.hash(data: bytes).prefix(16)))
      case .rs384, .ps384, .p384: Forge.base64url(Array(SHA384.hash(data: bytes).prefix(24)))
      default: Forge.base64url(Array(SHA512.hash(data: bytes).prefix(32)))
      }
    let rows: [(String, String?, [IDTokenFault])] = [
      ("\"\(hash)\"", Forge.access, []),
      ("\"\(hash)1\"", Forge.access, [.accessTokenHashMismatch]),
      ("\"\(hash)\"", Forge.access + "1", [.accessTokenHashMismatch]),
      ("\"\"", Forge.access, [.accessTokenHashMismatch]),
      ("7", Forge.access, [.accessTokenHashMismatch]),
      ("\"\(hash)1\"", nil, []),
    ]
    for (claim, access, faults) in rows {
      let token = try Forge.token(
        Forge.claims().merging(["at_hash": claim]) { $1 },
        signer: signer
      )
      #expect(try Forge.faults(token, try Forge.expectation(accessToken: access)) == faults)
    }
    let absent = try Forge.token(signer: signer)
    #expect(try Forge.faults(absent, try Forge.expectation(accessToken: Forge.access)) == [])
  }

  /// glewlwyd 2.7.5 takes SHA-256 beside Ed25519, where most take SHA-512.
  @Test("at_hash with SHA-256 is for EdDSA and the 256 family", arguments: Forge.Signer.allCases)
  func accessTokenHashOfSHA256(signer: Forge.Signer) throws {
    let half = Forge.base64url(Array(SHA256.hash(data: Array(Forge.access.utf8)).prefix(16)))
    let token = try Forge.token(
      Forge.claims().merging(["at_hash": "\"\(half)\""]) { $1 },
      signer: signer
    )
    let isRight = [.rsa, .ps256, .p256, .ed25519].contains(signer)
    #expect(
      try Forge.faults(token, try Forge.expectation(accessToken: Forge.access))
        == (isRight ? [] : [.accessTokenHashMismatch])
    )
  }

  @Test(
    "times of a token that nobody verified",
    arguments: [
      (#"{"exp":1700000600,"iat":1700000000}"#, 1_700_000_600, 1_700_000_000),
      (#"{"exp":1700000600}"#, 1_700_000_600, nil), (#"{"iat":1}"#, nil, nil),
      (#"{"exp":"1700000600"}"#, nil, nil), (#"{"exp":1700000600,"iat":"x"}"#, nil, nil),
      (#"{"exp":1,"iat":2}"#, nil, nil), ("[]", nil, nil),
    ] as [(String, Int64?, Int64?)]
  )
  func unverified(payload: String, exp: Int64?, iat: Int64?) throws {
    let token = Secret("e30.\(Forge.base64url(payload)).AA")
    #expect(UnverifiedTimes.read(token)?.exp == exp)
    #expect(UnverifiedTimes.read(token)?.iat == iat)
    #expect(UnverifiedTimes.read(Secret("opaque")) == nil)
  }
}
