// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// What a kubeconfig cannot do by itself: have secrets sent to a port of this machine, have tokens for other
/// applications, and choose what the Azure CLI loads.
@Suite struct AKSPermissionTests {
  private static let app = "aaaaaaaa-0000-0000-0000-000000000001"
  private static let secret = "app-secret-of-the-lab"
  private static let management = "https://management.azure.com"

  private func words(_ method: String, server: String = EntraOptions.aks) -> [String] {
    [
      "get-token", "aks", "--server-id", server, "--tenant-id", Desk.tenant, "--login", method,
    ]
  }

  /// Everything that could be sent: an application's secret, a workload's token, a password, the Azure CLI's sign-in.
  private func secrets(_ desk: Desk) async throws -> [String: String] {
    try await desk.signInAtCLI()
    let token = try desk.lab.assertion(subject: "workload", audience: "api://AzureADTokenExchange")
    return try desk.entra([
      "AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret, "AZURE_USERNAME": "alice",
      "AZURE_PASSWORD": "alice", "AZURE_FEDERATED_TOKEN_FILE": try desk.file("token", token),
    ])
  }

  @Test(arguments: [
    "spn", "azurecli", "workload-identity", "password", "device", "browser", "auto",
  ])
  func `nothing is sent to an authority on this machine without leave`(
    method: String
  ) async throws {
    try await Desk.withEntra(
      { $0.clients.append(LabClient(Self.app, secret: Self.secret)) },
      entra: { $0.federated[Self.app] = "workload" },
      allow: []
    ) { desk in
      let variables = try await secrets(desk)
      try await desk.trustEntra()
      let before = desk.lab.log().count
      let result = try await desk.lanyard(words(method), variables)
      #expect(result.status == 7)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("azure-other-hosts"), "\(result.errors)")
      #expect(desk.lab.log().count == before, "nothing was sent")
    }
  }

  @Test(arguments: [
    ("github", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
    ("azure-pipelines", "SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN"),
  ])
  func `nor a job's token to a service on this machine`(
    method: String,
    address: String,
    token: String
  ) async throws {
    try await Desk.withEntra(allow: []) { desk in
      let variables = try desk.account().merging([
        "AZURE_CLIENT_ID": Self.app, address: "\(desk.lab.issuer)/azure/\(method)",
        token: "lab-machine-secret", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "conn",
      ]) { $1 }
      let result = try await desk.lanyard(words(method), variables)
      #expect(result.status == 7)
      #expect(result.errors.contains("azure-other-hosts"), "\(result.errors)")
      #expect(desk.lab.log().isEmpty)
    }
  }

  @Test(arguments: ["msi", "azurecli", "spn", "browser", "device", "auto"])
  func `no way to log in gives a token for another application`(method: String) async throws {
    try await Desk.withEntra({ $0.clients.append(LabClient(Self.app, secret: Self.secret)) }) {
      desk in
      let more = ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "\(desk.lab.issuer)/azure/imds"]
      let variables = try await secrets(desk).merging(more) { $1 }
      let before = desk.lab.log().count
      let refused = try await desk.lanyard(words(method, server: Self.management), variables)
      #expect(refused.status == 7)
      #expect(refused.errors.contains("azure-other-servers"), "\(refused.errors)")
      #expect(desk.lab.log().count == before, "nothing was sent")
    }
  }

