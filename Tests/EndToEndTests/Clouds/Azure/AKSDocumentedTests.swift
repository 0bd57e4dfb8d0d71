// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// A user of lanyard's that the AKS part of docs/clouds.md shows.
struct AKSDocumentedEntry: Sendable, CustomTestStringConvertible {
  let version: String
  let arguments: [String]
  /// Further lines of the entry, as they stand there.
  let lines: [String]

  /// The method that it names; `auto` if it names none.
  var method: String {
    guard let place = arguments.firstIndex(of: "--login") else { return "auto" }
    return arguments[place + 1]
  }

  var testDescription: String { "\(method) \(version)" }

  /// Every one in the document, in its order.
  static func all() throws -> [AKSDocumentedEntry] {
    let text = try PrivateFile.read("\(Programs.repository)/docs/clouds.md")
    let begin = try #require(text.firstRange(of: "\n## AKS\n")).upperBound
    let end = try #require(text[begin...].firstRange(of: "\n### Options and variables\n"))
      .lowerBound
    var entries: [AKSDocumentedEntry] = []
    var block: [String]?
    for line in text[begin..<end].split(separator: "\n", omittingEmptySubsequences: false) {
      switch (line, block) {
      case ("```yaml", _): block = []
      case ("---", let lines?), ("```", let lines?):
        if let entry = AKSDocumentedEntry(lines) { entries.append(entry) }
        block = line == "---" ? [] : nil
      case (_, _?): block?.append(String(line))
      default: break
      }
    }
    return entries
  }

  /// Nil for an entry that runs something else.
  private init?(_ lines: [String]) {
    let trimmed = lines.map { String($0.drop { $0 == " " }) }
    guard trimmed.contains("command: lanyard") else { return nil }
    let prefix = "apiVersion: client.authentication.k8s.io/"
    version =
      trimmed.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
      ?? "v1beta1"
    if let flow = trimmed.first(where: { $0.hasPrefix("args: [") }) {
      arguments = flow.dropFirst("args: [".count).prefix { $0 != "]" }.split(separator: ",")
        .map { String($0.drop { $0 == " " }) }
    } else {
      arguments = trimmed.filter { $0.hasPrefix("- ") }.map { String($0.dropFirst(2)) }
    }
    let known = ["args:", "apiVersion:", "command:", "exec:", "- ", "#"]
    self.lines = trimmed.filter { line in
      !line.isEmpty && !known.contains { line.hasPrefix($0) }
    }
  }
}

/// The users that docs/clouds.md shows in place of those of `az aks get-credentials` and of kubelogin, each run:
/// kubectl, lanyard, the lab as Entra ID, the lab's API server.
@Suite(.serialized, .enabled(if: ProcessRunner.find("kubectl") != nil, "there is no kubectl"))
struct AKSDocumentedTests {
  private static let app = "aaaaaaaa-0000-0000-0000-000000000001"
  private static let audience = "api://AzureADTokenExchange"

  /// What an entry needs around it, and whose token kubectl shows then.
  struct Setting: Sendable {
    var variables: [String: String] = [:]
    var federated: String?
    let user: String
  }

