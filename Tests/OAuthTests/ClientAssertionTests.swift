// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("client assertions")
struct ClientAssertionTests {
  static let now = Date(timeIntervalSince1970: Double(Forge.now) + 0.9)
  static let random = [UInt8](0..<16)

  static func assertion(
    _ audience: ClientAssertion.Audience? = nil,
    now: Date = now,
    random: [UInt8] = random
  ) throws -> ClientAssertion {
    try ClientAssertion(
      clientID: #"kube "1""#,
      audience: try audience ?? .issuer(Issuer(Forge.issuer)),
      now: now,
      random: random
    )
  }

  /// Header, payload, signed bytes and signature of a JWS, each of the first two as text.
  static func parts(_ token: Secret) throws -> (String, String, [UInt8], [UInt8]) {
    let parts = token.expose().split(separator: ".", omittingEmptySubsequences: false)
    #expect(parts.count == 3)
    let decoded = try parts.map { try #require(Base64URL.decode($0.utf8)) }
    return (
      String(decoding: decoded[0], as: UTF8.self), String(decoding: decoded[1], as: UTF8.self),
      Array(parts[..<2].joined(separator: ".").utf8), decoded[2]
    )
  }

  static let payload =
    #"{"aud":"https://issuer.test/realms/one","exp":1700000060,"iat":1700000000,"#
    + #""iss":"kube \"1\"","jti":"AAECAwQFBgcICQoLDA0ODw","sub":"kube \"1\""}"#

  @Test("private_key_jwt: header, claims and signature", arguments: Forge.Signer.allCases)
  func privateKey(signer: Forge.Signer) throws {
    let keys = try Forge.keys.get()
    let pem =
      switch signer {
      case .p256: keys.p256.pemRepresentation
      case .p384: keys.p384.pemRepresentation
      case .p521: keys.p521.pemRepresentation
      case .ed25519: PrivateKeys.ed25519
      default: keys.rsa.pkcs8PEMRepresentation
      }
    let algorithm = try #require(SigningAlgorithm(rawValue: signer.rawValue))
    let key = try ClientKey(pem: Secret(pem), algorithm: algorithm, keyID: "k")
    let token = try Self.assertion().signed(by: key, announced: nil)
    let (header, payload, input, signature) = try Self.parts(token)
    #expect(header == #"{"alg":"\#(signer.rawValue)","kid":"k","typ":"JWT"}"#)
    #expect(payload == Self.payload)
    #expect(try Self.isValid(signature, over: input, signer))
  }

  private static func isValid(
    _ signature: [UInt8],
    over input: [UInt8],
    _ signer: Forge.Signer
  ) throws -> Bool {
    let keys = try Forge.keys.get()
    let rsa = keys.rsa.publicKey
    let mark = _RSA.Signing.RSASignature(rawRepresentation: signature)
    let (v15, pss) = (_RSA.Signing.Padding.insecurePKCS1v1_5, _RSA.Signing.Padding.PSS)
    return switch signer {
    case .rsa: rsa.isValidSignature(mark, for: SHA256.hash(data: input), padding: v15)
    case .rs384: rsa.isValidSignature(mark, for: SHA384.hash(data: input), padding: v15)
    case .rs512: rsa.isValidSignature(mark, for: SHA512.hash(data: input), padding: v15)
    case .ps256: rsa.isValidSignature(mark, for: SHA256.hash(data: input), padding: pss)
    case .ps384: rsa.isValidSignature(mark, for: SHA384.hash(data: input), padding: pss)
    case .ps512: rsa.isValidSignature(mark, for: SHA512.hash(data: input), padding: pss)
    case .p256:
      keys.p256.publicKey.isValidSignature(
        try .init(rawRepresentation: signature),
        for: SHA256.hash(data: input)
      )
    case .p384:
      keys.p384.publicKey.isValidSignature(
        try .init(rawRepresentation: signature),
        for: SHA384.hash(data: input)
      )
    case .p521:
      keys.p521.publicKey.isValidSignature(
        try .init(rawRepresentation: signature),
        for: SHA512.hash(data: input)
      )
    case .ed25519:
      try Curve25519.Signing.PrivateKey(
        rawRepresentation: #require(Data(base64Encoded: ed25519Seed))
      ).publicKey.isValidSignature(signature, for: input)
    }
  }

  /// The last 32 bytes of the key that OpenSSL wrote.
  private static let ed25519Seed: String = {
    let lines = PrivateKeys.ed25519.split(separator: "\n")
    return (Data(base64Encoded: String(lines[1]))?.suffix(32)).map { Data($0) }?
      .base64EncodedString() ?? ""
  }()

  @Test("client_secret_jwt: HS256 with the secret's bytes")
  func secret() throws {
    let secret = "0123456789abcdef0123456789abcdé"
    let token = try Self.assertion().signed(by: Secret(secret))
    let (header, payload, input, signature) = try Self.parts(token)
    #expect(header == #"{"alg":"HS256","typ":"JWT"}"#)
    #expect(payload == Self.payload)
    #expect(
      HMAC<SHA256>.isValidAuthenticationCode(
        signature,
        authenticating: input,
        using: SymmetricKey(data: Array(secret.utf8))
      )
    )
  }

  @Test("a secret of fewer than 32 bytes makes no assertion", arguments: [0, 1, 31, 32])
  func shortSecret(length: Int) throws {
    let assertion = try Self.assertion()
    let code = code { () throws(OAuthError) in
      _ = try assertion.signed(by: Secret(String(repeating: "s", count: length)))
    }
    #expect(code == (length < 32 ? .requestInvalid : nil))
  }

  @Test("for an issuer that wants it, the audience is the token endpoint")
  func endpointAudience() throws {
    let endpoint = try Endpoint("https://issuer.test/token", named: "x", of: Issuer(Forge.issuer))
    let key = try ClientKey(pem: Secret(PrivateKeys.p256))
    let token = try Self.assertion(.endpoint(endpoint)).signed(by: key, announced: nil)
    #expect(try Self.parts(token).1.contains(#""aud":"https://issuer.test/token""#))
  }

  @Test(
    "clocks and random bytes that cannot be right",
    arguments: [
      (Double(Forge.now), 15), (Double(Forge.now), 0), (-1, 16), (1e300, 16), (.nan, 16),
      (.infinity, 16),
    ]
  )
  func invalid(seconds: Double, bytes: Int) throws {
    let issuer = try Issuer(Forge.issuer)
    let code = code { () throws(OAuthError) in
      _ = try ClientAssertion(
        clientID: "kube",
        audience: .issuer(issuer),
        now: Date(timeIntervalSince1970: seconds),
        random: [UInt8](repeating: 1, count: bytes)
      )
    }
    #expect(code == .requestInvalid)
  }
}
