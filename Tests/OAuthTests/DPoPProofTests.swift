// SPDX-License-Identifier: Apache-2.0

import Crypto
import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("DPoP keys and proofs")
struct DPoPProofTests {
  static let now = Date(timeIntervalSince1970: 1_562_262_616.5)
  static let random = [UInt8](0..<16)
  /// 1, 2, 3 … 32.
  static let seed = [UInt8](1...32)

  static func proof(
    nonce: String? = nil,
    access: String? = nil,
    method: HTTPRequest.Method = .post,
    url: String = "https://server.example.com/token"
  ) throws -> Secret {
    let proof = try DPoPProof(
      now: now,
      random: random,
      nonce: nonce,
      accessToken: access.map { Secret($0) }
    )
    let call = try proof.prove(
      HTTPCall(method: method, url: url, headers: [.accept: "x"], body: [7]),
      with: DPoPKey(random: seed)
    )
    #expect(call.url == url)
    #expect(call.headers[.accept] == "x")
    #expect(call.body == [7])
    let field = try #require(HTTPField.Name("DPoP"))
    let values = call.headers[values: field]
    #expect(values.count == 1)
    return Secret(values.first ?? "")
  }

  @Test("header and signature: typ, algorithm, the public key and nothing private")
  func header() throws {
    let (header, _, input, signature) = try ClientAssertionTests.parts(try Self.proof())
    let key = try P256.Signing.PrivateKey(rawRepresentation: Self.seed).publicKey
    let point = Array(key.x963Representation)
    #expect(
      header == #"{"alg":"ES256","jwk":{"crv":"P-256","kty":"EC","#
        + #""x":"\#(Forge.base64url(point[1..<33]))","y":"\#(Forge.base64url(point[33...]))"},"#
        + #""typ":"dpop+jwt"}"#
    )
    #expect(
      key.isValidSignature(
        try .init(rawRepresentation: signature),
        for: SHA256.hash(data: input)
      )
    )
  }

  @Test(
    "claims, exactly",
    arguments: [
      (
        nil, nil, .post, "https://server.example.com/token",
        #"{"htm":"POST","htu":"https://server.example.com/token","iat":1562262616,"#
      ),
      (
        nil, nil, .get, "https://resource.example.org/p?a=1#f",
        #"{"htm":"GET","htu":"https://resource.example.org/p","iat":1562262616,"#
      ),
      (
        nil, nil, .get, "https://resource.example.org/p#f?a",
        #"{"htm":"GET","htu":"https://resource.example.org/p","iat":1562262616,"#
      ),
      (
        "eyJ7S", nil, .post, "https://s/", #"{"htm":"POST","htu":"https://s/","iat":1562262616,"#
      ),
      // The access token and its hash are those of RFC 9449 section 7.1.
      (
        nil, "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU", .get, "https://s/",
        #"{"ath":"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo","htm":"GET","htu":"https://s/","iat":1562262616,"#
      ),
    ] as [(String?, String?, HTTPRequest.Method, String, String)]
  )
  func claims(
    nonce: String?,
    access: String?,
    method: HTTPRequest.Method,
    url: String,
    begins: String
  ) throws {
    let proof = try Self.proof(nonce: nonce, access: access, method: method, url: url)
    let tail =
      #""jti":"AAECAwQFBgcICQoLDA0ODw""# + (nonce.map { #","nonce":"\#($0)""# } ?? "") + "}"
    #expect(try ClientAssertionTests.parts(proof).1 == begins + tail)
  }

  @Test("a proof takes the place of an earlier one")
  func replaces() throws {
    let key = try DPoPKey(random: Self.seed)
    let proof = try DPoPProof(now: Self.now, random: Self.random)
    let field = try #require(HTTPField.Name("dpop"))
    let once = try proof.prove(HTTPCall(method: .post, url: "https://s/"), with: key)
    let twice = try proof.prove(once, with: key)
    #expect(twice.headers[values: field].count == 1)
  }

  @Test("the key of a session comes back as it was, and shows nothing of itself")
  func storage() throws {
    let key = try DPoPKey(random: Self.seed)
    #expect(key.stored == Secret(Forge.base64url(Self.seed)))
    #expect(try DPoPKey(stored: key.stored) == key)
    #expect(try DPoPKey(random: Self.seed.reversed()) != key)
    var dumped = ""
    dump(key, to: &dumped)
    #expect(!"\(key)\(dumped)\(String(reflecting: key))".contains(Forge.base64url(Self.seed)))
    #expect("\(key)" == "DPoP key \(key.thumbprint)")
  }

  @Test("the thumbprint is that of RFC 7638")
  func thumbprint() throws {
    let key = try P256.Signing.PrivateKey(rawRepresentation: Self.seed)
    let pem = try ClientKey(pem: Secret(key.pemRepresentation))
    #expect(try DPoPKey(random: Self.seed).thumbprint == pem.keyID)
  }

  @Test(
    "bytes that are no key",
    arguments: [
      [], [1], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32),
      [UInt8](repeating: 1, count: 31), [UInt8](repeating: 1, count: 33),
    ]
  )
  func noKey(bytes: [UInt8]) {
    #expect(
      code { () throws(OAuthError) in _ = try DPoPKey(random: bytes) } == .requestInvalid
    )
    #expect(
      code { () throws(OAuthError) in
        _ = try DPoPKey(stored: Secret(Forge.base64url(bytes)))
      } == .requestInvalid
    )
    #expect(
      code { () throws(OAuthError) in _ = try DPoPKey(stored: Secret("not base64url!")) }
        == .requestInvalid
    )
  }

  @Test(
    "clocks and random bytes that cannot be right",
    arguments: [(0, 15), (0, 0), (-1, 16), (1e300, 16), (.nan, 16)] as [(Double, Int)]
  )
  func invalid(seconds: Double, bytes: Int) {
    let code = code { () throws(OAuthError) in
      _ = try DPoPProof(
        now: Date(timeIntervalSince1970: seconds),
        random: [UInt8](repeating: 1, count: bytes)
      )
    }
    #expect(code == .requestInvalid)
  }
}
