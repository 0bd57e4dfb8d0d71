// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Host
import Testing

@Suite struct EnvironmentAuthoritiesTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  private func added(_ environment: [String: String], system: [String] = []) throws -> String {
    String(
      decoding: try EnvironmentAuthorities.added(environment: environment, systemFiles: system),
      as: UTF8.self
    )
  }

  private func count(_ pem: String) -> Int {
    pem.split(separator: "\n").count { $0 == "-----BEGIN CERTIFICATE-----" }
  }

  @Test func nothingNamedAddsNothing() throws {
    #expect(try added([:]) == "")
    #expect(try added(["SSL_CERT_FILE": "", "SSL_CERT_DIR": ""]) == "")
    #expect(try added(["SSL_CERT_DIR": scratch.file("absent")]) == "")
  }

  @Test func whatTheSystemHasIsLeftOut() throws {
    let both = TestCertificates.authority + "\r\n" + TestCertificates.client + "\n"
    let bundle = try scratch.write("bundle.pem", both)
    let system = try scratch.write("system.pem", "# a comment\n\(TestCertificates.authority)\n")
    let only = try added(["SSL_CERT_FILE": bundle], system: [system])
    #expect(only == TestCertificates.client + "\n")
    #expect(try added(["SSL_CERT_FILE": system], system: [system]) == "")
    #expect(count(try added(["SSL_CERT_FILE": bundle])) == 2)
  }

  @Test func orderAndRepetitionMakeNoDifference() throws {
    let one = try scratch.write(
      "1.pem",
      TestCertificates.authority + "\n" + TestCertificates.client
    )
    let two = try scratch.write(
      "2.pem",
      TestCertificates.client + "\n" + TestCertificates.authority + "\n" + TestCertificates.client
    )
    let first = try added(["SSL_CERT_FILE": one])
    #expect(try first == added(["SSL_CERT_FILE": two]))
    #expect(try first == added(["SSL_CERT_FILE": one, "SSL_CERT_DIR": scratch.path]))
    #expect(try first == added(["SSL_CERT_DIR": "/nowhere:\(scratch.path)"]))
  }

  @Test func aFileThatIsMissingIsSaid() {
    #expect {
      try EnvironmentAuthorities.added(
        environment: ["SSL_CERT_FILE": scratch.file("absent")],
        systemFiles: []
      )
    } throws: { "\($0)" == "SSL_CERT_FILE names \(scratch.file("absent")), which does not exist" }
    #expect(throws: HostError.self) {
      try EnvironmentAuthorities.added(
        environment: ["SSL_CERT_FILE": scratch.path],
        systemFiles: []
      )
    }
  }

  @Test func theyAreTrustedByTheClient() async throws {
    let bundle = try scratch.write("ca.pem", TestCertificates.authority)
    let server = try await ScriptedServer.start(
      .answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
      tls: (TestCertificates.good, TestCertificates.goodKey)
    )
    let pem = try EnvironmentAuthorities.added(environment: ["SSL_CERT_FILE": bundle])
    let client = WebClient(additionalAuthorities: [pem])
    let url = "https://localhost:\(server.port)/"
    #expect(try await client.send(method: .get, url: url, headers: [:], body: []).status == .ok)
    await client.shutdown()
    await server.stop()
  }
}
