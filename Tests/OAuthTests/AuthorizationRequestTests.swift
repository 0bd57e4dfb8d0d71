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
    randomness: AuthorizationRequest.Randomness = randomness
  ) throws(OAuthError) -> AuthorizationRequest {
    try AuthorizationRequest(
      metadata: DiscoveryTests.metadata(["authorization_endpoint": endpoint]),
      parameters: AuthorizationRequest.Parameters(
        clientID: "kube/ü",
        redirectURI: "http://127.0.0.1:8000/",
        scopes: scopes,
        audience: audience,
        resources: resources,
        extra: extra
      ),
      randomness: randomness
    )
  }

  @Test("the URL, exactly")
  func url() throws {
    let request = try Self.request(
      scopes: ["email", "groups"],
      audience: "api",
      resources: ["https://a.test", "b"],
      extra: [("prompt", "consent")]
    )
    #expect(
      request.url == "https://issuer.test/authorize?response_type=code&client_id=kube%2F%C3%BC"
        + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2F&scope=openid%20email%20groups"
        + "&state=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
        + "&nonce=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"
        + "&code_challenge=\(AuthorizationRequest.challenge(request.verifier.expose()))"
        + "&code_challenge_method=S256&audience=api&prompt=consent"
        + "&resource=https%3A%2F%2Fa.test&resource=b"
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
}