  private static let settings: [String: Setting] = [
    "devicecode": Setting(user: "alice"), "interactive": Setting(user: "alice"),
    "auto": Setting(user: "alice"),
    "spn": Setting(variables: ["AZURE_CLIENT_SECRET": "SECRET"], user: app),
    "workloadidentity": Setting(
      variables: [
        "AZURE_CLIENT_ID": app, "AZURE_TENANT_ID": Desk.tenant,
        "AZURE_FEDERATED_TOKEN_FILE": "FILE",
      ],
      federated: "workload",
      user: app
    ),
    "msi": Setting(
      variables: ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "LAB/azure/imds"],
      user: "identity"
    ),
    "azurecli": Setting(user: "alice"), "azd": Setting(user: "alice"),
    "ropc": Setting(variables: ["AZURE_PASSWORD": "alice"], user: "alice"),
    "azurepipelines": Setting(
      variables: [
        "SYSTEM_OIDCREQUESTURI": "LAB/azure/pipelines", "SYSTEM_ACCESSTOKEN": "lab-machine-secret",
      ],
      federated: "job of connection",
      user: app
    ),
    "github": Setting(
      variables: [
        "ACTIONS_ID_TOKEN_REQUEST_URL": "LAB/azure/github?job=main",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "lab-machine-secret",
      ],
      federated: "job of main",
      user: app
    ),
  ]

  @Test func `the document shows every shape`() throws {
    let entries = try AKSDocumentedEntry.all()
    #expect(Set(entries.map(\.method)) == Set(Self.settings.keys))
    #expect(entries[0].version == "v1beta1" && entries[0].lines.contains("env: null"))
    #expect(entries.contains { $0.arguments == ["get-token", "aks", "--tenant-id", "TENANT"] })
    let text = try PrivateFile.read("\(Programs.repository)/docs/clouds.md")
    let originals = text.split(separator: "\n").filter {
      $0.hasPrefix("args: [get-token, --login, ")
    }
    // Each of kubelogin's has one of lanyard's below it.
    #expect(originals.count == entries.count - 2)
  }

  @Test func `the document names every variable that the answer depends on`() throws {
    let folder = "\(Programs.repository)/Sources/ReadyCredential/Inputs"
    let source = try PrivateFile.read("\(folder)/ProviderInputs+AKS.swift")
    let quoted = source.split(separator: "\"").map(String.init)
    let names = Set(
      quoted.filter { text in
        text.utf8.count > 3 && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == 0x5F }
      }
    )
    #expect(names.count > 40)
    let text = try PrivateFile.read("\(Programs.repository)/docs/clouds.md")
    let begin = try #require(text.firstRange(of: "\n### Options and variables\n")).upperBound
    let part = text[begin...]
    #expect(names.filter { !part.contains("`\($0)`") } == [])
    let options = quoted.filter { $0.hasPrefix("--") }
    #expect(options.count > 7)
    let short = options.map { option in
      ["-env", "-file"].first { option.hasSuffix($0) }.map { String(option.dropLast($0.count)) }
        ?? option
    }
    #expect(short.filter { !part.contains("`\($0)") } == [])
  }

  @Test(arguments: try AKSDocumentedEntry.all())
  func `an entry of the document`(entry: AKSDocumentedEntry) async throws {
    let setting = try #require(Self.settings[entry.method])
    try await Desk.withEntra(
      { $0.clients.append(LabClient(Self.app, secret: "SECRET")) },
      entra: { if let subject = setting.federated { $0.federated[Self.app] = subject } }
    ) { desk in
      try await prepare(desk, entry)
      let variables = try variables(setting, desk)
      let kubectl = try #require(ProcessRunner.find("kubectl"))
      let config = try kubeconfig(entry, desk)
      let run = try desk.start([kubectl, "--kubeconfig", config, "get", "pods"], variables)
      switch entry.method {
      case "devicecode": try await desk.approveDevice(run)
      case "interactive": try await desk.answerEntra(run)
      default: break
      }
      let result = try await run.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.hasPrefix("NAME"))
      let asked = desk.lab.log().filter { $0.kind == .apiRequest }
      #expect(!asked.isEmpty && asked.allSatisfy { $0.user == setting.user }, "\(asked)")
    }
  }

  private func variables(_ setting: Setting, _ desk: Desk) throws -> [String: String] {
    let token = try setting.federated.map {
      try desk.lab.assertion(subject: $0, audience: Self.audience)
    }
    let file = try desk.file("projected", "\(token ?? "")\n")
    return try desk.entra(
      setting.variables.mapValues {
        $0 == "FILE" ? file : $0.replacing("LAB", with: desk.lab.issuer)
      }
    )
  }

  /// Signs somebody in where the entry's method takes them from.
  private func prepare(_ desk: Desk, _ entry: AKSDocumentedEntry) async throws {
    switch entry.method {
    case "azurecli", "auto": try await desk.signInAtCLI()
    case "azd":
      let token = try await desk.tokens(of: "alice", scope: "\(EntraOptions.aks)/.default").access
      try await desk.program(
        "azd",
        #"echo '{"token":"\#(token)","expiresOn":"2099-01-01T00:00:00Z"}'"#
      )
    case "ropc": try await desk.trustEntra()
    default: break
    }
  }

  /// A kubeconfig with the entry as it stands there: its names filled in, and the lab in the place of Entra ID.
  private func kubeconfig(_ entry: AKSDocumentedEntry, _ desk: Desk) throws -> String {
    let names = [
      "TENANT": Desk.tenant, "APP": Self.app, "IDENTITY": "identity", "CONNECTION": "connection",
      "NAME": "alice",
    ]
    let words =
      entry.arguments.map { names[$0] ?? $0 } + ["--authority-host", "\(desk.lab.issuer)/"]
    let list = words.map { "      - \"\($0)\"" }.joined(separator: "\n")
    let more = entry.lines.map { "      \($0)\n" }.joined()
    let plain = LabKubeconfig(desk.lab, user: .token("none")).text
    let user = """
          exec:
            apiVersion: client.authentication.k8s.io/\(entry.version)
            command: "\(try Programs.lanyard)"
      \(more)      args:
      \(list)
      """
    let place = try #require(plain.firstRange(of: "    token: \"none\""))
    return try desk.file("documented", plain.replacingCharacters(place, with: user))
  }
}

extension String {
  fileprivate func replacingCharacters(
    _ range: Range<String.Index>,
    with text: String
  ) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
