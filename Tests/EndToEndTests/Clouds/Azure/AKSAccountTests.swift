// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Several accounts and tenants, sign-ins that end early, and files of the Azure CLI's that are torn or locked.
@Suite struct AKSAccountTests {
  private static let other = "99999999-9999-9999-9999-999999999999"
  private static let app = "aaaaaaaa-0000-0000-0000-000000000001"
  private static let secret = "app-secret-of-the-lab"

  private static func subscription(_ user: String, _ tenant: String, type: String = "user")
    -> String
  {
    #"{"id":"sub-\#(user)","name":"\#(user)","state":"Enabled","user":{"name":"\#(user)","type":"\#(type)"},"#
      + #""isDefault":false,"tenantId":"\#(tenant)","environmentName":"AzureCloud"}"#
  }

  /// Signs people in at the Azure CLI, each in a tenant of theirs: one profile, one cache.
  private func signIn(_ people: [(name: String, tenant: String)], _ desk: Desk) async throws {
    let place = #""environment":"login.microsoftonline.com""#
    var accounts: [String] = []
    var tokens: [String] = []
    for (name, tenant) in people {
      let token = try #require(try await desk.tokens(of: name, tenant: tenant).refresh)
      let home = #""home_account_id":"\#(name).\#(tenant)",\#(place)"#
      accounts.append(#""\#(name)":{\#(home),"realm":"\#(tenant)","username":"\#(name)"}"#)
      tokens.append(
        #""\#(name)":{\#(home),"client_id":"\#(Desk.azureCLI)","family_id":"1","secret":"\#(token)"}"#
      )
    }
    let rows = people.map { Self.subscription($0.name, $0.tenant) }.joined(separator: ",")
    try desk.azureFile("azureProfile.json", #"{"subscriptions":[\#(rows)]}"#)
    try desk.azureFile(
      "msal_token_cache.json",
      #"{"Account":{\#(accounts.joined(separator: ","))},"RefreshToken":{\#(tokens.joined(separator: ","))}}"#
    )
  }

  // MARK: two accounts

  @Test(.enabled(if: ProcessRunner.find("kubectl") != nil, "there is no kubectl"))
  func `two contexts of one kubeconfig, two tenants, two accounts of one cache`() async throws {
    try await Desk.withEntra(entra: { $0.tenants.append(Self.other) }) { desk in
      try await signIn([("alice", Desk.tenant), ("bob", Self.other)], desk)
      desk.lab.options.entra?.records.clear()
      let config = try desk.file("two", try kubeconfig(desk))
      let kubectl = try #require(ProcessRunner.find("kubectl"))
      for (context, user) in [("a", "alice"), ("b", "bob"), ("a", "alice")] {
        let before = desk.lab.log().count
        let result = try await ProcessRunner.run(
          [kubectl, "--kubeconfig", config, "--context", context, "get", "pods"],
          environment: desk.environment.merging(try desk.entra()) { $1 }
        )
        #expect(result.status == 0, "\(result.errors)")
        let asked = desk.lab.log(after: before).filter { $0.kind == .apiRequest }
        #expect(!asked.isEmpty && asked.allSatisfy { $0.user == user }, "\(asked)")
      }
      #expect(desk.lab.count(.refresh) == 2, "one for each account")
    }
  }

  private func kubeconfig(_ desk: Desk) throws -> String {
    let users = [("a", Desk.tenant), ("b", Self.other)].map { name, tenant in
      let words = desk.aksWords("--login", "azurecli").map { $0 == Desk.tenant ? tenant : $0 }
      return """
        - name: \(name)
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              interactiveMode: IfAvailable
              command: "\((try? Programs.lanyard) ?? "")"
              args: [\(words.map { "\"\($0)\"" }.joined(separator: ", "))]

        """
    }
    let contexts = ["a", "b"].map {
      "- {name: \($0), context: {cluster: lab, user: \($0), namespace: default}}\n"
    }
    let plain = LabKubeconfig(desk.lab, user: .token("none")).text
    let begin = try #require(plain.firstRange(of: "contexts:\n")).lowerBound
    return plain[..<begin] + "contexts:\n" + contexts.joined() + "users:\n" + users.joined()
  }

  // MARK: early death

  @Test func `a sign-in that was revoked names the command that signs in`() async throws {
    try await Desk.withEntra({ $0.accessLifetime = 1 }) { desk in
      try await desk.signInAtCLI()
      let words = desk.aksWords("--login", "azurecli")
      #expect(try await desk.lanyard(words, try desk.entra()).status == 0)
      await desk.lab.revokeSessions(user: "alice")
      try await Task.sleep(for: .seconds(1.1))
      let result = try await desk.lanyard(words, try desk.entra())
      #expect(result.status == 3)
      #expect(result.output.isEmpty)
      #expect(
        result.errors.contains(
          "az login --tenant \(Desk.tenant) --scope \(EntraOptions.aks)/.default"
        )
      )
    }
  }

  private func principal(_ desk: Desk, _ entries: String) throws {
    let row = Self.subscription(Self.app, Desk.tenant, type: "servicePrincipal")
    try desk.azureFile("azureProfile.json", #"{"subscriptions":[\#(row)]}"#)
    try desk.azureFile("service_principal_entries.json", entries)
  }

  private static let entries =
    #"[{"tenant":"\#(Desk.tenant)","client_id":"\#(app)","client_secret":"\#(secret)"}]"#

  @Test func `an application's entries, torn and then whole, need no az`() async throws {
    try await Desk.withEntra({ $0.clients.append(LabClient(Self.app, secret: Self.secret)) }) {
      desk in
      try principal(desk, "")
      let result = try await mended(desk, "service_principal_entries.json", Self.entries)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.claims["sub"]?.string == Self.app)
    }
  }

  /// What comes of a file that is torn when it is first read, and whole from then on.
  ///
  /// Begins again where the program gave up before this process, which has to share the machine, came to it.
  private func mended(_ desk: Desk, _ name: String, _ whole: String) async throws -> Outcome {
    try await eventually("a file that is whole in time") {
      try desk.azureFile(name, String(whole.prefix(30)))
      let words = desk.aksWords("--login", "azurecli") + ["-v"]
      let run = try desk.startLanyard(words, try desk.entra())
      _ = try await run.hears { $0.contains("\(name) of the Azure CLI is torn") ? name : nil }
      try desk.azureFile(name, whole)
      let result = try await run.result()
      return result.errors.contains("\(name) of the Azure CLI cannot be read") ? nil : result
    }
  }

  @Test func `entries that stay torn are left to az`() async throws {
    try await Desk.withEntra { desk in
      try principal(desk, String(Self.entries.prefix(30)))
      let token = try desk.lab.assertion(subject: "of az", audience: EntraOptions.aks)
      try await desk.program("az", #"echo '{"accessToken":"\#(token)","expires_on":4102444800}'"#)
      let result = try await desk.lanyard(desk.aksWords("--login", "azurecli"), try desk.entra())
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.token == token)
    }
  }

  // MARK: the cache and its lock

  @Test(.enabled(if: ProcessRunner.find("flock") != nil, "there is no flock"))
  func `MSAL's lock is neither taken nor waited for`() async throws {
    try await Desk.withEntra { desk in
      try await desk.signInAtCLI()
      let lock = try desk.azureFile("msal_token_cache.json.lockfile", "4711 az")
      let cache = "\(desk.folder)/home/.azure/msal_token_cache.json"
      let before = try PrivateFile.read(cache)
      let flag = "\(desk.folder)/scratch/held"
      let holder = try desk.start([
        "flock", "-F", lock, "/bin/sh", "-c", "touch \(flag); exec sleep 120",
      ])
      _ = try await eventually("the lock") { try? PrivateFile.read(flag) }
      let result = try await desk.lanyard(desk.aksWords("--login", "azurecli"), try desk.entra())
      #expect(holder.outcome() == nil, "the lock is held still")
      #expect(result.status == 0, "\(result.errors)")
      #expect(desk.lab.count(.refresh) == 1)
      #expect(try PrivateFile.read(cache) == before)
      #expect(try PrivateFile.read(lock) == "4711 az")
      holder.send(15)
      _ = try await holder.result()
    }
  }

  @Test func `a cache that is torn and then whole is one request, without az`() async throws {
    try await Desk.withEntra { desk in
      try await desk.signInAtCLI()
      let whole = try PrivateFile.read("\(desk.folder)/home/.azure/msal_token_cache.json")
      let result = try await mended(desk, "msal_token_cache.json", whole)
      #expect(result.status == 0, "\(result.errors)")
      #expect(desk.lab.count(.refresh) == 1)
    }
  }

  @Test func `a cache that stays torn is left to az`() async throws {
    try await Desk.withEntra { desk in
      try await desk.signInAtCLI { String(Desk.cache($0).prefix(200)) }
      let token = try desk.lab.assertion(subject: "of az", audience: EntraOptions.aks)
      try await desk.program("az", #"echo '{"accessToken":"\#(token)","expires_on":4102444800}'"#)
      let result = try await desk.lanyard(desk.aksWords("--login", "azurecli"), try desk.entra())
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.token == token)
      #expect(desk.lab.count(.refresh) == 0)
    }
  }

  @Test func `an encrypted cache without az is no end of auto`() async throws {
    try await Desk.withEntra({ $0.clients.append(LabClient(Self.app, secret: Self.secret)) }) {
      desk in
      try await desk.signInAtCLI { _ in "\u{1}encrypted" }
      let words = [
        "get-token", "aks", "--tenant-id", Desk.tenant, "--authority-host", desk.lab.issuer,
      ]
      let variables = try desk.entra([
        "AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret,
      ])
      let result = try await desk.lanyard(words, variables)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.claims["sub"]?.string == Self.app)
    }
  }

