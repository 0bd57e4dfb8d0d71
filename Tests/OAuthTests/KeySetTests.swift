// SPDX-License-Identifier: Apache-2.0

import Crypto
import HTTPTypes
import OAuth
import Testing

@Suite("JWK sets")
struct KeySetTests {
  /// One key beside a good one, and whether it counts.
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let isUsed: Bool
    let key: @Sendable () throws -> String

    init(_ name: String, _ isUsed: Bool, _ key: @escaping @Sendable () throws -> String) {
      testDescription = name
      self.isUsed = isUsed
      self.key = key
    }
  }

  static func rsa(_ modulus: [UInt8], _ exponent: [UInt8] = [1, 0, 1]) -> String {
    Forge.key(
      [
        "kty": "\"RSA\"", "n": "\"\(Forge.base64url(modulus))\"",
        "e": "\"\(Forge.base64url(exponent))\"",
      ],
      "x",
      [:]
    )
  }

  static func modulus(bits: Int, last: UInt8 = 0xC5) -> [UInt8] {
    var bytes = [UInt8](repeating: 0x5A, count: (bits + 7) / 8)
    bytes[0] = bits % 8 == 0 ? 0x80 : 1 << UInt8(bits % 8 - 1)
    bytes[bytes.count - 1] = last
    return bytes
  }

  static let rows = [
    Row("RSA", true) { try Forge.rsaKey("x") },
    Row("RSA for signatures", true) { try Forge.rsaKey("x", more: ["use": "\"sig\""]) },
    Row("RSA for encryption", false) { try Forge.rsaKey("x", more: ["use": "\"enc\""]) },
    Row("RSA, use is a number", false) { try Forge.rsaKey("x", more: ["use": "1"]) },
    Row("RSA to verify", true) { try Forge.rsaKey("x", more: ["key_ops": "[\"verify\"]"]) },
    Row("RSA to wrap", false) { try Forge.rsaKey("x", more: ["key_ops": "[\"wrapKey\"]"]) },
    Row("RSA, alg RS256", true) { try Forge.rsaKey("x", more: ["alg": "\"RS256\""]) },
    Row("RSA, alg RS512", true) { try Forge.rsaKey("x", more: ["alg": "\"RS512\""]) },
    Row("RSA, alg PS256", true) { try Forge.rsaKey("x", more: ["alg": "\"PS256\""]) },
    Row("RSA, alg RSA-OAEP", false) { try Forge.rsaKey("x", more: ["alg": "\"RSA-OAEP\""]) },
    Row("RSA, alg none", false) { try Forge.rsaKey("x", more: ["alg": "\"none\""]) },
    Row("RSA, alg a number", false) { try Forge.rsaKey("x", more: ["alg": "256"]) },
    Row("RSA, alg ES256", false) { try Forge.rsaKey("x", more: ["alg": "\"ES256\""]) },
    Row("RSA, alg HS256", false) { try Forge.rsaKey("x", more: ["alg": "\"HS256\""]) },
    Row("RSA of 2048 bits", true) { rsa(modulus(bits: 2048)) },
    Row("RSA of 2047 bits", false) { rsa(modulus(bits: 2047)) },
    Row("RSA with a sign byte", true) { rsa([0] + modulus(bits: 2048)) },
    Row("RSA of 8192 bits", true) { rsa(modulus(bits: 8192)) },
    Row("RSA of 8193 bits", false) { rsa(modulus(bits: 8193)) },
    Row("RSA, even modulus", false) { rsa(modulus(bits: 2048, last: 0xC4)) },
    Row("RSA, e 3", true) { rsa(modulus(bits: 2048), [3]) },
    Row("RSA, e 1", false) { rsa(modulus(bits: 2048), [1]) },
    Row("RSA, e even", false) { rsa(modulus(bits: 2048), [1, 0]) },
    Row("RSA, e empty", false) { rsa(modulus(bits: 2048), []) },
    Row("RSA, n padded", false) { try Forge.rsaKey("x", more: ["n": "\"AAA=\""]) },
    Row("P-256", true) { try Forge.p256Key("x") },
    Row("P-256, kid a number", false) { try Forge.p256Key(nil, more: ["kid": "1"]) },
    Row("P-256, no kid", true) { try Forge.p256Key(nil) },
    Row("P-256, long kid", false) { try Forge.p256Key(String(repeating: "k", count: 513)) },
    Row("P-256, kid of 512", true) { try Forge.p256Key(String(repeating: "k", count: 512)) },
    Row("secp256k1", false) { try Forge.p256Key("x", more: ["crv": "\"secp256k1\""]) },
    Row("P-384", true) { try Forge.p384Key("x") },
    Row("P-521", true) { try Forge.p521Key("x") },
    Row("P-384, alg ES384", true) { try Forge.p384Key("x", more: ["alg": "\"ES384\""]) },
    Row("P-384, alg ES256", false) { try Forge.p384Key("x", more: ["alg": "\"ES256\""]) },
    Row("P-384 with a point of P-256", false) {
      try Forge.p256Key("x", more: ["crv": "\"P-384\""])
    },
    Row("P-256 with a point of P-384", false) {
      try Forge.p384Key("x", more: ["crv": "\"P-256\""])
    },
    Row("P-384, not on the curve", false) {
      try Forge.p384Key(
        "x",
        more: ["y": "\"\(Forge.base64url([UInt8](repeating: 7, count: 48)))\""]
      )
    },
    Row("P-521, not on the curve", false) {
      try Forge.p521Key(
        "x",
        more: ["y": "\"\(Forge.base64url([0] + [UInt8](repeating: 7, count: 65)))\""]
      )
    },
    Row("P-256, not on the curve", false) {
      try Forge.p256Key(
        "x",
        more: ["y": "\"\(Forge.base64url([UInt8](repeating: 7, count: 32)))\""]
      )
    },
    Row("P-256, y missing", false) { try Forge.p256Key("x", more: ["y": "null"]) },
    Row("P-256, y of 33 bytes", false) {
      try Forge.p256Key(
        "x",
        more: ["y": "\"\(Forge.base64url([UInt8](repeating: 7, count: 33)))\""]
      )
    },
    Row("Ed25519", true) { try Forge.ed25519Key("x") },
    Row("Ed448", false) { try Forge.ed25519Key("x", more: ["crv": "\"Ed448\""]) },
    Row("X25519", false) { try Forge.ed25519Key("x", more: ["crv": "\"X25519\""]) },
    Row("Ed25519 of order 1", false) {
      try Forge.ed25519Key(
        "x",
        more: ["x": "\"\(Forge.base64url([1] + [UInt8](repeating: 0, count: 31)))\""]
      )
    },
    Row("Ed25519 of 31 bytes", false) {
      try Forge.ed25519Key(
        "x",
        more: ["x": "\"\(Forge.base64url([UInt8](repeating: 9, count: 31)))\""]
      )
    },
    Row("symmetric", false) { #"{"kty":"oct","k":"AAAA","kid":"x"}"# },
    Row("unknown kind", false) { #"{"kty":"FUTURE","kid":"x"}"# },
    Row("no kind", false) { #"{"kid":"x"}"# },
    Row("not an object", false) { "17" },
  ]

  @Test("a key that is not understood is skipped, and the others stay", arguments: rows)
  func skipping(row: Row) throws {
    let set = try KeySet(parsing: Forge.set([try row.key(), try Forge.ed25519Key("good")]))
    #expect(set.count == (row.isUsed ? 2 : 1))
    #expect(set.skipped.count == (row.isUsed ? 0 : 1))
  }

  /// Points of order 1, 2, 4 and 8 in every encoding of their y: those below p, and p and p + 1, which mean 0 and 1.
  static let smallOrder = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ]

  @Test("Ed25519: no key of small order, with either sign", arguments: smallOrder, [0, 0x80])
  func smallOrders(hex: String, sign: UInt8) throws {
    let digits = Array(hex)
    var point = try stride(from: 0, to: digits.count, by: 2).map {
      try #require(UInt8(String(digits[$0...($0 + 1)]), radix: 16))
    }
    #expect(point.count == 32)
    point[31] |= sign
    let key = try Forge.ed25519Key("x", more: ["x": "\"\(Forge.base64url(point))\""])
    #expect(try KeySet(parsing: Forge.set([key])).count == 0)
  }

  @Test(
    "documents that are refused",
    arguments: [
      "", "<html></html>", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}",
      "{\"keys\":[]}x",
    ]
  )
  func documents(text: String) {
    #expect(
      code { () throws(OAuthError) in _ = try KeySet(parsing: Array(text.utf8)) } == .keysInvalid
    )
  }

  @Test("100 keys are accepted, 101 and 10 000 are not; 256 KiB are, one byte more is not")
  func limits() throws {
    func parse(_ document: [UInt8]) -> OAuthError.Code? {
      code { () throws(OAuthError) in _ = try KeySet(parsing: document) }
    }
    #expect(parse(Forge.set(Array(repeating: "{}", count: 100))) == nil)
    #expect(parse(Forge.set(Array(repeating: "{}", count: 101))) == .keysInvalid)
    #expect(parse(Forge.set(Array(repeating: "{}", count: 10_000))) == .keysInvalid)
    let small = Forge.set([])
    let padding = [UInt8](repeating: 0x20, count: 256 * 1024 - small.count)
    #expect(parse(small + padding) == nil)
    #expect(parse(small + padding + [0x20]) == .keysInvalid)
  }

  @Test("fetching gives the document too, and asks with GET for JSON")
  func fetching() async throws {
    let document = Forge.set([try Forge.p256Key()])
    let endpoint = try Endpoint(
      "https://issuer.test/keys",
      named: "jwks_uri",
      of: Issuer(Forge.issuer)
    )
    let found = try await KeySet.fetch(from: endpoint, now: CachedDocumentTests.now) {
      call in
      #expect(call.method == .get)
      #expect(call.url == "https://issuer.test/keys")
      #expect(call.headers[.accept] == "application/json")
      return HTTPAnswer(status: 200, body: document)
    }
    #expect(found.document.bytes == document)
    #expect(found.keys.count == 1)
  }
}
