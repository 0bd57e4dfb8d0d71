// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What Entra ID refuses, and Azure Arc's challenge.
@Suite struct AKSRefusalTests {
  private static let app = "aaaaaaaa-0000-0000-0000-000000000001"
  private static let audience = "api://AzureADTokenExchange"

  private func words(_ method: String, _ more: String...) -> [String] {
    ["get-token", "aks", "--tenant-id", Desk.tenant, "--login", method] + more
  }

  // MARK: device codes

  private func code(_ desk: Desk, _ conversation: Conversation) async throws -> String {
    try await conversation.hears { $0.url(of: "\(desk.lab.issuer)/device?") }
  }

  @Test func `a device login that is declined`() async throws {
    try await Desk.withEntra { desk in
      let conversation = try desk.startLanyard(words("device"), try desk.entra())
      let page = try await code(desk, conversation)
      _ = try await BrowserDriver.with {
        try await $0.answerDevice(at: page, as: .init("alice", refuses: true))
      }
      let result = try await conversation.result()
      #expect(result.status == 4, "\(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  @Test func `a device code that nobody enters in time`() async throws {
    try await Desk.withEntra { desk in
      let conversation = try desk.startLanyard(words("device"), try desk.entra())
      _ = try await code(desk, conversation)
      desk.lab.clock.advance(by: 3600)
      let result = try await conversation.result()
      #expect(result.status == 3, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("the code was not entered"), "\(result.errors)")
    }
  }

  // MARK: applications

  @Test func `an application that the tenant does not know`() async throws {
    try await Desk.withEntra { desk in
      let variables = try desk.entra([
        "AZURE_CLIENT_ID": "bbbbbbbb-0000-0000-0000-000000000002", "AZURE_CLIENT_SECRET": "s",
      ])
      let result = try await desk.lanyard(words("spn"), variables)
      #expect(result.status == 7)
      #expect(result.errors.contains("the tenant does not know the client (AADSTS700016)"))
      #expect(result.errors.contains("--client-id"))
    }
  }

  @Test(arguments: [("issuer", "AADSTS700211", "issuer"), ("late", "AADSTS700024", "clock")])
  func `a federated token that is of nobody known, or too late`(
    kind: String,
    number: String,
    remedy: String
  ) async throws {
    try await Desk.withEntra(
      { $0.clients.append(LabClient(Self.app, secret: "s")) },
      entra: { $0.federated[Self.app] = "workload" }
    ) { desk in
      let token = try desk.lab.assertion(
        subject: "workload",
        audience: Self.audience,
        lifetime: kind == "late" ? -60 : 600
      )
      // A signature that nobody made.
      let broken = token.prefix { $0 != "." } + token.drop { $0 != "." }.prefix(40) + ".AAAA"
      let file = try desk.file("token", kind == "late" ? token : String(broken))
      let result = try await desk.lanyard(
        words("workload-identity", "--client-id", Self.app, "--federated-token-file", file),
        try desk.entra()
      )
      #expect(result.status == 7)
      #expect(result.errors.contains(number), "\(result.errors)")
      #expect(result.errors.contains(remedy), "\(result.errors)")
    }
  }

  @Test func `a certificate that is not the application's`() async throws {
    try await AKSCertificate.withDesk(Self.app, registersAnother: true) { desk, pem in
      let file = try desk.file("app.pem", pem)
      let result = try await desk.lanyard(
        words("spn", "--client-id", Self.app, "--client-certificate", file),
        try desk.entra()
      )
      #expect(result.status == 7)
      #expect(result.errors.contains("AADSTS700027"), "\(result.errors)")
      #expect(result.errors.contains("certificate"))
    }
  }

  // MARK: Azure Arc

  /// Whether this account can have folders of its own below /var/opt for the time of a command.
  private static func canMount() async throws -> Bool {
    try await ProcessRunner.run(unshare + ["mount", "-t", "tmpfs", "none", "/var/opt"]).status == 0
  }

  private static var unshare: [String] { ["unshare", geteuid() == 0 ? "-m" : "-rm"] }

  @Test(.enabled("no mount namespaces here") { try await canMount() })
  func `Azure Arc's challenge is answered with what only its group can read`() async throws {
    try await Desk.withEntra { desk in
      var variables = try desk.entra([
        "IDENTITY_ENDPOINT": "\(desk.lab.issuer)/azure/arc", "IMDS_ENDPOINT": desk.lab.issuer,
      ])
      if geteuid() != 0 {
        // Inside, this account is root.
        let passwd = try desk.file("inside", "tester:x:0:0::\(desk.folder)/home:/bin/sh\n")
        variables["NSS_WRAPPER_PASSWD"] = passwd
        variables["NSS_WRAPPER_GROUP"] = passwd
      }
      let script = """
        mount -t tmpfs none /var/opt && mkdir -p /var/opt/azcmagent/tokens &&
        printf '%s' lab-machine-secret > /var/opt/azcmagent/tokens/lab.key && exec "$@"
        """
      let run = try desk.start(
        Self.unshare + ["/bin/sh", "-c", script, "sh", try Programs.lanyard] + words("msi"),
        variables
      )
      let result = try await run.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.claims["preferred_username"]?.string == "machine")
      let answers = desk.lab.log().filter { $0.endpoint == "arc" }
      #expect(answers.map(\.status) == [401, 200])
    }
  }

  @Test func `Azure Arc's challenge without its file says who may read it`() async throws {
    try await Desk.withEntra { desk in
      let variables = try desk.entra([
        "IDENTITY_ENDPOINT": "\(desk.lab.issuer)/azure/arc", "IMDS_ENDPOINT": desk.lab.issuer,
      ])
      let result = try await desk.lanyard(words("msi"), variables)
      #expect(result.status == 7)
      #expect(result.errors.contains("group himds"))
      #expect(desk.lab.log().filter { $0.endpoint == "arc" }.map(\.status) == [401])
    }
  }
}
