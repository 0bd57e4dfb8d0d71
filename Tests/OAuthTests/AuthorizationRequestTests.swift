// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("authorization request")
struct AuthorizationRequestTests {
  static func bytes(_ value: UInt8, _ count: Int = 32) -> [UInt8] {
    [UInt8](repeating: value, count: count)
  }

  static let randomness = AuthorizationRequest.Randomness(
    state: bytes(1),
    nonce: bytes(2),
    verifier: bytes(3)
  )

  static func request(
    scopes: [String] = ["openid"],
    audience: String? = nil,
    resources: [String] = [],
    extra: [(String, String)] = [],
    endpoint: String? = "\"https://issuer.test/authorize\"",
    randomness: AuthorizationRequest.Randomness = randomness,
    change: (inout AuthorizationRequest.Parameters) -> Void = { _ in }
  ) throws(OAuthError) -> AuthorizationRequest {
    var parameters = AuthorizationRequest.Parameters(
      clientID: "kube/ü",
      redirectURI: "http://127.0.0.1:8000/",
      scopes: scopes,
      audience: audience,
      resources: resources,
      extra: extra
    )
    change(&parameters)
    return try AuthorizationRequest(
      metadata: DiscoveryTests.metadata(["authorization_endpoint": endpoint]),
      parameters: parameters,
      randomness: randomness
    )
  }

