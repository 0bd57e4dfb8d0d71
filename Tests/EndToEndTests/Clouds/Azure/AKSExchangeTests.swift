// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// What MSAL sent, parameter by parameter and header by header beside what lanyard sends for the same; every difference
/// is listed here, and with its reason in docs/clouds.md.
@Suite struct AKSExchangeTests {
  /// Parameters of MSAL's that lanyard does not send.
  private static let leftOut: Set = ["client_info", "claims", "code"]
  /// Headers of MSAL's that lanyard does not send.
  private static let leftOutHeaders: Set = [
    "client-request-id", "x-client-sku", "x-client-ver", "x-client-os", "x-ms-lib-capability",
    "x-client-current-telemetry", "x-client-last-telemetry", "x-anchormailbox",
  ]
  /// Headers that lanyard sends where MSAL does not.
  private static let added: Set = ["accept"]
  /// What belongs to the connection and the body, and was not recorded.
  private static let transport: Set = [
    "host", "content-length", "content-type", "connection", "accept-encoding", "user-agent",
    "transfer-encoding",
  ]
  /// Values that are others each time.
  private static let fresh: Set = [
    "device_code", "refresh_token", "client_assertion", "state", "nonce", "code_challenge",
    "redirect_uri",
  ]

  /// Which test compares which recorded request, or why none does.
  private static let claimed = [
    "start 1": "a device login", "device 1": "a device login", "device 2": "a device login",
    "device 3": "a device login",
    "silent refresh for another scope 1": "the refresh token of the Azure CLI",
    "secret 1": "applications ask for no metadata", "secret 2": "an application with a secret",
    "secret 3": "applications ask for no metadata",
    "secret 4": "an application with an assertion, a certificate's or another's",
    "obo 1": "not sent: nobody acts on behalf of somebody whose token they were given",
    "msi 1": "the machine's identity", "auth 1": "a browser login",
  ]

  @Test func `every recorded request is compared, or has a reason`() throws {
    let names = try WireAzure.read().requests.map(\.name)
    #expect(names.count == 12)
    #expect(Set(names) == Set(Self.claimed.keys))
  }

