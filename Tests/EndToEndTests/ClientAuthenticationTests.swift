// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// Every way of client authentication through login, renewal and logout.
@Suite struct ClientAuthenticationTests {
  /// Logs in, renews and logs out with these options, and checks how the client authenticated each time.
  private func walk(
    _ desk: Desk,
    _ options: [String],
    method: String,
    _ variables: [String: String] = [:]
  ) async throws {
    let account = try desk.account().merging(variables) { $1 }
    let ca = try desk.file("ca.pem", desk.lab.caPEM)
    let words =
      LabKubeconfig.lanyardArguments(
        desk.lab,
        clientID: "robot",
        caFile: desk.lab.issuer.hasPrefix("https") ? ca : nil
      ) + options
    desk.lab.faults.set(
      try Fault("expires", grant: "authorization_code", parameters: ["seconds": "1"])
    )
    let login = try await desk.logIn(["login"] + desk.session(words), as: Desk.alice, account)
    #expect(login.status == 0, "\(login.errors)")
    try await Task.sleep(for: .seconds(1.1))
    let renewed = try await desk.lanyard(words, account)
    #expect(renewed.status == 0, "\(renewed.errors)")
    _ = try renewed.token
    let logout = try await desk.lanyard(["logout"] + desk.session(words), account)
    #expect(logout.status == 0, "\(logout.errors)")
    #expect(logout.errors.contains("the refresh token is revoked"))
    #expect(desk.lab.count(.revocation) == 1, "for which it had to authenticate, too")
    for kind in [LabEvent.Kind.codeGrant, .refresh] {
      #expect(desk.methods(kind) == [method], "\(kind)")
    }
  }

  @Test func `none`() async throws {
    try await Desk.with({ $0.clients.append(LabClient("robot", method: .nothing)) }) { desk in
      try await walk(desk, [], method: "none")
    }
  }

  @Test(arguments: [ClientAuthenticationMethod.secretBasic, .secretPost, .secretJWT])
  func `a secret`(method: ClientAuthenticationMethod) async throws {
    let secret = "a secret: with + and % of thirty-two bytes"
    try await Desk.with({
      $0.clients.append(LabClient("robot", secret: secret, method: method))
    }) { desk in
      let file = try desk.file("secret", secret + "\n")
      let options = ["--client-secret-file", file, "--client-auth", method.rawValue]
      try await walk(desk, options, method: method.rawValue)
    }
  }

  @Test(arguments: ["RSA", "P-256", "ED25519"]) func `a key made by openssl`(kind: String)
    async throws
  {
    let key = try await OpenSSL.key(kind)
    try await Desk.with({
      $0.clients.append(LabClient("robot", method: .privateKeyJWT, key: key.publicPEM))
    }) { desk in
      let file = try desk.file("key.pem", key.privatePEM)
      try await walk(desk, ["--client-key-file", file], method: "private_key_jwt")
    }
  }

  @Test(arguments: [true, false]) func `a certificate`(selfSigned: Bool) async throws {
    let own = try ClientCertificate.selfSigned("robot")
    let method: ClientAuthenticationMethod = selfSigned ? .selfSignedTLS : .tls
    try await Desk.with({
      $0.issuerTLS = true
      $0.clients.append(
        LabClient("robot", method: method, key: selfSigned ? own.certificatePEM : nil)
      )
    }) { desk in
      let certificate = selfSigned ? own : try desk.lab.issueClientCertificate("robot")
      // The one in files, the other in variables.
      let options =
        selfSigned
        ? ["--client-certificate-env", "CERTIFICATE", "--client-key-env", "KEY"]
        : [
          "--client-certificate-file", try desk.file("client.pem", certificate.certificatePEM),
          "--client-key-file", try desk.file("client.key", certificate.keyPEM),
        ]
      try await walk(
        desk,
        options,
        method: method.rawValue,
        ["CERTIFICATE": certificate.certificatePEM, "KEY": certificate.keyPEM]
      )
    }
  }

  @Test func `a wrong secret is a wrong configuration`() async throws {
    try await Desk.with({
      $0.clients.append(LabClient("robot", secret: "right", method: .secretBasic))
    }) { desk in
      let file = try desk.file("secret", "wrong\n")
      let words =
        LabKubeconfig.lanyardArguments(desk.lab, clientID: "robot")
        + ["--client-secret-file", file]
      let result = try await desk.logIn(
        ["login"] + desk.session(words),
        as: Desk.alice,
        desk.account()
      )
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.errors.contains("invalid_client"))
    }
  }
}
