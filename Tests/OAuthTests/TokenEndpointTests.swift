// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("token endpoint")
struct TokenEndpointTests {
  static func endpoint(
    _ authentication: ClientAuthentication = .none,
    audience: String? = nil,
    resources: [String] = []
  ) throws -> TokenEndpoint {
    TokenEndpoint(
      endpoint: try Endpoint(
        "https://issuer.test/token",
        named: "token_endpoint",
        of: Issuer(Forge.issuer)
      ),
      clientID: "kube:1",
      authentication: authentication,
      audience: audience,
      resources: resources
    )
  }

  static func body(_ call: HTTPCall) -> String { String(decoding: call.body, as: UTF8.self) }

  @Test(
    "bodies of the grants, exactly",
    arguments: [
      (
        .authorizationCode(
          code: Secret("c/1"),
          verifier: Secret("v"),
          redirectURI: "http://127.0.0.1:8000/"
        ),
        "grant_type=authorization_code&code=c%2F1&redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2F"
          + "&code_verifier=v&client_id=kube%3A1"
      ),
      (
        .refreshToken(Secret("r+1 ="), scopes: nil),
        "grant_type=refresh_token&refresh_token=r%2B1+%3D&client_id=kube%3A1"
      ),
      (
        .refreshToken(Secret("r"), scopes: ["openid", "email"]),
        "grant_type=refresh_token&refresh_token=r&scope=openid+email&client_id=kube%3A1"
      ),
      (
        .deviceCode(Secret("d")),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d"
          + "&client_id=kube%3A1"
      ),
    ] as [(TokenGrant, String)]
  )
  func grants(grant: TokenGrant, expected: String) throws {
    let call = try Self.endpoint().call(for: grant)
    #expect(call.method == .post)
    #expect(call.url == "https://issuer.test/token")
    #expect(call.headers[.contentType] == "application/x-www-form-urlencoded")
    #expect(call.headers[.accept] == "application/json")
    #expect(call.headers[.authorization] == nil)
    #expect(Self.body(call) == expected)
  }

