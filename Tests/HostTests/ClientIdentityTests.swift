// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Host
import Testing

@Suite struct ClientIdentityTests {
  private func get(_ identity: ClientIdentity?, port: Int) async throws(WebFailure) -> WebAnswer {
    let client = WebClient(
      additionalAuthorities: [Array(TestCertificates.authority.utf8)],
      identity: identity
    )
    let url = "https://localhost:\(port)/"
    return try await client.send(method: .get, url: url, headers: [:], body: [])
  }

  private func identity(_ chain: String, _ key: String) -> ClientIdentity {
    ClientIdentity(certificateChain: Array(chain.utf8), privateKey: Array(key.utf8))
  }

  @Test func theServerHearsOnlyWhoHasTheCertificate() async throws {
    let server = try await ScriptedServer.start(
      .answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
      tls: (TestCertificates.good, TestCertificates.goodKey),
      clients: TestCertificates.client
    )
    let robot = identity(TestCertificates.client, TestCertificates.clientKey)
    #expect(try await get(robot, port: server.port).status == .ok)
    let stranger = identity(TestCertificates.good, TestCertificates.goodKey)
    await #expect(throws: WebFailure.self) { try await get(stranger, port: server.port) }
    await #expect(throws: WebFailure.self) { try await get(nil, port: server.port) }
    #expect(server.requests.count == 1)
    await server.stop()
  }

  @Test(
    arguments: [
      ("nonsense", TestCertificates.clientKey, "is not a certificate in PEM"),
      (TestCertificates.client, "nonsense", "is not a private key in PEM"),
      (TestCertificates.client, TestCertificates.goodKey, "do not belong together"),
    ]
  )
  func whatCannotBeUsedIsSaidBeforeAnythingIsSent(_ chain: String, _ key: String, _ words: String)
    async throws
  {
    await #expect {
      try await get(identity(chain, key), port: 1)
    } throws: { error in
      guard case .tls(let reason) = error as? WebFailure else { return false }
      return reason.contains(words)
    }
  }

  @Test func printingShowsNothing() {
    let robot = identity("the chain", "the key")
    var dumped = ""
    dump(robot, to: &dumped)
    #expect(!"\(robot) \(String(reflecting: robot)) \(dumped)".contains("the "))
  }
}
