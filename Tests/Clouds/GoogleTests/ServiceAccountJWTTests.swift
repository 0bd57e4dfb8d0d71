// SPDX-License-Identifier: Apache-2.0

import Clouds
import Crypto
import CryptoExtras
import OAuth
import Testing

@testable import Google

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What service accounts sign.
@Suite struct ServiceAccountJWTTests {
  private static let signer = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

  private func key(_ pem: String) -> ServiceAccountKey {
    ServiceAccountKey(email: "sa@p", keyID: "kid1", privateKey: Secret(pem))
  }

  private func claims(_ token: Secret) throws -> (header: String, claims: StrictJSON) {
    let signer = try #require(Self.signer)
    let parts = try CompactJWS(token.expose())
    let signature = _RSA.Signing.RSASignature(rawRepresentation: parts.signature)
    #expect(
      signer.publicKey.isValidSignature(
        signature,
        for: SHA256.hash(data: parts.signingInput),
        padding: .insecurePKCS1v1_5
      )
    )
    return (String(decoding: parts.header, as: UTF8.self), try StrictJSON(parsing: parts.payload))
  }

  @Test(arguments: [true, false]) func `an assertion`(isPKCS8: Bool) throws {
    let signer = try #require(Self.signer)
    let pem = isPKCS8 ? signer.pkcs8PEMRepresentation : signer.pemRepresentation
    let token = try ServiceAccountJWT.assertion(
      key(pem),
      audience: "https://oauth2.googleapis.com/token",
      scopes: ["a", "b"],
      now: World.now,
      .test
    )
    let (header, claims) = try claims(token)
    #expect(header == #"{"alg":"RS256","kid":"kid1","typ":"JWT"}"#)
    #expect(
      claims.members == [
        "iss": .string("sa@p"), "scope": .string("a b"),
        "aud": .string("https://oauth2.googleapis.com/token"), "iat": .integer(1_704_164_635),
        "exp": .integer(1_704_168_235),
      ]
    )
  }

  @Test func `a token of its own`() throws {
    let signer = try #require(Self.signer)
    let token = try ServiceAccountJWT.token(
      key(signer.pkcs8PEMRepresentation),
      scopes: ["a"],
      now: World.now,
      .test
    )
    let (_, claims) = try claims(token.token)
    #expect(claims["sub"]?.string == "sa@p")
    #expect(claims["aud"] == nil)
    #expect(claims["exp"]?.integer == Int64(token.expiry.timeIntervalSince1970))
  }

  @Test(arguments: ["", "k", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
  func `a key that is none`(pem: String) {
    #expect {
      try ServiceAccountJWT.token(key(pem), scopes: [], now: World.now, .test)
    } throws: {
      ($0 as? CloudError)?.code == .configuration
    }
  }
}
