// SPDX-License-Identifier: Apache-2.0

import Crypto
import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// DPoP (RFC 9449).
@Suite struct ProofTests {
  /// A proof with everything right, except for what is changed; null leaves a claim out.
  private func proof(
    _ visitor: Visitor,
    _ key: AssertionKey,
    _ changes: [String: JSONValue] = [:],
    header: [String: JSONValue] = [:]
  ) throws -> [(name: String, value: String)] {
    let usual: [String: JSONValue] = [
      "htm": "POST", "htu": .string("\(visitor.lab.issuer)/token"),
      "jti": .string("\(UInt64.random(in: 0 ... .max))"),
      "iat": .int(Int(Date().timeIntervalSince1970)),
    ]
    let claims = usual.merging(changes) { _, change in change }.filter { $0.value != .null }
    let fields = ["typ": "dpop+jwt", "jwk": key.jwk].merging(header) { _, change in change }
    return [(name: "dpop", value: try key.sign(header: fields, claims: claims))]
  }

  private func exchange(
    _ visitor: Visitor,
    _ proof: [(name: String, value: String)],
    _ changes: [String: String?] = [:]
  )
    async throws -> WebClient.Answer
  {
    let code = try #require(try await visitor.callback(changes)["code"])
    return try await visitor.token(
      [
        ("grant_type", "authorization_code"), ("code", code), ("client_id", "lanyard"),
        ("redirect_uri", Visitor.redirectURI), ("code_verifier", Visitor.verifier),
      ],
      headers: proof
    )
  }

