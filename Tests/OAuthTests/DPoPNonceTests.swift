// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

@Suite("DPoP nonces and fallback")
struct DPoPNonceTests {
  static func answer(
    _ status: Int,
    _ body: String = "",
    nonces: [String] = ["n1"],
    challenges: [String] = []
  ) throws -> HTTPAnswer {
    var headers = HTTPFields()
    let name = try #require(HTTPField.Name("dpop-nonce"))
    headers[values: name] = nonces
    headers[values: .wwwAuthenticate] = challenges
    return HTTPAnswer(status: status, headers: headers, body: Array(body.utf8))
  }

  static let wants = #"{"error":"use_dpop_nonce"}"#

  @Test(
    "which answers ask for another nonce",
    arguments: [
      (400, wants, true), (400, #"{"error":"USE_DPOP_NONCE"}"#, false),
      (400, #"{"error":"invalid_dpop_proof"}"#, false), (400, "", false),
      (400, #"{"error":["use_dpop_nonce"]}"#, false),
      (400, #"{"error":"use_dpop_nonce","error":"x"}"#, false),
      (200, wants, false), (403, wants, false), (500, wants, false), (401, wants, false),
    ]
  )
  func authorizationServer(status: Int, body: String, isWanted: Bool) throws {
    var nonce = DPoPNonce(remembered: "old")
    #expect(nonce.wantsAnother(after: try Self.answer(status, body)) == isWanted)
    #expect(nonce.value == "n1", "the newest nonce counts, whatever the answer says")
  }

  /// fapi2-security-profile-final-client-test-rs-dpop-auth-scheme-case-insensitivity, and its like.
  @Test(
    "challenges of a resource server",
    arguments: [
      ([#"DPoP error="use_dpop_nonce", error_description="x""#], true),
      ([#"dPOp error="use_dpop_nonce""#], true), (["DPOP error=use_dpop_nonce"], true),
      ([#"dpop realm="a, b", ERROR = "use_dpop_nonce""#], true),
      ([#"Bearer realm="x", DPoP algs="ES256", error="use_dpop_nonce""#], true),
      (["Bearer", #"DPoP error="use_dpop_nonce""#], true),
      ([#"Bearer error="use_dpop_nonce""#], false),
      ([#"DPoP algs="ES256", Bearer error="use_dpop_nonce""#], false),
      ([#"DPoP error="invalid_token""#], false),
      ([#"DPoP error="invalid_token", error="use_dpop_nonce""#], false),
      ([#"DPoP realm="\", error=use_dpop_nonce""#], false),
      ([#"DPoP realm=" , DPoP error=use_dpop_nonce"#], false),
      ([#"error="use_dpop_nonce""#], false), (["DPoP"], false), (["DPoP use_dpop_nonce"], false),
      ([""], false), ([",,, ,"], false), (["=====\"\"\"\\"], false), ([], false),
      ([String(repeating: "DPoP,", count: 100_000)], false),
    ] as [([String], Bool)]
  )
  func resourceServer(challenges: [String], isWanted: Bool) throws {
    var nonce = DPoPNonce()
    #expect(nonce.wantsAnother(after: try Self.answer(401, challenges: challenges)) == isWanted)
  }

  @Test("once more, and never again in the same request")
  func once() throws {
    var nonce = DPoPNonce()
    #expect(nonce.wantsAnother(after: try Self.answer(400, Self.wants, nonces: ["a"])))
    #expect(nonce.value == "a")
    #expect(!nonce.wantsAnother(after: try Self.answer(400, Self.wants, nonces: ["b"])))
    #expect(nonce.value == "b")
    var next = DPoPNonce(remembered: nonce.value)
    #expect(next.wantsAnother(after: try Self.answer(400, Self.wants, nonces: ["c"])))
  }

  @Test(
    "nonces that are none: nothing is remembered, and nothing is tried again",
    arguments: [
      [], [""], ["a b"], ["a\"b"], ["a\\b"], ["ü"], ["a", "b"],
      [String(repeating: "n", count: 1025)],
    ]
  )
  func hostile(nonces: [String]) throws {
    var nonce = DPoPNonce(remembered: "old")
    #expect(!nonce.wantsAnother(after: try Self.answer(400, Self.wants, nonces: nonces)))
    #expect(nonce.value == "old")
    if nonces.count == 1 { #expect(DPoPNonce(remembered: nonces[0]).value == nil) }
  }

  @Test("a nonce of 1024 characters, and one of every kind of character")
  func allowed() throws {
    for text in [String(repeating: "n", count: 1024), "!#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~"] {
      var nonce = DPoPNonce()
      #expect(!nonce.wantsAnother(after: try Self.answer(200, "{}", nonces: [text])))
      #expect(nonce.value == text)
    }
  }

  @Test(
    "whether the issuer binds tokens",
    arguments: [
      (200, #"{"access_token":"a","token_type":"DPoP"}"#, .bound),
      (200, #"{"access_token":"a","token_type":"dpop","refresh_token":"r"}"#, .bound),
      (200, #"{"access_token":"a","token_type":"Bearer"}"#, .refused(.bearer)),
      (200, #"{"access_token":"a"}"#, .refused(.bearer)),
      (200, #"{"access_token":"a","token_type":"mac","refresh_token":"r"}"#, .unknown),
      (400, #"{"error":"invalid_dpop_proof"}"#, .refused(.invalidProof)),
      (400, #"{"error":"use_dpop_nonce"}"#, .unknown),
      (400, #"{"error":"invalid_grant"}"#, .unknown), (503, "", .unknown), (200, "", .unknown),
    ] as [(Int, String, DPoPSupport)]
  )
  func support(status: Int, body: String, expected: DPoPSupport) throws {
    let outcome = TokenOutcome(try Self.answer(status, body), now: nil, withProof: true)
    #expect(DPoPSupport(outcome) == expected)
  }

  @Test(
    "a DPoP token may be used if a proof was sent",
    arguments: ["DPoP", "dpop", "DPOP", "dPoP"]
  )
  func tokenType(type: String) throws {
    let answer = try Self.answer(
      200,
      #"{"access_token":"a","refresh_token":"r","token_type":"\#(type)"}"#
    )
    let bound = TokenResponse(
      accessToken: Secret("a"),
      refreshToken: Secret("r"),
      isBound: true
    )
    #expect(TokenOutcome(answer, now: nil, withProof: true) == .tokens(bound))
    let refused = TokenResponse(refreshToken: Secret("r"), refusedTokenType: type)
    #expect(TokenOutcome(answer, now: nil) == .tokens(refused))
  }
}