  @Test("client secrets: in the body, or form-encoded and then Basic")
  func authentication() throws {
    let grant = TokenGrant.refreshToken(Secret("r"), scopes: nil)
    let post = try Self.endpoint(.secretPost(Secret("s&1"))).call(for: grant)
    #expect(
      Self.body(post)
        == "grant_type=refresh_token&refresh_token=r&client_id=kube%3A1&client_secret=s%261"
    )
    #expect(post.headers[.authorization] == nil)
    let basic = try Self.endpoint(.secretBasic(Secret("s:& ü"))).call(for: grant)
    #expect(Self.body(basic) == "grant_type=refresh_token&refresh_token=r")
    let user = Data("kube%3A1:s%3A%26+%C3%BC".utf8).base64EncodedString()
    #expect(basic.headers[.authorization] == "Basic \(user)")
  }

  @Test("audience and resources are passed on")
  func audience() throws {
    let call = try Self.endpoint(audience: "api", resources: ["a", "b"])
      .call(for: .refreshToken(Secret("r"), scopes: nil))
    #expect(
      Self.body(call)
        == "grant_type=refresh_token&refresh_token=r&audience=api&resource=a&resource=b"
        + "&client_id=kube%3A1"
    )
  }

  static func tokens(
    _ access: String? = "a",
    id: String? = nil,
    refresh: String? = nil,
    life: Int? = nil,
    scope: String? = nil,
    type: String? = nil
  ) -> TokenOutcome {
    .tokens(
      TokenResponse(
        accessToken: access.map { Secret($0) },
        idToken: id.map { Secret($0) },
        refreshToken: refresh.map { Secret($0) },
        expiresIn: life,
        scope: scope,
        refusedTokenType: type
      )
    )
  }

  static let successes: [(String, TokenOutcome)] = [
    (
      #"{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r","id_token":"i","scope":"openid"}"#,
      tokens(id: "i", refresh: "r", life: 3600, scope: "openid")
    ),
    (#"{"access_token":"a","token_type":"bEARER"}"#, tokens()),
    (#"{"access_token":"a"}"#, tokens()),
    (#"{"id_token":"i"}"#, tokens(nil, id: "i")),
    (#"{"access_token":"a","refresh_token":"","id_token":null}"#, tokens()),
    (#"{"access_token":"a","token_type":"DPoP"}"#, .garbled(status: 200)),
    (#"{"access_token":"a","token_type":1}"#, .garbled(status: 200)),
    (
      #"{"access_token":"a","id_token":"i","token_type":"DPoP","refresh_token":"r"}"#,
      tokens(nil, refresh: "r", type: "DPoP")
    ),
    (
      #"{"access_token":"i","issued_token_type":"urn:ietf:params:oauth:token-type:id_token","token_type":"N_A"}"#,
      tokens(nil, id: "i")
    ),
    (
      #"{"access_token":"i","issued_token_type":"urn:ietf:params:oauth:token-type:jwt","token_type":"n_a"}"#,
      tokens(nil, id: "i")
    ),
    (
      #"{"access_token":"i","issued_token_type":"urn:ietf:params:oauth:token-type:id_token","token_type":"Bearer"}"#,
      tokens(nil, id: "i")
    ),
    (
      #"{"access_token":"a","issued_token_type":"urn:ietf:params:oauth:token-type:jwt","token_type":"Bearer"}"#,
      tokens()
    ),
    (
      #"{"access_token":"a","id_token":"i","issued_token_type":"urn:ietf:params:oauth:token-type:id_token"}"#,
      tokens(id: "i")
    ),
    (
      #"{"access_token":"a","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"N_A"}"#,
      .garbled(status: 200)
    ),
    (
      #"{"access_token":"a","issued_token_type":"urn:ietf:params:oauth:token-type:id_token","token_type":"mac"}"#,
      .garbled(status: 200)
    ),
    (
      #"{"issued_token_type":"urn:ietf:params:oauth:token-type:id_token","token_type":"N_A"}"#,
      .garbled(status: 200)
    ),
    (#"{"access_token":"a","expires_in":"3600"}"#, tokens(life: 3600)),
    (#"{"access_token":"a","expires_in":3599.9}"#, tokens(life: 3599)),
    (#"{"access_token":"a","expires_in":0}"#, tokens(life: 0)),
    (#"{"access_token":"a","expires_in":-1}"#, tokens()),
    (#"{"access_token":"a","expires_in":"-1"}"#, tokens()),
    (#"{"access_token":"a","expires_in":"soon"}"#, tokens()),
    (#"{"access_token":"a","expires_in":null}"#, tokens()),
    (#"{"access_token":"a","expires_in":1e300}"#, tokens(life: 315_360_000)),
    (#"{"access_token":"a","expires_in":9223372036854775807}"#, tokens(life: 315_360_000)),
    (#"{"access_token":"a","scope":["x"]}"#, tokens()),
    (#"{"access_token":7}"#, .garbled(status: 200)),
    (#"{"access_token":"a b"}"#, .garbled(status: 200)),
    (#"{"access_token":"a\n"}"#, .garbled(status: 200)),
    (#"{"access_token":"a","refresh_token":7}"#, .garbled(status: 200)),
    (#"{"refresh_token":"r"}"#, .garbled(status: 200)),
    (#"{"access_token":"a","access_token":"b"}"#, .garbled(status: 200)),
    (#"{"access_token":"a""#, .garbled(status: 200)),
    ("{}", .garbled(status: 200)), ("", .garbled(status: 200)), ("[]", .garbled(status: 200)),
    ("<html>log in</html>", .garbled(status: 200)),
    (
      #"{"error":"bad_code","error_description":"no"}"#,
      .error(status: 200, code: "bad_code", description: "no", retryAfter: nil)
    ),
  ]

  @Test("answers of status 200", arguments: successes)
  func success(body: String, expected: TokenOutcome) {
    #expect(TokenOutcome(HTTPAnswer(status: 200, body: Array(body.utf8)), now: nil) == expected)
  }

  @Test("a success of 1 MiB is read, a larger one is not")
  func size() {
    let body = Array(#"{"access_token":"a"}"#.utf8)
    let space = [UInt8](repeating: 0x20, count: (1 << 20) - body.count)
    #expect(TokenOutcome(HTTPAnswer(status: 200, body: body + space), now: nil) == Self.tokens())
    #expect(
      TokenOutcome(HTTPAnswer(status: 200, body: body + space + [0x20]), now: nil)
        == .garbled(status: 200)
    )
  }

  static let refusals: [(Int, String, String?, String?, Bool)] = [
    (
      400, #"{"error":"invalid_grant","error_description":"expired"}"#, "invalid_grant", "expired",
      false
    ),
    (400, "", nil, nil, false),
    (400, #"{"error":7}"#, nil, nil, false),
    (400, #"{"error":"a\u001b[1m","error_description":"x\r\ny\u202e"}"#, "a[1m", "xy", false),
    (
      400, #"{"error":"a\u061cb","error_description":"\u00adx\u2060\udb40\udc41y\u180e"}"#, "ab",
      "xy", false
    ),
    (401, #"{"error":"invalid_client"}"#, "invalid_client", nil, false),
    (403, "<html>", nil, nil, false),
    (302, "", nil, nil, false),
    (307, #"{"access_token":"a"}"#, nil, nil, false),
    (400, #"{"access_token":"a"}"#, nil, nil, false),
    (408, "", nil, nil, true), (429, "", nil, nil, true), (500, "", nil, nil, true),
    (503, #"{"error":"temporarily_unavailable"}"#, "temporarily_unavailable", nil, true),
    (400, #"{"error":"temporarily_unavailable"}"#, "temporarily_unavailable", nil, true),
  ]

  @Test("answers that say no", arguments: refusals.indices)
  func refusal(index: Int) {
    let (status, body, code, description, isTemporary) = Self.refusals[index]
    let outcome = TokenOutcome(
      HTTPAnswer(status: status, headers: [.retryAfter: "9"], body: Array(body.utf8)),
      now: nil
    )
    #expect(
      outcome == .error(status: status, code: code, description: description, retryAfter: 9)
    )
    #expect(outcome.isTemporary == isTemporary)
    let error = outcome.refusal(from: "issuer.test")
    #expect(error?.isTemporary == isTemporary)
    #expect(
      error?.code == (isTemporary ? .unavailable : status / 100 == 3 ? .redirected : .refused)
    )
    #expect(error?.retryAfter == 9)
  }

  @Test("a description has at most 500 characters")
  func description() {
    let body = #"{"error":"e","error_description":"\#(String(repeating: "d", count: 100_000))"}"#
    guard
      case .error(_, _, let description?, _) = TokenOutcome(
        HTTPAnswer(status: 400, body: Array(body.utf8)),
        now: nil
      )
    else {
      Issue.record("no description")
      return
    }
    #expect(description == String(repeating: "d", count: 500) + "…")
  }

  @Test(
    "revocation",
    arguments: [
      (200, "", .revoked), (204, "", .revoked),
      (503, "", .temporary(status: 503, retryAfter: 9)),
      (
        400, #"{"error":"unsupported_token_type"}"#,
        .refused(status: 400, code: "unsupported_token_type", description: nil)
      ),
      (401, "", .refused(status: 401, code: nil, description: nil)),
      (302, "", .refused(status: 302, code: nil, description: nil)),
    ] as [(Int, String, Revocation.Outcome)]
  )
  func revocation(status: Int, body: String, expected: Revocation.Outcome) throws {
    let answer = HTTPAnswer(
      status: status,
      headers: [.retryAfter: "9"],
      body: Array(body.utf8)
    )
    #expect(Revocation.Outcome(answer, now: nil) == expected)
    let call = Revocation.call(
      Secret("r"),
      hint: .refreshToken,
      at: try Self.endpoint().endpoint,
      clientID: "kube",
      authentication: .none
    )
    #expect(Self.body(call) == "token=r&token_type_hint=refresh_token&client_id=kube")
  }
}
