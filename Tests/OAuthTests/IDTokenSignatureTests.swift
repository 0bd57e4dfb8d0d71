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

@Suite("ID tokens: form, header and signature")
struct IDTokenSignatureTests {
  static let payload = Forge.object(Forge.claims())

  @Test("each algorithm passes", arguments: Forge.Signer.allCases)
  func passes(signer: Forge.Signer) throws {
    let verdict = IDTokenVerdict.judge(
      try Forge.token(signer: signer),
      against: try Forge.expectation(),
      keys: try Forge.keySet()
    )
    guard case .passed(let claims) = verdict else {
      Issue.record("\(verdict.faults)")
      return
    }
    #expect(claims.subject == "alice")
    #expect(claims.issuer == Forge.issuer)
    #expect(claims.exp - claims.iat == 600)
    #expect(!verdict.wantsFreshKeys)
  }

  /// U+212A KELVIN SIGN is the same text as K for Swift.
  @Test("a key is named byte for byte", arguments: [("K", true), ("\u{212A}", false)])
  func equivalentKeyID(name: String, passes: Bool) throws {
    let keys = try KeySet(parsing: Forge.set([try Forge.p256Key("K")]))
    let token = try Forge.token(
      header: #"{"alg":"ES256","kid":"\#(name)"}"#,
      payload: Self.payload,
      signer: .p256
    )
    let verdict = IDTokenVerdict.judge(token, against: try Forge.expectation(), keys: keys)
    #expect(verdict.faults == (passes ? [] : [.unknownKey(id: name)]))
  }

