// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("client keys")
struct ClientKeyTests {
  @Test(
    "keys as OpenSSL writes them: algorithm and thumbprint",
    arguments: [
      (PrivateKeys.rsa, .rs256, PrivateKeys.rsaThumbprint),
      (PrivateKeys.p256, .es256, PrivateKeys.p256Thumbprint),
      (PrivateKeys.p384, .es384, PrivateKeys.p384Thumbprint),
      (PrivateKeys.p521, .es512, PrivateKeys.p521Thumbprint),
      (PrivateKeys.ed25519, .edDSA, PrivateKeys.ed25519Thumbprint),
      (PrivateKeys.rfc8037, .edDSA, PrivateKeys.rfc8037Thumbprint),
      (
        "notes\n" + PrivateKeys.p256.replacing("\n", with: "\r\n") + "\r\nmore", .es256,
        PrivateKeys.p256Thumbprint
      ),
      (
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + PrivateKeys.p384, .es384,
        PrivateKeys.p384Thumbprint
      ),
    ] as [(String, SigningAlgorithm, String)]
  )
  func reads(pem: String, algorithm: SigningAlgorithm, thumbprint: String) throws {
    let key = try ClientKey(pem: Secret(pem))
    #expect(key.algorithm(announced: nil) == algorithm)
    #expect(key.keyID == thumbprint)
    #expect(try ClientKey(pem: Secret(pem), keyID: "mine").keyID == "mine")
  }

  static let hostile: [(String, String)] = [
    ("", "no -----BEGIN PRIVATE KEY----- line"),
    ("hello", "no -----BEGIN PRIVATE KEY----- line"),
    ("-----BEGIN PRIVATE KEY-----", "its end is missing"),
    ("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", "not base64"),
    ("-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----", "not base64"),
    ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "not a PKCS #8 key"),
    (
      "-----BEGIN PRIVATE KEY-----\nMIT/////\n-----END PRIVATE KEY-----", "not a PKCS #8 key"
    ),
    (
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----",
      "not a PKCS #8 key"
    ),
    (
      "-----BEGIN PRIVATE KEY-----\nMA4CAQAwBQYDK2VwBAIEAA==\n-----END PRIVATE KEY-----",
      "do not make a key"
    ),
    (
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
      "no -----BEGIN PRIVATE KEY----- line"
    ),
    (PrivateKeys.sec1, "not PKCS #8"), (PrivateKeys.encrypted, "it is encrypted"),
    (
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n-----END RSA PRIVATE KEY-----",
      "it is encrypted"
    ),
    (PrivateKeys.weak, "1024 bits"), (PrivateKeys.ed448, "not an RSA, P-256"),
    (PrivateKeys.secp256k1, "its curve is none of"),
    (String(repeating: "A", count: 65_537), "more than 65536 bytes"),
  ]

  @Test("texts that are no key, each with its reason and without the text", arguments: hostile)
  func refuses(pem: String, reason: String) {
    do throws(OAuthError) {
      _ = try ClientKey(pem: Secret(pem))
      Issue.record("accepted")
    } catch {
      #expect(error.code == .requestInvalid)
      #expect(error.what.contains(reason))
      #expect(!pem.contains("MIGHA") || !error.description.contains("MIGHA"))
    }
  }

  @Test("every truncation and every changed byte of a key is a key or an error, never a crash")
  func damaged() {
    let bytes = Array(PrivateKeys.p256.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x04
      for text in [
        String(decoding: bytes[..<index], as: UTF8.self), String(decoding: changed, as: UTF8.self),
      ] {
        let code = code { () throws(OAuthError) in _ = try ClientKey(pem: Secret(text)) }
        #expect(code == nil || code == .requestInvalid)
      }
    }
  }

  @Test(
    "the algorithm: asked for, announced, usual",
    arguments: [
      (PrivateKeys.rsa, nil, nil, .rs256), (PrivateKeys.rsa, nil, [], .rs256),
      (PrivateKeys.rsa, nil, ["PS256"], .ps256),
      (PrivateKeys.rsa, nil, ["PS256", "RS256"], .rs256),
      (PrivateKeys.rsa, nil, ["ES256", "HS256"], .rs256),
      (PrivateKeys.rsa, nil, ["RS512"], .rs512), (PrivateKeys.rsa, .ps512, ["RS256"], .ps512),
      (PrivateKeys.p384, nil, ["ES256"], .es384),
    ] as [(String, SigningAlgorithm?, [String]?, SigningAlgorithm)]
  )
  func chooses(
    pem: String,
    asked: SigningAlgorithm?,
    announced: [String]?,
    expected: SigningAlgorithm
  ) throws {
    let key = try ClientKey(pem: Secret(pem), algorithm: asked)
    #expect(key.algorithm(announced: announced) == expected)
  }

  @Test("an algorithm of another type of key, and key ids that no header should carry")
  func refusesSettings() {
    let pem = Secret(PrivateKeys.p256)
    for algorithm in SigningAlgorithm.allCases where algorithm != .es256 {
      #expect(
        code { () throws(OAuthError) in _ = try ClientKey(pem: pem, algorithm: algorithm) }
          == .requestInvalid
      )
    }
    for keyID in ["", "a b", "ü", "\n", String(repeating: "k", count: 513)] {
      #expect(
        code { () throws(OAuthError) in _ = try ClientKey(pem: pem, keyID: keyID) }
          == .requestInvalid
      )
    }
  }

  @Test("a key shows its name and nothing else")
  func secrecy() throws {
    let key = try ClientKey(pem: Secret(PrivateKeys.p256), keyID: "mine")
    var dumped = ""
    dump(key, to: &dumped)
    #expect(!"\(key) \(String(reflecting: key)) \(dumped)".contains("P256"))
    #expect("\(key)" == "client key mine")
  }
}
