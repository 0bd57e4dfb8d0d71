// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Host
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct WebTLSTests {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

  private func get(_ client: WebClient, port: Int, host: String = "localhost")
    async throws(WebFailure) -> WebAnswer
  {
    try await client.send(
      method: .get,
      url: "https://\(host):\(port)/",
      headers: [:],
      body: []
    )
  }

  /// What a failing handshake says, and how many requests got through.
  private func refusal(
    chain: String,
    key: String,
    trusting authorities: [String],
    host: String = "localhost"
  ) async throws -> String {
    let server = try await ScriptedServer.start(.answer(Self.ok), tls: (chain, key))
    let client = WebClient(additionalAuthorities: authorities.map { Array($0.utf8) })
    var reason: String?
    do {
      _ = try await get(client, port: server.port, host: host)
    } catch {
      reason = error.description
      #expect(error == .tls(error.description))
    }
    #expect(server.requests.isEmpty)
    await client.shutdown()
    await server.stop()
    return try #require(reason)
  }

  @Test(arguments: ["localhost", "127.0.0.1"])
  func anAdditionalAuthorityIsTrusted(_ host: String) async throws {
    let server = try await ScriptedServer.start(
      .answer(Self.ok),
      tls: (TestCertificates.good, TestCertificates.goodKey)
    )
    let client = WebClient(additionalAuthorities: [Array(TestCertificates.authority.utf8)])
    for _ in 0..<2 {
      #expect(try await get(client, port: server.port, host: host).body == Array("hi".utf8))
    }
    await client.shutdown()
    await server.stop()
  }

  @Test func anUnknownAuthorityIsNamed() async throws {
    let reason = try await refusal(
      chain: TestCertificates.good,
      key: TestCertificates.goodKey,
      trusting: []
    )
    #expect(reason.contains("the certificate of localhost:"))
    #expect(reason.contains("(\"good server\", valid until 2120-01-01T00:00:00Z)"))
    #expect(reason.contains("issued by \"Lanyard Test Authority\", for which no trusted"))
  }

  @Test func anExpiredCertificateSaysSince() async throws {
    let reason = try await refusal(
      chain: TestCertificates.expired,
      key: TestCertificates.expiredKey,
      trusting: [TestCertificates.authority]
    )
    #expect(reason.contains("expired at 2021-01-01T00:00:00Z"))
    #expect(reason.contains("(\"expired server\", issued by \"Lanyard Test Authority\")"))
  }

  @Test func aCertificateOfTheFutureSaysWhenAndBlamesNoAuthority() async throws {
    let reason = try await refusal(
      chain: TestCertificates.future,
      key: TestCertificates.futureKey,
      trusting: [TestCertificates.future]
    )
    #expect(reason.contains("is not valid before 2100-01-01T00:00:00Z; this clock says 2"))
    #expect(!reason.contains("authorit"))
  }

  @Test func anExpiredAuthorityInTheChainIsNamed() {
    let leaf = TLSDiagnosis.Facts(names: nil, alternatives: [], notBefore: 100, notAfter: 300)
    var middle = leaf
    middle.notAfter = 150
    let sentence = TLSDiagnosis.sentence(
      [leaf, middle],
      failure: .untrusted,
      host: "idp",
      now: .init(timeIntervalSince1970: 200)
    )
    #expect(
      sentence == "an authority's certificate that idp presents expired at 1970-01-01T00:02:30Z"
    )
  }

  @Test func anotherHostsCertificateSaysWhose() async throws {
    let reason = try await refusal(
      chain: TestCertificates.other,
      key: TestCertificates.otherKey,
      trusting: [TestCertificates.authority]
    )
    #expect(reason.contains("is for idp.example, login.example only (\"other server\", issued by"))
  }

  @Test func aSelfSignedCertificateSaysSo() throws {
    var facts = TLSDiagnosis.Facts(names: nil, alternatives: [], notBefore: 100, notAfter: 200)
    func sentence(_ failure: TLSDiagnosis.Failure, at time: Double) -> String {
      TLSDiagnosis.sentence(
        [facts],
        failure: failure,
        host: "idp",
        now: .init(timeIntervalSince1970: time)
      )
    }
    #expect(sentence(.untrusted, at: 150) == "the certificate of idp is not trusted")
    #expect(sentence(.untrusted, at: 201).contains("expired at 1970-01-01T00:03:20Z"))
    #expect(sentence(.untrusted, at: 99).contains("not valid before 1970-01-01T00:01:40Z"))
    #expect(sentence(.hostname, at: 150) == "the certificate of idp is for no host only")
    facts.names = CertificateNames(der: selfIssued)
    #expect(sentence(.untrusted, at: 150).contains("signed by itself (\"me\", valid until"))
  }

  @Test(
    arguments: [
      [], [0x30], [0x30, 0x82], [0x30, 0x84, 0, 0, 0, 1], [0x30, 0x05, 0x30],
      [0x30, 0x02, 0x30, 0x00], [0x30, 0x04, 0x30, 0x02, 0xa0, 0x00],
    ] as [[UInt8]]
  )
  func malformedCertificatesHaveNoNames(_ der: [UInt8]) {
    #expect(CertificateNames(der: der) == nil)
  }

  @Test func aPlainServerIsNotCalledATLSOne() async throws {
    let server = try await ScriptedServer.start(.stall("HTTP/1.1 400 Bad Request\r\n\r\n"))
    // A server without TLS answers only what looks like the end of a request, so it is the deadline that speaks here.
    let client = WebClient(timeout: 0.5)
    await #expect {
      try await get(client, port: server.port)
    } throws: { error in
      switch error as? WebFailure {
      case .notSent, .tls: true
      default: false
      }
    }
    await server.stop()
  }

  @Test func somethingElseThanCertificatesIsRefused() async throws {
    let client = WebClient(additionalAuthorities: [Array("not a certificate".utf8)])
    await #expect {
      try await get(client, port: 1)
    } throws: { error in
      guard case .tls(let reason) = error as? WebFailure else { return false }
      return reason.contains("not certificates in PEM")
    }
  }

  /// The skeleton of a certificate whose issuer and subject are both `CN=me`.
  private var selfIssued: [UInt8] {
    func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
      [tag, UInt8(content.count)] + content
    }
    let attribute = element(0x30, element(0x06, [0x55, 4, 3]) + element(0x0c, Array("me".utf8)))
    let name = element(0x30, element(0x31, attribute))
    let fields = element(0x02, [1]) + element(0x30, []) + name + element(0x30, []) + name
    return element(0x30, element(0x30, fields))
  }
}
