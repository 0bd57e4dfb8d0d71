// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

@Suite struct KeySetTests {
  private func keys(_ visitor: Visitor) async throws -> [JSONValue] {
    let metadata = try await visitor.web
      .send("\(visitor.lab.issuer)/.well-known/openid-configuration").json()
    let address = try #require(metadata["jwks_uri"]?.string)
    return try #require(try await visitor.web.send(address).json()["keys"]?.array)
  }

  @Test(arguments: [KeySetShape.noKeyID, .severalNoKeyID])
  func `without key ids neither keys nor tokens have one`(shape: KeySetShape) async throws {
    try await Visitor.with({ $0.keySetShape = shape }) { visitor in
      let keys = try await keys(visitor)
      #expect(keys.allSatisfy { $0["kid"] == nil })
      let types = keys.compactMap { $0["kty"]?.string }
      #expect(types.count == (shape == .noKeyID ? 3 : 9))
      #expect(Set(types) == ["RSA", "EC", "OKP"])
      let answer = try await visitor.logIn()
      #expect(try answer.tokenHeader("id_token")["kid"] == nil)
      let token = try answer.member("id_token")
      #expect(try await visitor.api("/version", token: token).status == 200)
    }
  }

  @Test(
    arguments: [
      (KeySetShape.full, "RS256"), (.noAlgorithm, nil), (.wrongAlgorithm, "RS384"),
    ] as [(KeySetShape, String?)]
  )
  func `the algorithm of a key is right, absent or wrong`(shape: KeySetShape, expected: String?)
    async throws
  {
    try await Visitor.with({ $0.keySetShape = shape }) { visitor in
      let header = try await visitor.logIn().tokenHeader("id_token")
      let key = try #require(try await keys(visitor).first { $0["kid"] == header["kid"] })
      #expect(header["alg"]?.string == "RS256")
      #expect(key["alg"]?.string == expected)
    }
  }

  @Test func `rotations at once are one generation each, and lose no key`() async throws {
    try await Visitor.with { visitor in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...8 {
          group.addTask { try await visitor.lab.rotateKeys() }
          if number == 4 {
            group.addTask { _ = try await visitor.admin("algorithm", #"{"algorithm":"ES384"}"#) }
          }
        }
        try await group.waitForAll()
      }
      let names = try await keys(visitor).compactMap { $0["kid"]?.string }
      #expect(Set(names).count == names.count)
      for generation in 1...9 {
        for algorithm in ["rs256", "es256", "eddsa"] {
          #expect(names.contains { $0.hasPrefix("\(algorithm)-\(generation)-") })
        }
      }
      let login = try await visitor.logIn()
      let name = try #require(try login.tokenHeader("id_token")["kid"]?.string)
      #expect(name.hasPrefix("es384-9-"))
      #expect(names.contains(name))
      #expect(
        try await visitor.api("/version", token: try login.member("id_token")).status == 200
      )
    }
  }

  @Test func `no two labs name a key alike`() async throws {
    var names: [String] = []
    for _ in 1...2 {
      try await Visitor.with { visitor in
        names += try await keys(visitor).compactMap { $0["kid"]?.string }
      }
    }
    #expect(names.count == 6)
    #expect(Set(names).count == 6)
  }

  @Test func `a key set at an address of its own`() async throws {
    try await Visitor.with({ $0.randomKeysPath = true }) { visitor in
      let count = try await keys(visitor).count
      #expect(count == 3)
      #expect(try await visitor.web.send("\(visitor.lab.issuer)/keys").status == 404)
      #expect(visitor.lab.log().filter { $0.endpoint == "keys" }.count == 2)
    }
  }

  @Test func `the algorithm changes while the lab runs`() async throws {
    try await Visitor.with { visitor in
      let changed = try await visitor.admin("algorithm", #"{"algorithm":"PS384"}"#)
      #expect(try changed.member("algorithm") == "PS384")
      let keysThen = try await keys(visitor)
      #expect(keysThen.count == 4)
      let answer = try await visitor.logIn()
      #expect(try answer.tokenHeader("id_token")["alg"]?.string == "PS384")
      let token = try answer.member("id_token")
      #expect(try await visitor.api("/version", token: token).status == 200)
      try await visitor.lab.rotateKeys(keepingOld: false)
      let keysNow = try await keys(visitor)
      #expect(keysNow.count == 4)
      #expect(try await visitor.api("/version", token: token).status == 401)
      #expect(try await visitor.admin("algorithm", #"{"algorithm":"none"}"#).status == 400)
    }
  }
}