  @Test func `unless the user's own configuration allows it`() async throws {
    try await Desk.withEntra(allow: ["azure-other-hosts", "azure-other-servers"]) { desk in
      let words = words("browser", server: "api://cluster")
      desk.lab.faults.set(
        try Fault(
          "claim-set",
          grant: "authorization_code",
          parameters: ["name": "hasgroups", "value": "true"]
        )
      )
      let conversation = try desk.startLanyard(words, try desk.entra())
      try await desk.answerEntra(conversation)
      let result = try await conversation.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.claims["aud"]?.string == "api://cluster")
      #expect(result.errors.contains("more than 200 groups"), "\(result.errors)")
    }
  }

  // MARK: what tools see

  private static let hostile = [
    "PYTHONPATH", "AZURE_EXTENSION_DIR", "AZURE_EXTENSION_DEV_SOURCES", "AZURE_EXTENSION_SYS_DIR",
    "BASH_ENV", "ENV", "AZURE_CORE_CLOUD",
  ]

  @Test(arguments: ["azurecli", "azd"])
  func `az and azd see nothing of what a kubeconfig sets`(method: String) async throws {
    try await Desk.withEntra { desk in
      let token = try await desk.tokens(of: "alice", scope: "\(EntraOptions.aks)/.default").access
      try await desk.signInAtCLI { _ in "\u{1}encrypted" }
      try await desk.program(
        method == "azd" ? "azd" : "az",
        #"env > "$HOME/seen"; echo '{"accessToken":"\#(token)","token":"\#(token)","expires_on":4102444800}'"#
      )
      let evil = Dictionary(uniqueKeysWithValues: Self.hostile.map { ($0, "/tmp/evil-of-test") })
      let result = try await desk.lanyard(words(method), try desk.entra(evil))
      #expect(result.status == 0, "\(result.errors)")
      let seen = try PrivateFile.read("\(desk.folder)/home/seen")
      #expect(!seen.contains("evil-of-test") && !seen.contains("LD_PRELOAD"), "\(seen)")
      #expect(seen.contains("HOME=\(desk.folder)/home\n"))
      #expect(seen.contains("TERM=dumb\n"))
      #expect(seen.contains("PATH=/usr/local/bin:/usr/bin:/bin:"))
    }
  }

  // MARK: whose token is printed

  @Test func `another sign-in at azd ends what is ready of the one before`() async throws {
    try await Desk.withEntra { desk in
      for person in ["alice", "bob"] {
        let scope = "\(EntraOptions.aks)/.default"
        let token = try await desk.tokens(of: person, scope: scope).access
        try PrivateFile.makeFolder("\(desk.folder)/home/.azd")
        _ = try desk.file("home/.azd/auth.json", #"{"homeAccountID":"\#(person)"}"#)
        try await desk.program(
          "azd",
          #"echo '{"token":"\#(token)","expiresOn":"2099-01-01T00:00:00Z"}'"#
        )
        for _ in 0..<2 {
          let result = try await desk.lanyard(words("azd"), try desk.entra())
          #expect(result.status == 0, "\(result.errors)")
          #expect(try result.claims["preferred_username"]?.string == person)
        }
      }
    }
  }

  @Test func `auto asks the Azure CLI as soon as somebody signs in there`() async throws {
    try await Desk.withEntra { desk in
      let machine = ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "\(desk.lab.issuer)/azure/imds"]
      let variables = try desk.entra(machine)
      let first = try await desk.lanyard(words("auto"), variables)
      #expect(try first.claims["preferred_username"]?.string == "machine")
      try await desk.signInAtCLI()
      let second = try await desk.lanyard(words("auto"), variables)
      #expect(try second.claims["preferred_username"]?.string == "alice")
    }
  }

  @Test func `a job of GitHub Actions never gets the token of another job`() async throws {
    try await Desk.withEntra(
      { $0.clients.append(LabClient(Self.app, secret: Self.secret)) },
      entra: { $0.federated[Self.app] = "job of first" }
    ) { desk in
      for (job, status) in [("first", 0), ("second", 7), ("first", 0)] {
        let variables = try desk.entra([
          "AZURE_CLIENT_ID": Self.app,
          "ACTIONS_ID_TOKEN_REQUEST_URL": "\(desk.lab.issuer)/azure/github?job=\(job)",
          "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "lab-machine-secret",
        ])
        let result = try await desk.lanyard(words("github"), variables)
        #expect(result.status == status, "\(result.errors)")
        if status != 0 { #expect(result.errors.contains("AADSTS700213")) }
      }
      #expect(desk.lab.count(.clientGrant) >= 1)
    }
  }
}