  // MARK: many at once

  @Test func `ten that take the Azure CLI's sign-in at once are one request`() async throws {
    try await Desk.withEntra { desk in
      try await desk.signInAtCLI()
      let words = desk.aksWords("--login", "azurecli")
      let outcomes = try await desk.atOnce(10, words, try desk.entra())
      #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes.map(\.errors))")
      #expect(desk.lab.count(.refresh) == 1)
    }
  }

  @Test func `ten robots at once are one request, of a machine as of an application`() async throws
  {
    try await Desk.withEntra({ $0.clients.append(LabClient(Self.app, secret: Self.secret)) }) {
      desk in
      let variables = try desk.entra([
        "AZURE_POD_IDENTITY_AUTHORITY_HOST": "\(desk.lab.issuer)/azure/imds",
        "AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret,
      ])
      let words = ["get-token", "aks", "--tenant-id", Desk.tenant, "--login"]
      for method in ["msi", "spn"] {
        let outcomes = try await desk.atOnce(10, words + [method], variables)
        #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes.map(\.errors))")
        #expect(Set(outcomes.map(\.output)).count == 1)
      }
      let grants = desk.lab.log().filter { $0.kind == .clientGrant }
      #expect(grants.filter { $0.endpoint == "imds" }.count == 1)
      #expect(grants.filter { $0.endpoint == "token" }.count == 1)
    }
  }

  @Test func `ten that have somebody log in open one page`() async throws {
    try await Desk.withEntra { desk in
      let words = desk.aksWords("--login", "browser")
      let variables = try desk.entra()
      let runs = try (0..<10).map { _ in try desk.startLanyard(words, variables) }
      let prefix = "\(desk.lab.issuer)/\(Desk.tenant)/oauth2/v2.0/authorize"
      let url = try await eventually("a page") {
        runs.lazy.compactMap { $0.errors.url(of: prefix) }.first
      }
      _ = try await BrowserDriver.with { try await $0.logIn(at: url, as: Desk.alice) }
      for run in runs {
        let result = try await run.result()
        #expect(result.status == 0, "\(result.errors)")
      }
      #expect(runs.filter { $0.errors.url(of: prefix) != nil }.count == 1)
      #expect(desk.lab.count(.codeGrant) == 1)
    }
  }
}
