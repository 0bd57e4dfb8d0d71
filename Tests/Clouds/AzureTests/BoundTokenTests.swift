// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import Crypto
import CryptoExtras
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tokens that are bound to a key, and statements that a certificate signs.
@Suite struct BoundTokenTests {
  private static let resource = "/subscriptions/s/resourceGroups/r/providers/x/connectedClusters/c"

  private func bound(_ world: AzureWorld) async throws -> CloudToken {
    try await world.token {
      $0.serverID = ServerApplication.arc
      $0.login = .spn
      $0.clientID = "app"
      $0.clientSecret = Secret("s")
      $0.boundTo = Self.resource
    }
  }

  private func json(_ bytes: [UInt8]) throws -> StrictJSON { try StrictJSON(parsing: bytes) }

  @Test func `an envelope that a verifier opens`() async throws {
    let world = AzureWorld()
    world.answer(AzureWorld.token("BOUND", type: "pop"))
    let token = try await bound(world)
    let form = world.sent[0].form
    #expect(form["token_type"] == "pop")
    let confirmation = try json(try #require(Base64URL.decode(Array((form["req_cnf"] ?? "").utf8))))
    let jws = try CompactJWS(token.token.expose())
    let header = try json(jws.header)
    #expect(header["typ"]?.string == "pop")
    #expect(header["alg"]?.string == "RS256")
    #expect(header["kid"]?.string == confirmation["kid"]?.string)
    #expect(confirmation["xms_ksl"]?.string == "sw")
    let payload = try json(jws.payload)
    #expect(payload["at"]?.string == "BOUND")
    #expect(payload["u"]?.string == Self.resource)
    #expect(payload["ts"]?.integer == Int64(AzureWorld.now.timeIntervalSince1970))
    #expect(payload["nonce"]?.string == "000102030405060708090a0b0c0d0e0f")
    let jwk = try #require(payload["cnf"]?["jwk"])
    let n = jwk["n"]?.string ?? ""
    let e = jwk["e"]?.string ?? ""
    let canonical = #"{"e":"\#(e)","kty":"RSA","n":"\#(n)"}"#
    #expect(
      Base64URL.encode(SHA256.hash(data: Array(canonical.utf8))) == header["kid"]?.string,
      "RFC 7638"
    )
    let key = try _RSA.Signing.PublicKey(
      n: try #require(Base64URL.decode(n.utf8)),
      e: try #require(Base64URL.decode(e.utf8))
    )
    let signature = _RSA.Signing.RSASignature(rawRepresentation: jws.signature)
    #expect(
      key.isValidSignature(
        signature,
        for: SHA256.hash(data: jws.signingInput),
        padding: .insecurePKCS1v1_5
      )
    )
  }

  @Test func `each envelope is new, around the one token and key that are kept`() async throws {
    let world = AzureWorld()
    world.answer(AzureWorld.token("BOUND", type: "pop", life: 3600))
    let first = try await bound(world)
    world.wait(60)
    let second = try await bound(world)
    #expect(world.sent.count == 1)
    #expect(first.token != second.token)
    #expect(first.expiry == AzureWorld.now.addingTimeInterval(900))
    #expect(second.expiry == AzureWorld.now.addingTimeInterval(960))
    let kinds = try [first, second].map {
      try json(try CompactJWS($0.token.expose()).header)["kid"]?.string
    }
    #expect(kinds[0] == kinds[1])
  }

  @Test func `an envelope does not outlive its token`() async throws {
    let world = AzureWorld()
    world.answer(AzureWorld.token("BOUND", type: "pop", life: 600))
    #expect(try await bound(world).expiry == AzureWorld.now.addingTimeInterval(600))
  }

  @Test func `a plain token in place of a bound one is refused`() async throws {
    let world = AzureWorld()
    world.answer(AzureWorld.token("PLAIN"))
    let error = await #expect(throws: CloudError.self) { try await bound(world) }
    #expect(error?.code == .refused)
  }

  // MARK: certificates

  private func world(_ text: String) -> AzureWorld {
    let world = AzureWorld()
    world.file("/app.pem", text)
    return world
  }

  private func certified(_ world: AzureWorld) async throws -> CloudToken {
    try await world.token {
      $0.login = .spn
      $0.clientID = "app"
      $0.certificateFile = "/app.pem"
    }
  }

  @Test(arguments: [
    "\(CertificateFixtures.key)\n\(CertificateFixtures.certificate)\n",
    "\(CertificateFixtures.certificate)\r\n\(CertificateFixtures.traditionalKey)",
    "\(CertificateFixtures.other)\n\(CertificateFixtures.certificate)\n\(CertificateFixtures.key)",
  ])
  func `a statement that the certificate signs`(text: String) async throws {
    let world = world(text)
    world.answer(AzureWorld.token())
    #expect(try await certified(world).files == ["/app.pem"])
    let form = world.sent[0].form
    let jws = try CompactJWS(form["client_assertion"] ?? "")
    let header = try json(jws.header)
    #expect(header["alg"]?.string == "PS256")
    #expect(header["x5t#S256"]?.string == Self.thumbprint)
    let chain = header["x5c"]?.strings ?? []
    let lines = CertificateFixtures.certificate.split(separator: "\n").dropFirst().dropLast()
    #expect(chain.first == lines.joined())
    let payload = try json(jws.payload)
    #expect(payload["aud"]?.string == world.sent[0].url)
    #expect(payload["iss"]?.string == "app")
    #expect(payload["sub"]?.string == "app")
    let begin = Int64(AzureWorld.now.timeIntervalSince1970)
    #expect(payload["nbf"]?.integer == begin)
    #expect(payload["exp"]?.integer == begin + 600)
    #expect(payload["jti"]?.string?.isEmpty == false)
    let key = try _RSA.Signing.PrivateKey(pemRepresentation: CertificateFixtures.key).publicKey
    let signature = _RSA.Signing.RSASignature(rawRepresentation: jws.signature)
    #expect(
      key.isValidSignature(signature, for: SHA256.hash(data: jws.signingInput), padding: .PSS)
    )
  }

  private static let thumbprint = "9lY0hMmx6QKlfHG-NQuPME1EmiCvHpN_p6R6k9mIPw0"

  @Test(arguments: [
    ("", "missing or empty"), ("\(CertificateFixtures.certificate)", "no RSA key"),
    ("\(CertificateFixtures.key)", "no certificate for its key"),
    ("\(CertificateFixtures.key)\n\(CertificateFixtures.other)", "no certificate for its key"),
    ("-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----", "not base64"),
    ("-----BEGIN PRIVATE KEY-----\nAAAA", "no end"),
    ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "not an RSA key"),
    (
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
      "encrypted"
    ),
    ("no PEM at all", "no PFX here"),
  ])
  func `a file that cannot be used says why, without showing it`(text: String, why: String) async {
    let error = await #expect(throws: CloudError.self) { try await certified(world(text)) }
    #expect(error?.code == .configuration)
    #expect(error?.what.contains(why) == true, "\(error?.what ?? "")")
  }

  @Test(arguments: [
    "\(CertificateFixtures.key)\n\(CertificateFixtures.certificate)\n",
    Data("\(CertificateFixtures.key)\n\(CertificateFixtures.certificate)".utf8)
      .base64EncodedString(),
  ])
  func `a certificate that a secrets manager printed, in PEM or in base64`(text: String)
    async throws
  {
    let world = AzureWorld()
    world.answer(AzureWorld.token())
    let settings = try world.settings {
      $0.login = .spn
      $0.clientID = "app"
      $0.namesCertificate = true
    }.knowing(clientSecret: nil, certificate: Secret(text), certificatePassword: nil)
    let token = try await AzureTokens(settings, world.effects, openPFX: AzureWorld.noPFX).token()
    #expect(token.files.isEmpty)
    let jws = try CompactJWS(world.sent[0].form["client_assertion"] ?? "")
    #expect(try json(jws.header)["x5t#S256"]?.string == Self.thumbprint)
    #expect(world.keptParts.allSatisfy { !$0.contains { $0.contains("PRIVATE") } })
  }

  @Test(arguments: ["%%%", "cGZ4"])
  func `a text that is no certificate is not shown`(text: String) async throws {
    let world = AzureWorld()
    let settings = try world.settings {
      $0.login = .spn
      $0.clientID = "app"
    }.knowing(clientSecret: nil, certificate: Secret(text), certificatePassword: nil)
    let error = await #expect(throws: CloudError.self) {
      try await AzureTokens(settings, world.effects, openPFX: AzureWorld.noPFX).token()
    }
    #expect(error?.code == .configuration)
    #expect(error?.what.contains(text) == false)
  }

  @Test(arguments: [
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----",
  ])
  func `an encrypted key is the host's to open, and without a password says what helps`(key: String)
    async throws
  {
    let error = await #expect(throws: CloudError.self) { try await certified(self.world(key)) }
    #expect(error?.what.contains("openssl pkcs8") == true)
    let world = self.world(key)
    let settings = try world.settings {
      $0.login = .spn
      $0.clientID = "app"
      $0.certificateFile = "/app.pem"
      $0.certificatePassword = Secret("pw")
    }
    let opened = await #expect(throws: CloudError.self) {
      try await AzureTokens(settings, world.effects, openPFX: AzureWorld.noPFX).token()
    }
    #expect(opened?.what.contains("no PFX here") == true, "the host was asked")
  }

  @Test func `groups elsewhere are told of the token in the envelope`() async throws {
    let payload = Base64URL.encode(#"{"hasgroups":true}"#.utf8)
    let world = AzureWorld(allowed: [.azureOtherServers])
    world.answer(AzureWorld.token("e30.\(payload).AAAA", type: "pop"))
    _ = try await world.token {
      $0.serverID = "api://cluster"
      $0.login = .spn
      $0.clientID = "app"
      $0.clientSecret = Secret("s")
      $0.boundTo = Self.resource
    }
    #expect(world.said.first?.contains("more than 200 groups") == true)
  }

  @Test func `what Entra ID wants of the next login comes with the refusal`() async throws {
    let world = AzureWorld()
    world.answer(
      AzureWorld.json(
        #"{"error":"invalid_grant","error_description":"AADSTS50076: x","claims":"{\"a\":1}"}"#,
        status: 400
      )
    )
    let settings = try world.settings {
      $0.serverID = ServerApplication.arc
      $0.login = .browser
      $0.boundTo = Self.resource
    }
    let error = await #expect(throws: CloudError.self) {
      try await AzureTokens(settings, world.effects, openPFX: AzureWorld.noPFX)
        .boundToken(of: Secret("RT"), logIn: "lanyard login arc")
    }
    #expect(error?.remedy == "log in: lanyard login arc")
    #expect((error?.cause as? EntraChallenge)?.claims == #"{"a":1}"#)
  }

  @Test func `a PFX is opened by the host, with its password`() async throws {
    let key = try _RSA.Signing.PrivateKey(pemRepresentation: CertificateFixtures.key)
    let lines = CertificateFixtures.certificate.split(separator: "\n").dropFirst().dropLast()
    let der = Array(try #require(Data(base64Encoded: lines.joined())))
    let world = world("pfx")
    world.answer(AzureWorld.token())
    let settings = try world.settings {
      $0.login = .spn
      $0.clientID = "app"
      $0.certificateFile = "/app.pem"
      $0.certificatePassword = Secret("pw")
    }
    let open: CertificateFile.OpenPFX = { bytes, password throws(RSAKey.Flaw) in
      guard bytes == Array("pfx".utf8), password == Secret("pw") else {
        throw RSAKey.Flaw(reason: "wrong")
      }
      return (Array(key.derRepresentation), [der])
    }
    let token = try await AzureTokens(settings, world.effects, openPFX: open).token()
    #expect(token.token.expose() == "AT")
  }
}