  @Test func `every difference stands in the document`() throws {
    let text = try PrivateFile.read("\(Programs.repository)/docs/clouds.md")
    let part = try #require(
      text.firstRange(of: "## How requests differ").map { text[$0.lowerBound...] }
    )
    let ours = try #require(
      part.firstRange(of: "### AKS").map { part[$0.lowerBound...].lowercased() }
    )
    for name in Self.leftOut.union(["accept", "obo", "on-behalf-of", "state", "nonce"]) {
      #expect(ours.contains(name), "\(name)")
    }
    for name in Self.leftOutHeaders where !name.hasPrefix("x-client-") {
      #expect(ours.contains(name), "\(name)")
    }
    #expect(ours.contains("x-client-…"))
  }

  // MARK: comparing

  /// Compares a request that came to the lab with a recorded one.
  private func compare(_ found: EntraRecords.Request, _ recorded: WireAzure.Request) {
    let name = recorded.name
    #expect(found.method == recorded.method, "\(name)")
    #expect(found.path.hasSuffix(recorded.path), "\(name): \(found.path)")
    compare(found.query, recorded.query, name)
    compare(found.form, recorded.form, name)
    let wanted = recorded.headerNames.subtracting(Self.leftOutHeaders)
    let sent = Set(found.headers.keys).subtracting(Self.transport)
    #expect(sent.subtracting(Self.added) == wanted.subtracting(Self.added), "\(name)")
    #expect(wanted.isSubset(of: sent), "\(name)")
    for (header, value) in recorded.headers where sent.contains(header.lowercased()) {
      #expect(found.headers[header.lowercased()] == value, "\(name)")
    }
  }

  private func compare(_ found: [String: String], _ recorded: [String: String], _ name: String) {
    let wanted = recorded.filter { !Self.leftOut.contains($0.key) }
    #expect(Set(found.keys) == Set(wanted.keys), "\(name)")
    for (key, value) in wanted where !Self.fresh.contains(key) {
      // The order of scopes has no meaning (RFC 6749 §3.3).
      let isSame =
        key == "scope"
        ? found[key]?.split(separator: " ").sorted() == value.split(separator: " ").sorted()
        : found[key] == value
      #expect(isSame, "\(name): \(key)=\(found[key] ?? "")")
    }
    for key in wanted.keys where Self.fresh.contains(key) {
      #expect(found[key]?.isEmpty == false, "\(name): \(key)")
    }
  }

  private func words(_ method: String, _ more: String...) -> [String] {
    [
      "get-token", "aks", "--server-id", EntraOptions.aks, "--tenant-id", Desk.tenant, "--login",
      method,
    ] + more
  }

  private func records(_ desk: Desk) throws -> EntraRecords {
    try #require(desk.lab.options.entra).records
  }

  // MARK: persons

  @Test func `a device login`() async throws {
    let wire = try WireAzure.read()
    try await Desk.withEntra { desk in
      let words = words("device", "--client-id", Desk.azureCLI)
      let conversation = try desk.startLanyard(words, try desk.entra())
      try await desk.approveDevice(conversation)
      #expect(try await conversation.result().status == 0)
      let found = try records(desk).requests.filter { !$0.path.hasSuffix("/keys") }
      let polls = found.filter { $0.path.hasSuffix("/token") }
      #expect(polls.count >= 1)
      compare(try #require(found.first), try wire.request("start 1"))
      compare(try #require(found.dropFirst().first), try wire.request("device 1"))
      for poll in polls {
        compare(poll, try wire.request("device 2"))
        compare(poll, try wire.request("device 3"))
      }
      #expect(found.count == 2 + polls.count)
    }
  }

  @Test func `a browser login`() async throws {
    let wire = try WireAzure.read()
    try await Desk.withEntra { desk in
      let words = words("browser", "--client-id", Desk.azureCLI)
      let conversation = try desk.startLanyard(words, try desk.entra())
      try await desk.answerEntra(conversation)
      #expect(try await conversation.result().status == 0)
      let found = try records(desk).requests
      // Its headers are the browser's.
      let asked = try #require(found.first { $0.path.hasSuffix("/authorize") })
      let recorded = try wire.request("auth 1")
      compare(asked.query, recorded.query, recorded.name)
      #expect(asked.query["redirect_uri"]?.hasPrefix("http://localhost:") == true)
      #expect(recorded.query["redirect_uri"]?.hasPrefix("http://localhost:") == true)
    }
  }

  @Test func `the refresh token of the Azure CLI`() async throws {
    let wire = try WireAzure.read()
    try await Desk.withEntra { desk in
      try await desk.signInAtCLI()
      let records = try records(desk)
      records.clear()
      let result = try await desk.lanyard(words("azurecli"), try desk.entra())
      #expect(result.status == 0, "\(result.errors)")
      #expect(records.requests.count == 1)
      compare(
        try #require(records.requests.first),
        try wire.request("silent refresh for another scope 1")
      )
    }
  }

  // MARK: applications

  @Test func `an application with a secret`() async throws {
    let wire = try WireAzure.read()
    try await Desk.withEntra({ $0.clients.append(LabClient("app", secret: "s")) }) { desk in
      let variables = try desk.entra(["AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET": "s"])
      let result = try await desk.lanyard(words("spn"), variables)
      #expect(result.status == 0, "\(result.errors)")
      let found = try records(desk).requests
      #expect(found.count == 1, "applications ask for no metadata")
      compare(try #require(found.first), try wire.request("secret 2"))
    }
  }

  @Test func `an application with an assertion, a certificate's or another's`() async throws {
    let wire = try WireAzure.read()
    try await AKSCertificate.withDesk("app") { desk, certificate in
      let file = try desk.file("app.pem", certificate)
      let words = words("spn", "--client-id", "app", "--client-certificate", file)
      let result = try await desk.lanyard(words, try desk.entra())
      #expect(result.status == 0, "\(result.errors)")
      let found = try records(desk).requests
      #expect(found.count == 1)
      compare(try #require(found.first), try wire.request("secret 4"))
    }
    try await Desk.withEntra(
      { $0.clients.append(LabClient("app", secret: "s")) },
      entra: { $0.federated["app"] = "workload" }
    ) { desk in
      let token = try desk.lab.assertion(
        subject: "workload",
        audience: "api://AzureADTokenExchange"
      )
      let words = words(
        "workload-identity",
        "--client-id",
        "app",
        "--federated-token-file",
        try desk.file("token", token)
      )
      let result = try await desk.lanyard(words, try desk.entra())
      #expect(result.status == 0, "\(result.errors)")
      let found = try records(desk).requests
      #expect(found.count == 1)
      compare(try #require(found.first), try wire.request("secret 4"))
      #expect(found.first?.form["client_assertion"] == token)
    }
  }

  // MARK: machines

  @Test func `the machine's identity`() async throws {
    let wire = try WireAzure.read()
    try await Desk.withEntra { desk in
      let variables = try desk.entra([
        "AZURE_POD_IDENTITY_AUTHORITY_HOST": "\(desk.lab.issuer)/azure/imds"
      ])
      let result = try await desk.lanyard(words("msi", "--client-id", "mi-client"), variables)
      #expect(result.status == 0, "\(result.errors)")
      let found = try records(desk).requests
      #expect(found.count == 1)
      compare(try #require(found.first), try wire.request("msi 1"))
    }
  }
}
