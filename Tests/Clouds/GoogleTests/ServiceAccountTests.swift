// SPDX-License-Identifier: Apache-2.0

import Clouds
import Crypto
import CryptoExtras
import Google
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What service accounts sign.
@Suite struct ServiceAccountTests {
  private static let signer = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

  private func file(_ pem: String, _ more: String = "") -> String {
    #"{"type":"service_account","client_email":"sa@p","private_key_id":"kid1","private_key":"#
      + "\"\(pem.replacing("\n", with: "\\n"))\"\(more)}"
  }

  private func parts(_ token: String) throws -> (header: String, claims: StrictJSON) {
    let signer = try #require(Self.signer)
    let parts = try CompactJWS(token)
    #expect(
      signer.publicKey.isValidSignature(
        _RSA.Signing.RSASignature(rawRepresentation: parts.signature),
        for: SHA256.hash(data: parts.signingInput),
        padding: .insecurePKCS1v1_5
      )
    )
    return (String(decoding: parts.header, as: UTF8.self), try StrictJSON(parsing: parts.payload))
  }

  @Test(arguments: [true, false]) func `an assertion`(isPKCS8: Bool) async throws {
    let signer = try #require(Self.signer)
    let pem = isPKCS8 ? signer.pkcs8PEMRepresentation : signer.pemRepresentation
    let world = World.adc(file(pem), [:], [.token("t")])
    #expect(try await world.token(scopes: ["a", "b"]).token == Secret("t"))
    let call = try #require(world.calls.first)
    #expect(call.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer")
    let (header, claims) = try parts(try #require(call.form["assertion"]))
    #expect(header == #"{"alg":"RS256","kid":"kid1","typ":"JWT"}"#)
    #expect(
      claims.members == [
        "iss": .string("sa@p"), "scope": .string("a b"),
        "aud": .string("https://oauth2.googleapis.com/token"), "iat": .integer(1_704_164_635),
        "exp": .integer(1_704_168_235),
      ]
    )
  }

  @Test func `in another universe a token of its own`() async throws {
    let pem = try #require(Self.signer).pkcs8PEMRepresentation
    let world = World.adc(file(pem, #","universe_domain":"apis.example""#))
    let got = try await world.token(scopes: ["a"])
    #expect(world.calls.isEmpty && world.kept.isEmpty)
    let (_, claims) = try parts(got.token.expose())
    #expect(claims["sub"]?.string == "sa@p")
    #expect(claims["scope"]?.string == "a")
    #expect(claims["aud"] == nil)
    #expect(claims["exp"]?.integer.map(Double.init) == got.expiry?.timeIntervalSince1970)
  }

  @Test(arguments: ["k", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
  func `a key that is none`(pem: String) async {
    let world = World.adc(file(pem), [:], [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }
}