  private func refresh(
    _ visitor: Visitor,
    _ token: String,
    _ proof: [(name: String, value: String)]
  )
    async throws -> WebClient.Answer
  {
    try await visitor.token(
      [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "lanyard")],
      headers: proof
    )
  }

  @Test(arguments: [SigningAlgorithm.es256, .edDSA, .rs256, .ps256])
  func `a public client's refresh token is bound to the key`(algorithm: SigningAlgorithm)
    async throws
  {
    try await Visitor.with({ $0.dpop = .offered }) { visitor in
      let key = try AssertionKey(algorithm)
      let login = try await exchange(visitor, proof(visitor, key))
      #expect(try login.member("token_type") == "DPoP")
      #expect(try login.claims("access_token")["cnf"]?["jkt"]?.string == key.thumbprint)
      let token = try login.member("refresh_token")
      for wrong in [[], try proof(visitor, AssertionKey(.es256))] {
        let refused = try await refresh(visitor, token, wrong)
        #expect(try refused.member("error") == "invalid_dpop_proof")
      }
      #expect(try await refresh(visitor, token, proof(visitor, key)).status == 200)
      #expect(visitor.lab.count(.dpopProof) == 3)
    }
  }

  @Test(
    arguments: [
      ["htm": "GET"], ["htu": "https://elsewhere.example/token"], ["iat": 1_000_000],
      ["jti": .null], ["iat": .null],
    ] as [[String: JSONValue]]
  )
  func `a proof with a flaw is refused`(changes: [String: JSONValue]) async throws {
    try await Visitor.with({ $0.dpop = .offered }) { visitor in
      let key = try AssertionKey(.es256)
      let answer = try await exchange(visitor, proof(visitor, key, changes))
      #expect(answer.status == 400)
      #expect(try answer.member("error") == "invalid_dpop_proof")
    }
  }

  @Test func `a proof works once, and only with its own key and type`() async throws {
    try await Visitor.with({ $0.dpop = .offered }) { visitor in
      let key = try AssertionKey(.es256)
      let other = try AssertionKey(.es256)
      let once = try proof(visitor, key)
      #expect(try await exchange(visitor, once).status == 200)
      for wrong in [
        once, try proof(visitor, key, header: ["jwk": other.jwk]),
        try proof(visitor, key, header: ["typ": "JWT"]), [(name: "dpop", value: "x.y.z")],
      ] {
        let answer = try await exchange(visitor, wrong)
        #expect(try answer.member("error") == "invalid_dpop_proof")
      }
    }
  }

  @Test func `the nonce dance`() async throws {
    try await Visitor.with {
      $0.dpop = .required
      $0.dpopNonce = true
    } _: { visitor in
      let key = try AssertionKey(.es256)
      let first = try await refresh(visitor, "any", proof(visitor, key))
      #expect(first.status == 400)
      #expect(try first.member("error") == "use_dpop_nonce")
      let nonce = try #require(first.header("dpop-nonce"))
      let login = try await exchange(visitor, proof(visitor, key, ["nonce": .string(nonce)]))
      #expect(login.status == 200)
      #expect(login.header("dpop-nonce") == nonce)
      visitor.lab.faults.set(try Fault("new-dpop-nonce"))
      let token = try login.member("refresh_token")
      let again = try await refresh(visitor, token, proof(visitor, key, ["nonce": .string(nonce)]))
      let second = try #require(again.header("dpop-nonce"))
      #expect(second != nonce)
      let proof = try proof(visitor, key, ["nonce": .string(second)])
      #expect(try await refresh(visitor, token, proof).status == 200)
      #expect(visitor.lab.count(.dpopNonce) == 2)
    }
  }

  @Test func `a bound access token needs a proof at userinfo`() async throws {
    try await Visitor.with {
      $0.dpop = .offered
      $0.dpopNonce = true
    } _: { visitor in
      let key = try AssertionKey(.es256)
      let nonce = try #require(
        try await refresh(visitor, "any", proof(visitor, key)).header("dpop-nonce")
      )
      let access = try await exchange(visitor, proof(visitor, key, ["nonce": .string(nonce)]))
        .member("access_token")
      let url = "\(visitor.lab.issuer)/userinfo"
      let target: [String: JSONValue] = ["htm": "GET", "htu": .string(url)]
      let ath: [String: JSONValue] = ["ath": .string(sha256URL(access))]
      let right = target.merging(ath) { $1 }.merging(["nonce": .string(nonce)]) { $1 }
      let dpop = (name: "authorization", value: "DPoP \(access)")
      let asked = try await visitor.web.send(url, headers: [dpop] + proof(visitor, key, target))
      #expect(asked.status == 401)
      #expect(asked.header("www-authenticate") == "DPoP error=\"use_dpop_nonce\"")
      #expect(asked.header("dpop-nonce") == nonce)
      let answer = try await visitor.web.send(url, headers: [dpop] + proof(visitor, key, right))
      #expect(answer.status == 200)
      let bearer = (name: "authorization", value: "Bearer \(access)")
      let withoutHash = right.filter { $0.key != "ath" }
      for wrong in [
        [bearer], [bearer] + (try proof(visitor, key, right)),
        [dpop] + (try proof(visitor, AssertionKey(.es256), right)),
        [dpop] + (try proof(visitor, key, withoutHash)),
      ] { #expect(try await visitor.web.send(url, headers: wrong).status == 401) }
    }
  }

  @Test func `a code is bound to the key that the request named`() async throws {
    try await Visitor.with({ $0.dpop = .offered }) { visitor in
      let key = try AssertionKey(.es256)
      let named = ["dpop_jkt": key.thumbprint]
      #expect(try await exchange(visitor, [], named).status == 400)
      #expect(try await exchange(visitor, proof(visitor, key), named).status == 200)
    }
  }

  @Test(
    arguments: [
      (.off, nil, 200, "Bearer"), (.offered, "refuse-dpop", 400, nil),
      (.required, nil, 200, "DPoP"),
    ] as [(Availability, String?, Int, String?)]
  )
  func `a proof that nobody wants, and one that is refused although announced`(
    availability: Availability,
    fault: String?,
    status: Int,
    type: String?
  ) async throws {
    try await Visitor.with({ $0.dpop = availability }) { visitor in
      if let fault { visitor.lab.faults.set(try Fault(fault)) }
      let answer = try await exchange(visitor, proof(visitor, AssertionKey(.es256)))
      #expect(answer.status == status)
      #expect(try answer.json()["token_type"]?.string == type)
      let without = try await exchange(visitor, [])
      #expect(without.status == (availability == .required ? 400 : 200))
      let url = "\(visitor.lab.issuer)/.well-known/openid-configuration"
      let announced = try await visitor.web.send(url).json()["dpop_signing_alg_values_supported"]
      #expect((announced == nil) == (availability == .off))
    }
  }
}

/// `ath` of an access token (RFC 9449 §4.2).
private func sha256URL(_ text: String) -> String {
  Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
