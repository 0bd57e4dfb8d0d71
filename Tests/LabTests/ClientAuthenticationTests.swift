// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ClientAuthenticationTests {
  private static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  private func claims(_ visitor: Visitor, _ changes: [String: JSONValue] = [:]) -> [String:
    JSONValue]
  {
    let now = Int(Date().timeIntervalSince1970)
    let usual: [String: JSONValue] = [
      "iss": "robot", "sub": "robot", "aud": .string(visitor.lab.issuer), "iat": .int(now),
      "exp": .int(now + 60), "jti": .string("\(UInt64.random(in: 0 ... .max))"),
    ]
    return usual.merging(changes) { $1 }.filter { $0.value != .null }
  }

  /// A refresh with an unknown token: `invalid_grant` once the client was believed.
  private func error(
    _ visitor: Visitor,
    _ credentials: [(String, String)],
    headers: [(name: String, value: String)] = [],
    at path: String = "/token",
    web: WebClient? = nil
  ) async throws -> String {
    let form = FormFields([("grant_type", "refresh_token"), ("refresh_token", "x")] + credentials)
    let client = web ?? visitor.web
    return try await client.send(visitor.lab.issuer + path, headers: headers, form: form)
      .member("error")
  }

  @Test(
    arguments: [SigningAlgorithm.rs256, .ps384, .es256, .es384, .es512, .edDSA],
    [false, true]
  )
  func `a client signs with its own key`(algorithm: SigningAlgorithm, pem: Bool) async throws {
    let key = try AssertionKey(algorithm)
    let text = pem ? key.publicPEM : key.jwk.text
    try await Visitor.with {
      $0.clients.append(LabClient("robot", method: .privateKeyJWT, key: text))
    } _: { visitor in
      let once = try key.sign(header: [:], claims: claims(visitor))
      let form = [("client_assertion_type", Self.type), ("client_assertion", once)]
      #expect(try await error(visitor, form) == "invalid_grant")
      #expect(visitor.lab.log().last { $0.kind == .denied }?.client == "robot")
      #expect(try await error(visitor, form) == "invalid_client", "the same assertion again")
    }
  }

  @Test(
    arguments: [
      ["iss": "other"], ["sub": "lanyard"], ["aud": "https://elsewhere.example"], ["exp": 1],
      ["exp": .null], ["jti": .null], ["exp": 99_999_999_999],
    ] as [[String: JSONValue]]
  )
  func `an assertion with a flaw proves nothing`(changes: [String: JSONValue]) async throws {
    let key = try AssertionKey(.es256)
    try await Visitor.with {
      $0.clients.append(LabClient("robot", method: .privateKeyJWT, key: key.jwk.text))
    } _: { visitor in
      let flawed = try key.sign(header: [:], claims: claims(visitor, changes))
      let form = [
        ("client_id", "robot"), ("client_assertion_type", Self.type), ("client_assertion", flawed),
      ]
      #expect(try await error(visitor, form) == "invalid_client")
      let stranger = try AssertionKey(.es256).sign(header: [:], claims: claims(visitor))
      #expect(
        try await error(visitor, [form[0], form[1], ("client_assertion", stranger)])
          == "invalid_client"
      )
      #expect(try await error(visitor, [form[0]]) == "invalid_client")
      #expect(try await error(visitor, [form[0], ("client_secret", "x")]) == "invalid_client")
    }
  }

  @Test(arguments: [ClientAuthenticationMethod.secretBasic, .secretPost])
  func `a client with one way to send its secret must use it`(method: ClientAuthenticationMethod)
    async throws
  {
    try await Visitor.with {
      $0.clients.append(LabClient("robot", secret: "s:e c", method: method))
    } _: { visitor in
      let basic = [(name: "authorization", value: "Basic cm9ib3Q6cyUzQWUrYw==")]
      let byHeader = try await error(visitor, [], headers: basic)
      let byForm = try await error(visitor, [("client_id", "robot"), ("client_secret", "s:e c")])
      #expect(byHeader == (method == .secretBasic ? "invalid_grant" : "invalid_client"))
      #expect(byForm == (method == .secretPost ? "invalid_grant" : "invalid_client"))
    }
  }

  @Test(arguments: [ClientAuthenticationMethod.tls, .selfSignedTLS])
  func `a certificate proves a client at the alias`(method: ClientAuthenticationMethod)
    async throws
  {
    let own = try ClientCertificate.selfSigned("robot")
    try await Visitor.with {
      $0.issuerTLS = true
      let key = method == .selfSignedTLS ? own.certificatePEM : nil
      $0.clients.append(LabClient("robot", method: method, key: key))
    } _: { visitor in
      let metadata = try await visitor.web
        .send("\(visitor.lab.issuer)/.well-known/openid-configuration").json()
      let alias = metadata["mtls_endpoint_aliases"]?["token_endpoint"]?.string
      #expect(alias == visitor.lab.issuer + "/mtls/token")
      let right = method == .tls ? try visitor.lab.issueClientCertificate("robot") : own
      let wrong =
        method == .tls
        ? try visitor.lab.issueClientCertificate("other")
        : try ClientCertificate.selfSigned("robot")
      for (certificate, path, expected) in [
        (right, "/mtls/token", "invalid_grant"), (right, "/token", "invalid_client"),
        (wrong, "/mtls/token", "invalid_client"), (nil, "/mtls/token", "invalid_client"),
      ] {
        let web = try WebClient(caPEM: visitor.lab.caPEM, certificate: certificate)
        let error = try await error(visitor, [("client_id", "robot")], at: path, web: web)
        #expect(error == expected, "\(path)")
        await web.close()
      }
    }
  }

  @Test(arguments: [
    "robot", "robot:no_such_method", "robot:client_secret_post", "robot:none:x",
    "robot:private_key_jwt:/nowhere/key.pem",
  ])
  func `a client that cannot be is refused`(text: String) {
    #expect(throws: LabError.self) { try LabClient(parsingMethod: text) }
  }
}
