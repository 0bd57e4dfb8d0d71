// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("grants without a person in front of a browser")
struct TokenGrantTests {
  static let type = "urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3A"

  @Test(
    "bodies, exactly",
    arguments: [
      (.clientCredentials(scopes: []), "grant_type=client_credentials"),
      (.clientCredentials(scopes: ["a", "b"]), "grant_type=client_credentials&scope=a+b"),
      (
        .password(username: "al&ice", password: Secret("p=1 ü"), scopes: ["openid"]),
        "grant_type=password&username=al%26ice&password=p%3D1+%C3%BC&scope=openid"
      ),
      (
        .jwtBearer(assertion: Secret("a.b.c"), scopes: ["openid"]),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c"
          + "&scope=openid"
      ),
      (
        .tokenExchange(TokenExchange(subject: .init(Secret("s"), .accessToken))),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
          + "&subject_token=s&subject_token_type=\(type)access_token"
      ),
      (
        .tokenExchange(
          TokenExchange(
            subject: .init(Secret("s"), .jwt),
            actor: .init(Secret("a"), .refreshToken),
            requested: .idToken,
            scopes: ["openid", "groups"]
          )
        ),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
          + "&subject_token=s&subject_token_type=\(type)jwt&requested_token_type=\(type)id_token"
          + "&actor_token=a&actor_token_type=\(type)refresh_token&scope=openid+groups"
      ),
    ] as [(TokenGrant, String)]
  )
  func bodies(grant: TokenGrant, expected: String) throws {
    let call = try TokenEndpointTests.endpoint(audience: "api", resources: ["r"]).call(for: grant)
    #expect(
      TokenEndpointTests.body(call) == expected + "&audience=api&resource=r&client_id=kube%3A1"
    )
  }

  @Test(
    "token types, by name and by URI",
    arguments: [
      ("id_token", "urn:ietf:params:oauth:token-type:id_token"),
      ("saml2", "urn:ietf:params:oauth:token-type:saml2"),
      ("urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:jwt"),
      ("https://issuer.test/type", "https://issuer.test/type"), ("token", nil), ("", nil),
      (":x", nil), ("ID_TOKEN", nil), ("urn:a b", nil), ("urn:\n", nil),
      ("urn:" + String(repeating: "x", count: 2048), nil),
    ] as [(String, String?)]
  )
  func types(text: String, expected: String?) {
    var found: String?
    let code = code { () throws(OAuthError) in
      found = try TokenExchange.TokenType(text).identifier
    }
    #expect(found == expected)
    #expect(code == (expected == nil ? .requestInvalid : nil))
  }
}
