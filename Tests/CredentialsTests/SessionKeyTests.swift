// SPDX-License-Identifier: Apache-2.0

import Credentials
import SessionStore
import Testing

@Suite struct SessionKeyTests {
  private static func variants() throws -> [(String, CredentialRequest)] {
    [
      ("plain", try Given.request()),
      ("issuer", try Given.request(issuer: "https://issuer.test/realms/two")),
      ("issuer with a slash", try Given.request(issuer: Given.issuer + "/")),
      ("client", try Given.request(clientID: "other")),
      ("scope more", try Given.request(scopes: ["openid", "offline_access", "groups"])),
      ("scope less", try Given.request(scopes: ["openid"])),
      ("scopes joined", try Given.request(scopes: ["openid offline_access"])),
      ("audience", try Given.request(audience: "a")),
      ("empty audience", try Given.request(audience: "")),
      ("account", try Given.request(account: "a")),
      ("empty account", try Given.request(account: "")),
      ("both", try Given.request(audience: "a", account: "a")),
      ("grant", try changed { $0.grant = .password }),
      ("user", try changed { $0.username = "openid" }),
      ("resource", try changed { $0.resources = ["a"] }),
      ("resources", try changed { $0.resources = ["a", "b"] }),
      ("parameter", try changed { $0.parameters = [.init(name: "a", value: "b")] }),
      ("organization", try changed { $0.parameters = [.init(name: "organization", value: "b")] }),
    ]
  }

  private static func changed(_ change: (inout CredentialRequest) -> Void) throws
    -> CredentialRequest
  {
    var request = try Given.request()
    change(&request)
    return request
  }

  @Test func eachInputChangesTheKey() throws {
    var seen: [String: String] = [:]
    for (name, request) in try Self.variants() {
      let key = try request.sessionID.description
      #expect(seen[key] == nil, "\(name) has the key of \(seen[key] ?? "")")
      seen[key] = name
    }
  }

  @Test func keyIsStable() throws {
    #expect(try Given.request().sessionID == Given.request().sessionID)
  }

  /// What decides nothing about who the token speaks for.
  @Test func theRestDoesNotChangeTheKey() throws {
    let key = try Given.request().sessionID
    #expect(try Given.request(scopes: ["offline_access", "openid"]).sessionID == key)
    #expect(try Given.request(scopes: ["openid", "openid", "offline_access"]).sessionID == key)
    #expect(try Given.request(token: .access).sessionID == key)
    #expect(try Given.request(secret: "s").sessionID == key)
    #expect(try Given.request(authorities: "pem").sessionID == key)
    #expect(
      try Self.changed { $0.parameters = [.init(name: "prompt", value: "login")] }.sessionID == key
    )
    #expect(try Self.changed { $0.manner.dpop = .never }.sessionID == key)
  }

  /// Bytes that move from one input to its neighbour.
  @Test func lengthsArePartOfTheKey() throws {
    let pairs: [(CredentialRequest, CredentialRequest)] = [
      (
        try Given.request(issuer: "https://issuer.test/a", clientID: "bc"),
        try Given.request(issuer: "https://issuer.test/ab", clientID: "c")
      ),
      (try Given.request(scopes: ["ab", "c"]), try Given.request(scopes: ["a", "bc"])),
      (try Given.request(scopes: ["a", "b"]), try Given.request(scopes: ["ab"])),
      (
        try Given.request(audience: "ab", account: "c"),
        try Given.request(audience: "a", account: "bc")
      ),
      (try Given.request(audience: "x"), try Given.request(account: "x")),
      (
        try Given.request(scopes: ["account"], account: ""),
        try Given.request(scopes: ["account"])
      ),
    ]
    for (left, right) in pairs { #expect(try left.sessionID != right.sessionID) }
  }

  @Test func loginLockIsPerIssuer() throws {
    #expect(
      try Given.request().loginDigest == Given.request(clientID: "x", account: "y").loginDigest
    )
    #expect(try Given.request().loginDigest != Given.request(issuer: "https://x.test").loginDigest)
  }

  @Test func documentsArePerIssuerAndAuthorities() throws {
    let digest = try Given.request().documentDigest
    #expect(try Given.request(clientID: "x").documentDigest == digest)
    #expect(try Given.request(issuer: "https://x.test").documentDigest != digest)
    #expect(try Given.request(authorities: "pem").documentDigest != digest)
  }

  @Test func authorities() throws {
    #expect(try Given.request().authoritiesDigest.isEmpty)
    #expect(try Given.request(authorities: "a").authoritiesDigest.utf8.count == 64)
    #expect(
      try Given.request(authorities: "a").authoritiesDigest
        != Given.request(authorities: "b").authoritiesDigest
    )
  }
}