  @Test("the URL, exactly")
  func url() throws {
    let request = try Self.request(
      scopes: ["email", "groups"],
      audience: "api",
      resources: ["https://a.test", "urn:b"],
      extra: [("prompt", "consent")]
    )
    #expect(
      request.url == "https://issuer.test/authorize?response_type=code&client_id=kube%2F%C3%BC"
        + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2F&scope=openid%20email%20groups"
        + "&state=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
        + "&nonce=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"
        + "&code_challenge=\(AuthorizationRequest.challenge(request.verifier.expose()))"
        + "&code_challenge_method=S256&audience=api&prompt=consent"
        + "&resource=https%3A%2F%2Fa.test&resource=urn%3Ab"
    )
    #expect(request.verifier.expose() == "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM")
    #expect(request.verifier.expose().utf8.count == 43)
    #expect(!request.url.contains(request.verifier.expose()))
  }

  @Test("the challenge of RFC 7636 appendix B")
  func challenge() {
    #expect(
      AuthorizationRequest.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
  }

  @Test("an endpoint's own query stays")
  func query() throws {
    let request = try Self.request(endpoint: "\"https://issuer.test/authorize?tenant=1\"")
    #expect(request.url.hasPrefix("https://issuer.test/authorize?tenant=1&response_type=code&"))
  }

  @Test(
    "scopes: openid always, order kept, no repetitions",
    arguments: [
      ([], "openid"), (["a"], "openid a"), (["b", "openid", "a"], "b openid a"),
      (["a", "a", "openid"], "a openid"), (["api://x/.default"], "openid api://x/.default"),
    ]
  )
  func scopes(scopes: [String], expected: String) throws {
    let text = try Self.request(scopes: scopes).url
    #expect(text.contains("&scope=\(FormEncoding.query([("", expected)]).dropFirst())&"))
  }

  @Test("what is refused")
  func refused() {
    let same = AuthorizationRequest.Randomness(
      state: Self.bytes(1),
      nonce: Self.bytes(1),
      verifier: Self.bytes(3)
    )
    let short = AuthorizationRequest.Randomness(
      state: Self.bytes(1),
      nonce: Self.bytes(2),
      verifier: Self.bytes(3, 31)
    )
    #expect(
      code { () throws(OAuthError) in _ = try Self.request(randomness: same) } == .requestInvalid
    )
    #expect(
      code { () throws(OAuthError) in _ = try Self.request(randomness: short) } == .requestInvalid
    )
    #expect(
      code { () throws(OAuthError) in _ = try Self.request(endpoint: nil) } == .endpointMissing
    )
    for scope in ["a b", "", "a\"", "a\\", "ä", "a\n"] {
      #expect(
        code { () throws(OAuthError) in _ = try Self.request(scopes: [scope]) } == .requestInvalid
      )
    }
    for extra in ["state", "client_id", "redirect_uri", "code_challenge_method", "resource"] {
      #expect(
        code { () throws(OAuthError) in _ = try Self.request(extra: [(extra, "x")]) }
          == .requestInvalid
      )
    }
    let endpoint = "\"https://issuer.test/authorize?client_id=evil\""
    #expect(
      code { () throws(OAuthError) in _ = try Self.request(endpoint: endpoint) } == .requestInvalid
    )
  }

  @Test("optional parameters, each in its place")
  func optionals() throws {
    let request = try Self.request { parameters in
      parameters.responseMode = .formPost
      parameters.prompts = ["login", "consent"]
      parameters.loginHint = "älice@example.test"
      parameters.acrValues = ["gold", "silver"]
      parameters.dpopThumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    }
    #expect(
      request.url.hasSuffix(
        "&code_challenge_method=S256&response_mode=form_post&prompt=login%20consent"
          + "&login_hint=%C3%A4lice%40example.test&acr_values=gold%20silver"
          + "&dpop_jkt=0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
      )
    )
  }

  @Test("the default response mode is not sent")
  func responseMode() throws {
    #expect(!(try Self.request().url.contains("response_mode")))
  }

  @Test("no extra parameter has a reserved name", arguments: AuthorizationRequest.reserved.sorted())
  func reserved(name: String) {
    for spelling in [name, name.uppercased()] {
      let failure = code { () throws(OAuthError) in
        _ = try Self.request(extra: [(spelling, "x")])
      }
      #expect(failure == .requestInvalid)
    }
  }

  @Test(
    "extra parameters",
    arguments: [
      ("kc_idp_hint", "x", nil), ("a-b.c", "", nil), ("x", "a b&c=d#é", nil),
      ("", "x", .requestInvalid), ("a b", "x", .requestInvalid), ("a&state", "x", .requestInvalid),
      ("a=b", "x", .requestInvalid), ("ä", "x", .requestInvalid), ("x", "a\nb", .requestInvalid),
      ("x", "\u{202E}", .requestInvalid),
      ("x", String(repeating: "x", count: 2048), nil),
      ("x", String(repeating: "x", count: 2049), .requestInvalid),
      (String(repeating: "x", count: 100), "x", nil),
      (String(repeating: "x", count: 101), "x", .requestInvalid),
    ] as [(String, String, OAuthError.Code?)]
  )
  func extra(name: String, value: String, expected: OAuthError.Code?) {
    let failure = code { () throws(OAuthError) in
      _ = try Self.request(extra: [(name, value)])
    }
    #expect(failure == expected)
  }

  @Test("what is given twice is refused, whichever way it is given")
  func twice() {
    let hint = code { () throws(OAuthError) in
      _ = try Self.request(extra: [("login_hint", "a")]) { $0.loginHint = "b" }
    }
    let extra = code { () throws(OAuthError) in
      _ = try Self.request(extra: [("x", "a"), ("x", "b")])
    }
    let audience = code { () throws(OAuthError) in
      _ = try Self.request(audience: "a", extra: [("audience", "b")])
    }
    #expect([hint, extra, audience] == [.requestInvalid, .requestInvalid, .requestInvalid])
  }

  @Test(
    "resources are absolute URIs without a fragment",
    arguments: [
      ("https://api.test/x?y=z", nil), ("urn:example:api", nil), ("api://4711", nil),
      ("", .requestInvalid), ("api", .requestInvalid), (":x", .requestInvalid),
      ("/x", .requestInvalid), ("//x:1", .requestInvalid), ("https://a.test/#x", .requestInvalid),
      ("https://a.test/ b", .requestInvalid), ("https://ä.test", .requestInvalid),
      ("1:x", .requestInvalid), ("https://a.test/\n", .requestInvalid),
    ] as [(String, OAuthError.Code?)]
  )
  func resources(resource: String, expected: OAuthError.Code?) {
    let failure = code { () throws(OAuthError) in
      _ = try Self.request(resources: [resource])
    }
    #expect(failure == expected)
  }

  @Test("the whole URL is bounded")
  func length() {
    let long = String(repeating: "x", count: 2000)
    let failure = code { () throws(OAuthError) in
      _ = try Self.request(resources: (0..<9).map { "urn:\($0):\(long)" })
    }
    #expect(failure == .requestInvalid)
  }

  @Test(
    "prompts and acr values are words",
    arguments: [
      (["consent"], nil), (["none"], nil), (["none", "login"], .requestInvalid),
      (["a b"], .requestInvalid), ([""], .requestInvalid), (["a\u{1B}"], .requestInvalid),
    ] as [([String], OAuthError.Code?)]
  )
  func words(words: [String], expected: OAuthError.Code?) {
    let prompt = code { () throws(OAuthError) in
      _ = try Self.request { $0.prompts = words }
    }
    #expect(prompt == expected)
    guard !words.contains("none") else { return }
    let acr = code { () throws(OAuthError) in
      _ = try Self.request { $0.acrValues = words }
    }
    #expect(acr == expected)
  }
}