  @Test("a set without a usable key says why")
  func nothingUsable() throws {
    for (keys, why) in [
      ([], nil), ([#"{"kty":"oct","k":"AAAA","kid":"x"}"#], "key \"x\": "),
    ] as [([String], String?)] {
      let verdict = IDTokenVerdict.judge(
        try Forge.token(),
        against: try Forge.expectation(),
        keys: try KeySet(parsing: Forge.set(keys))
      )
      #expect(verdict.wantsFreshKeys)
      let words = verdict.faults.map(\.description)
      #expect(words.count == 1)
      let start = "the issuer has no signing key that can be used" + (why.map { " (\($0)" } ?? "")
      #expect(words.first?.hasPrefix(start) == true, "\(words)")
    }
  }

  @Test("somebody else's key with the same kid does not pass", arguments: Forge.Signer.allCases)
  func otherKey(signer: Forge.Signer) throws {
    let token = try Forge.token(signer: signer, keys: Forge.foreign)
    #expect(try Forge.faults(token) == [.signatureInvalid])
  }

  @Test("one changed bit, every byte changed, nothing at all", arguments: Forge.Signer.allCases)
  func mutations(signer: Forge.Signer) throws {
    let input = "\(Forge.base64url(Forge.header(signer))).\(Forge.base64url(Self.payload))"
    let right = try Forge.signature(signer, input)
    var flipped = right
    flipped[right.count - 1] ^= 1
    let wrong = [flipped, right.map { $0 ^ 0x5A }, [], [0], right + [0], Array(right.dropLast())]
    for signature in wrong {
      let token = Secret("\(input).\(Forge.base64url(signature))")
      #expect(try Forge.faults(token) == [.signatureInvalid])
    }
    #expect(try Forge.faults(Secret("\(input).\(Forge.base64url(right))")) == [])
  }

  @Test(
    "ECDSA: DER, zeros, and r or s alone as zero are refused",
    arguments: [Forge.Signer.p256, .p384, .p521]
  )
  func ellipticTraps(signer: Forge.Signer) throws {
    let input = "\(Forge.base64url(Forge.header(signer))).\(Forge.base64url(Self.payload))"
    let right = try Forge.signature(signer, input)
    let half = right.count / 2
    let zeros = [UInt8](repeating: 0, count: half)
    let ones = [UInt8](repeating: 0xFF, count: half)
    let der =
      switch signer {
      case .p256: try P256.Signing.ECDSASignature(rawRepresentation: right).derRepresentation
      case .p384: try P384.Signing.ECDSASignature(rawRepresentation: right).derRepresentation
      default: try P521.Signing.ECDSASignature(rawRepresentation: right).derRepresentation
      }
    let wrong = [
      Array(der), zeros + zeros, zeros + Array(right[half...]), Array(right[..<half]) + zeros,
      ones + ones,
    ]
    for signature in wrong {
      let token = Secret("\(input).\(Forge.base64url(signature))")
      #expect(try Forge.faults(token) == [.signatureInvalid])
    }
    #expect(try Forge.faults(Secret("\(input).\(Forge.base64url(right))")) == [])
  }

  @Test("one RSA key: a signature counts for its own algorithm only", arguments: Forge.Signer.rsas)
  func rsaFamilies(signer: Forge.Signer) throws {
    for claimed in Forge.Signer.rsas {
      let token = try Forge.token(
        header: Forge.header(claimed),
        payload: Self.payload,
        signer: signer
      )
      #expect(try Forge.faults(token) == (claimed == signer ? [] : [.signatureInvalid]))
    }
  }

  @Test(
    "a key that names its algorithm is for that one alone",
    arguments: Forge.Signer.rsas,
    Forge.Signer.rsas
  )
  func namedAlgorithm(signer: Forge.Signer, named: Forge.Signer) throws {
    let keys = Forge.set([try Forge.rsaKey(more: ["alg": "\"\(named.rawValue)\""])])
    let verdict = IDTokenVerdict.judge(
      try Forge.token(signer: signer),
      against: try Forge.expectation(),
      keys: try KeySet(parsing: keys)
    )
    let expected: [IDTokenFault] =
      signer == named ? [] : [.algorithmMismatch(signer.rawValue)]
    #expect(verdict.faults == expected)
  }

  @Test(
    "what the issuer announces to sign with",
    arguments: [
      ([], true), (["ES256"], true), (["RS256", "ES256"], true), (["RS256"], false),
      (["es256"], false), (["HS256", "none"], false),
    ] as [([String], Bool)]
  )
  func announced(algorithms: [String], passes: Bool) throws {
    var expectation = try Forge.expectation()
    expectation.algorithms = algorithms
    #expect(
      try Forge.faults(try Forge.token(), expectation)
        == (passes ? [] : [.algorithmNotAnnounced("ES256")])
    )
  }

  @Test("HS256 with the RSA public key as its secret is refused")
  func hmacConfusion() throws {
    let input = [#"{"alg":"HS256","kid":"RS256-1"}"#, Self.payload].map { Forge.base64url($0) }
      .joined(separator: ".")
    let key = try Forge.keys.get().rsa.publicKey
    for secret in [Array(key.pemRepresentation.utf8), Array(key.derRepresentation)] {
      let mac = HMAC<SHA256>.authenticationCode(
        for: Array(input.utf8),
        using: SymmetricKey(data: secret)
      )
      let token = Secret("\(input).\(Forge.base64url(Array(mac)))")
      #expect(try Forge.faults(token) == [.algorithmRefused("HS256")])
    }
  }

  @Test(
    "headers, each signed with the issuer's P-256 key",
    arguments: [
      (#"{"alg":"ES256","kid":"ES256-1"}"#, []),
      (#"{"alg":"ES256","kid":"ES256-1","typ":"jwt"}"#, []),
      (#"{"alg":"ES256","kid":"ES256-1","typ":"application/JWT"}"#, []),
      (#"{"alg":"ES256","kid":"ES256-1","typ":"at+jwt"}"#, [.headerRefused("typ")]),
      (#"{"alg":"ES256","kid":"ES256-1","typ":"logout+jwt"}"#, [.headerRefused("typ")]),
      (#"{"alg":"ES256","kid":"ES256-1","typ":1}"#, [.headerRefused("typ")]),
      (#"{"alg":"ES256"}"#, []),
      (#"{"alg":"ES256","kid":"other"}"#, [.unknownKey(id: "other")]),
      (#"{"alg":"ES256","kid":"es256-1"}"#, [.unknownKey(id: "es256-1")]),
      (#"{"alg":"ES256","kid":7}"#, [.headerRefused("kid")]),
      (#"{"alg":"RS256","kid":"ES256-1"}"#, [.algorithmMismatch("RS256")]),
      (#"{"alg":"ES256","kid":"RS256-1"}"#, [.algorithmMismatch("ES256")]),
      (#"{"alg":"EdDSA","kid":"ES256-1"}"#, [.algorithmMismatch("EdDSA")]),
      (#"{"alg":"none","kid":"ES256-1"}"#, [.algorithmRefused("none")]),
      (#"{"alg":"None"}"#, [.algorithmRefused("None")]),
      (#"{"alg":"es256","kid":"ES256-1"}"#, [.algorithmRefused("es256")]),
      (#"{"alg":"ES384","kid":"ES256-1"}"#, [.algorithmMismatch("ES384")]),
      (#"{"alg":"ES512","kid":"ES384-1"}"#, [.algorithmMismatch("ES512")]),
      (#"{"alg":"RS512","kid":"ES512-1"}"#, [.algorithmMismatch("RS512")]),
      (#"{"alg":"PS256","kid":"RS256-1"}"#, [.signatureInvalid]),
      (#"{"alg":"HS384","kid":"RS256-1"}"#, [.algorithmRefused("HS384")]),
      (#"{"alg":"HS512","kid":"RS256-1"}"#, [.algorithmRefused("HS512")]),
      (#"{"alg":"ES256K","kid":"ES256-1"}"#, [.algorithmRefused("ES256K")]),
      (#"{"alg":"RS1","kid":"RS256-1"}"#, [.algorithmRefused("RS1")]),
      (#"{"alg":"","kid":"ES256-1"}"#, [.algorithmRefused("")]),
      (#"{"kid":"ES256-1"}"#, [.malformed("its header has no alg")]),
      (#"{"alg":["ES256"],"kid":"ES256-1"}"#, [.malformed("its header has no alg")]),
      (#"{"alg":"ES256","kid":"ES256-1","crit":["exp"]}"#, [.headerRefused("crit")]),
      (#"{"alg":"ES256","kid":"ES256-1","crit":[]}"#, [.headerRefused("crit")]),
      (#"{"alg":"ES256","kid":"ES256-1","b64":true}"#, [.headerRefused("b64")]),
      (#"{"alg":"ES256","kid":"ES256-1","zip":"DEF"}"#, [.headerRefused("zip")]),
      (#"{"alg":"ES256","kid":"ES256-1","enc":"A128GCM"}"#, [.headerRefused("enc")]),
      (
        #"{"alg":"ES256","kid":"ES256-1","jku":"https://evil.test","jwk":{},"x5c":[],"x5u":""}"#, []
      ),
      (
        #"{"alg":"ES256","alg":"none"}"#,
        [.malformed("its header is not JSON: a member appears twice")]
      ),
      (#"["ES256"]"#, [.malformed("its header is not an object")]),
    ] as [(String, [IDTokenFault])]
  )
  func headers(header: String, expected: [IDTokenFault]) throws {
    #expect(try Forge.faults(try Forge.token(header: header, payload: Self.payload)) == expected)
  }

  @Test("a key in the token's own header is not used")
  func embeddedKey() throws {
    let header = #"{"alg":"ES256","kid":"ES256-1","jwk":\#(try Forge.p256Key(of: Forge.foreign))}"#
    let token = try Forge.token(header: header, payload: Self.payload, keys: Forge.foreign)
    #expect(try Forge.faults(token) == [.signatureInvalid])
  }

  @Test("a kid of 512 bytes is looked up, a longer one is refused")
  func longKeyID() throws {
    for (length, isRefused) in [(512, false), (513, true), (60_000 / 2, true)] {
      let header = #"{"alg":"ES256","kid":"\#(String(repeating: "k", count: length))"}"#
      let faults = try Forge.faults(try Forge.token(header: header, payload: Self.payload))
      #expect(faults.contains(.headerRefused("kid")) == isRefused)
      #expect(!faults.isEmpty)
    }
  }

  @Test("without kid: exactly one key of the algorithm, else refused; an unknown kid asks for keys")
  func choosing() throws {
    let token = try Forge.token(header: #"{"alg":"ES256"}"#, payload: Self.payload)
    let rows: [([String], [IDTokenFault], Bool)] = [
      ([try Forge.p256Key(nil), try Forge.rsaKey(nil)], [], false),
      (
        [try Forge.p256Key("a"), try Forge.p256Key("b", of: Forge.foreign)], [.ambiguousKey(2)],
        false
      ),
      ([try Forge.rsaKey(nil)], [.unknownKey(id: nil)], true),
    ]
    for (keys, faults, wantsKeys) in rows {
      let verdict = IDTokenVerdict.judge(
        token,
        against: try Forge.expectation(),
        keys: try KeySet(parsing: Forge.set(keys))
      )
      #expect(verdict.faults == faults)
      #expect(verdict.wantsFreshKeys == wantsKeys)
    }
    let named = IDTokenVerdict.judge(
      try Forge.token(),
      against: try Forge.expectation(),
      keys: try KeySet(parsing: Forge.set([try Forge.p256Key("another")]))
    )
    #expect(named.faults == [.unknownKey(id: "ES256-1")])
    #expect(named.wantsFreshKeys)
  }

  @Test("two keys of one kid: the one that fits counts")
  func sharedKeyID() throws {
    let keys = try KeySet(
      parsing: Forge.set([
        try Forge.p256Key("ES256-1", of: Forge.foreign), try Forge.rsaKey("ES256-1"),
        try Forge.p256Key("ES256-1"),
      ])
    )
    let verdict = IDTokenVerdict.judge(
      try Forge.token(),
      against: try Forge.expectation(),
      keys: keys
    )
    #expect(verdict.faults == [])
  }

  @Test("what is not three parts of base64url is refused before anything is decoded")
  func form() throws {
    let good = try Forge.token().expose()
    let parts = good.split(separator: ".").map(String.init)
    let rows: [(String, IDTokenFault)] = [
      ("", .malformed("it has 1 parts where a JWT has three")),
      ("opaque", .malformed("it has 1 parts where a JWT has three")),
      (parts[0] + "." + parts[1], .malformed("it has 2 parts where a JWT has three")),
      (good + ".x.y", .malformed("it is encrypted (five parts), which is not supported")),
      (good + "=", .malformed("it is not base64url")),
      (good + "\n", .malformed("it is not base64url")),
      (" " + good, .malformed("it is not base64url")),
      (
        String(repeating: ".", count: 60_000),
        .malformed("it has 60001 parts where a JWT has three")
      ),
      (String(repeating: ".", count: 1_000_000), .malformed("it has more than 65536 bytes")),
      ("a.b." + String(repeating: "A", count: 2 << 20), .malformed("it has more than 65536 bytes")),
      (
        #"{"payload":"e30","header":{"alg":"none"}}"#,
        .malformed("it has 1 parts where a JWT has three")
      ),
    ]
    for (text, fault) in rows { #expect(try Forge.faults(Secret(text)) == [fault]) }
    #expect(try Forge.faults(Secret(good)) == [])
  }

  @Test(
    "payloads that are not one object",
    arguments: [
      "[]", "[{\"iss\":1}]", "null", "\"text\"", "17", "", "{}{}", #"{"iss":"a","iss":"b"}"#,
    ]
  )
  func payloads(payload: String) throws {
    let faults = try Forge.faults(try Forge.token(header: Forge.header(.p256), payload: payload))
    #expect(faults.count == 1)
    #expect(faults.first?.description.hasPrefix("its payload is not") == true)
  }
}
