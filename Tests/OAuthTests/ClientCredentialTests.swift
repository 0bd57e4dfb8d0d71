// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

@Suite("client authentication")
struct ClientCredentialTests {
  typealias Method = ClientCredential.Method

  /// What a person gave, what the issuer lists, and the method that comes of it; nil for an error.
  struct Row: Sendable, CustomTestStringConvertible {
    let given: String
    let asked: Method?
    let methods: [String]?
    let expected: Method?

    init(_ given: String, _ methods: [String]?, _ expected: Method) {
      self.init(given, nil, methods, expected)
    }

    init(_ given: String, _ asked: Method?, _ methods: [String]?, _ expected: Method?) {
      self.given = given
      self.asked = asked
      self.methods = methods
      self.expected = expected
    }

    var testDescription: String { "\(given), \(asked?.rawValue ?? "-"), \(methods ?? ["-"])" }
  }

  static let chosen = [
    Row("", nil, Method.none), Row("", ["client_secret_basic"], Method.none),
    Row("", [], Method.none),
    Row("secret", nil, .secretBasic), Row("secret", [], .secretBasic),
    Row("secret", ["client_secret_post"], .secretPost),
    Row("secret", ["client_secret_post", "client_secret_basic"], .secretBasic),
    Row("secret", ["client_secret_jwt"], .secretJWT),
    Row("secret", ["client_secret_jwt", "client_secret_post"], .secretPost),
    Row("secret", ["private_key_jwt"], .secretBasic), Row("secret", ["x"], .secretBasic),
    Row("secret", ["CLIENT_SECRET_POST"], .secretBasic),
    Row("key", nil, .privateKeyJWT), Row("key", ["private_key_jwt"], .privateKeyJWT),
    Row("key secret", ["client_secret_basic"], .privateKeyJWT),
    Row("certificate", nil, .tlsCertificate), Row("certificate", ["x"], .tlsCertificate),
    Row("certificate secret", ["client_secret_basic"], .secretBasic),
    Row("certificate secret", ["tls_client_auth", "client_secret_basic"], .tlsCertificate),
    Row("certificate secret", ["self_signed_tls_client_auth"], .tlsCertificate),
    Row("certificate key", ["tls_client_auth"], .privateKeyJWT),
  ]

  static let asked = [
    Row("secret", .secretPost, ["client_secret_basic"], .secretPost),
    Row("secret", .secretJWT, nil, .secretJWT), Row("secret key", .secretBasic, nil, .secretBasic),
    Row("secret key certificate", Method.none, nil, Method.none),
    Row("key certificate", .tlsCertificate, nil, .tlsCertificate),
    Row("certificate", .selfSignedCertificate, nil, .tlsCertificate),
    Row("", .secretBasic, nil, nil), Row("key", .secretPost, nil, nil),
    Row("key", .secretJWT, nil, nil), Row("secret", .privateKeyJWT, nil, nil),
    Row("secret key", .tlsCertificate, nil, nil), Row("", .selfSignedCertificate, nil, nil),
  ]

  @Test("the method is chosen, and a choice that was made holds", arguments: chosen + asked)
  func preferred(row: Row) throws {
    let given = ClientCredential.Given(
      secret: row.given.contains("secret") ? Secret("s") : nil,
      key: row.given.contains("key") ? try ClientKey(pem: Secret(PrivateKeys.p256)) : nil,
      hasCertificate: row.given.contains("certificate"),
      method: row.asked
    )
    var found: Method?
    let code = code { () throws(OAuthError) in
      found = Self.name(try ClientCredential.preferred(given, methods: row.methods))
    }
    #expect(found == row.expected)
    #expect(code == (row.expected == nil ? .requestInvalid : nil))
  }

  static func name(_ credential: ClientCredential) -> Method {
    switch credential {
    case .none: .none
    case .secretBasic: .secretBasic
    case .secretPost: .secretPost
    case .secretJWT: .secretJWT
    case .privateKeyJWT: .privateKeyJWT
    case .tlsCertificate: .tlsCertificate
    }
  }

  static func authentication(_ credential: ClientCredential, byte: UInt8 = 1) throws
    -> ClientAuthentication
  {
    try credential.authentication(
      clientID: "kube:1",
      audience: .issuer(Issuer(Forge.issuer)),
      announced: nil,
      now: ClientAssertionTests.now,
      random: [UInt8](repeating: byte, count: 16)
    )
  }

  @Test("an assertion stands in the body with its type and the client id")
  func assertion() throws {
    let key = ClientCredential.privateKeyJWT(try ClientKey(pem: Secret(PrivateKeys.p256)))
    let secret = ClientCredential.secretJWT(Secret(String(repeating: "s", count: 32)))
    for credential in [key, secret] {
      let call = try TokenEndpointTests.endpoint(try Self.authentication(credential))
        .call(for: .refreshToken(Secret("r"), scopes: nil))
      let pairs = try #require(FormEncoding.decode(call.body))
      #expect(
        pairs.map(\.name) == [
          "grant_type", "refresh_token", "client_id", "client_assertion_type", "client_assertion",
        ]
      )
      #expect(pairs[2].value == "kube:1")
      #expect(pairs[3].value == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
      #expect(pairs[4].value.split(separator: ".").count == 3)
      #expect(call.headers[.authorization] == nil)
    }
    #expect(try Self.authentication(secret) == Self.authentication(secret))
    #expect(try Self.authentication(secret) != Self.authentication(secret, byte: 2))
  }

  @Test("with a certificate the body has the client id alone, and the alias is the address")
  func certificate() throws {
    let call = try TokenEndpointTests.endpoint(try Self.authentication(.tlsCertificate))
      .call(for: .refreshToken(Secret("r"), scopes: nil))
    #expect(
      TokenEndpointTests.body(call)
        == "grant_type=refresh_token&refresh_token=r&client_id=kube%3A1"
    )
    let issuer = try Issuer(Forge.issuer)
    let usual = try Endpoint("https://issuer.test/token", named: "x", of: issuer)
    let alias = try Endpoint("https://mtls.issuer.test/token", named: "x", of: issuer)
    #expect(ClientCredential.tlsCertificate.endpoint(usual, mutualTLSAlias: alias) == alias)
    #expect(ClientCredential.tlsCertificate.endpoint(usual, mutualTLSAlias: nil) == usual)
    #expect(ClientCredential.none.endpoint(usual, mutualTLSAlias: alias) == usual)
  }

  @Test("revocation and device authorization authenticate in the same way")
  func elsewhere() throws {
    let secret = ClientCredential.secretJWT(Secret(String(repeating: "s", count: 32)))
    let authentication = try Self.authentication(secret)
    let endpoint = try TokenEndpointTests.endpoint().endpoint
    let calls = [
      Revocation.call(
        Secret("r"),
        hint: .refreshToken,
        at: endpoint,
        clientID: "kube",
        authentication: authentication
      ),
      try DeviceAuthorization.call(
        at: endpoint,
        clientID: "kube",
        authentication: authentication,
        scopes: ["openid"]
      ),
    ]
    for call in calls {
      let pairs = try #require(FormEncoding.decode(call.body))
      #expect(pairs.contains { $0.name == "client_assertion" })
      #expect(pairs.contains { $0.name == "client_id" && $0.value == "kube" })
    }
  }
}
