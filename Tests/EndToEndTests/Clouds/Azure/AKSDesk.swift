// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A desk whose lab plays Entra ID.
extension Desk {
  static let tenant = EntraOptions.contoso

  /// The public client of AKS, as `az aks get-credentials` writes it.
  static let aksClient = "80faf920-1908-4b52-b5ef-a8e7bedfc67a"
  static let azureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

  static func withEntra(
    _ change: (inout LabOptions) throws -> Void = { _ in },
    entra: (inout EntraOptions) -> Void = { _ in },
    allow: [String] = ["azure-other-hosts"],
    _ body: (Desk) async throws -> Void
  ) async throws {
    try await Desk.with(
      { options in
        options.playEntra(entra)
        // A token with five minutes left is not kept.
        options.accessLifetime = 3600
        try change(&options)
      },
      { desk in
        try desk.allowAzure(allow)
        try await body(desk)
      }
    )
  }

  /// What the account's own configuration allows from now on: by itself the lab is nobody's Entra ID.
  func allowAzure(_ permissions: [String], _ more: String = "") throws {
    try configure("allow: [\(permissions.joined(separator: ", "))]\n\(more)")
  }

  /// Trusts a tenant of the lab with passwords, as `lanyard trust` does.
  func trustEntra(_ tenant: String = tenant) async throws {
    let result = try await lanyard(["trust", "\(lab.issuer)/\(tenant)/v2.0"], try entra())
    try #require(result.status == 0, "\(result.errors)")
  }

  /// Variables that make the lab the Entra ID, and this desk's home the account's.
  func entra(_ more: [String: String] = [:]) throws -> [String: String] {
    try account().merging(["AZURE_AUTHORITY_HOST": "\(lab.issuer)/"]) { $1 }.merging(more) { $1 }
  }

  /// The arguments that `az aks get-credentials` writes for kubelogin, for lanyard and with the lab as Entra ID.
  func aksWords(_ more: String...) -> [String] {
    [
      "get-token", "aks", "--environment", "AzurePublicCloud", "--server-id", EntraOptions.aks,
      "--client-id", Self.aksClient, "--tenant-id", Self.tenant, "--authority-host",
      "\(lab.issuer)/",
    ] + more
  }

  /// A kubeconfig whose user runs lanyard with these words.
  func kubeconfig(_ words: [String]) throws -> String {
    let path = "\(folder)/kubeconfig"
    let user = LabKubeconfig.User.exec(command: try Programs.lanyard, arguments: words)
    try LabKubeconfig(lab, user: user).write(to: path)
    return path
  }

  /// Runs `kubectl get pods` with these words as plugin.
  func pods(_ words: [String], _ variables: [String: String]) async throws -> Outcome {
    let kubectl = try #require(ProcessRunner.find("kubectl"))
    let result = try await ProcessRunner.run(
      [kubectl, "--kubeconfig", try kubeconfig(words), "get", "pods"],
      environment: environment.merging(variables) { $1 }
    )
    return Outcome(status: result.status, output: result.output, errors: result.errors)
  }

  /// Plays the person who approves a device login.
  func approveDevice(_ conversation: Conversation, as person: BrowserDriver.Person = alice)
    async throws
  {
    let page = try await conversation.hears { $0.url(of: "\(lab.issuer)/device?") }
    _ = try await BrowserDriver.with { try await $0.answerDevice(at: page, as: person) }
  }

  /// Plays the person in front of the tenant's login page; gives the address that was opened.
  @discardableResult
  func answerEntra(_ conversation: Conversation, as person: BrowserDriver.Person = alice)
    async throws -> String
  {
    let url = try await conversation.hears {
      $0.url(of: "\(lab.issuer)/\(Self.tenant)/oauth2/v2.0/authorize")
    }
    _ = try await BrowserDriver.with(caPEM: lab.caPEM) { browser in
      try await browser.logIn(at: url, as: person)
    }
    return url
  }

  /// The tokens of a person, by their password at a tenant's token endpoint.
  func tokens(
    of person: String,
    tenant: String = tenant,
    scope: String = "openid offline_access"
  ) async throws -> (access: String, refresh: String?) {
    let client = try WebClient(caPEM: lab.caPEM)
    let answer = try await client.send(
      "\(lab.issuer)/\(tenant)/oauth2/v2.0/token",
      form: FormFields([
        ("grant_type", "password"), ("client_id", Self.azureCLI), ("username", person),
        ("password", person), ("scope", scope),
      ])
    )
    await client.close()
    let json = try answer.json()
    let access = try #require(json["access_token"]?.string, "\(answer.body)")
    return (access, json["refresh_token"]?.string)
  }

  /// Signs alice in at the Azure CLI: its profile and its cache, with a refresh token of the lab's.
  func signInAtCLI(_ cache: ((String) -> String)? = nil) async throws {
    let token = try #require(try await tokens(of: "alice").refresh)
    try azureFile("azureProfile.json", Self.profile)
    try azureFile("msal_token_cache.json", cache?(token) ?? Self.cache(token))
  }

  /// Writes a file of the Azure CLI's; gives its path.
  @discardableResult
  func azureFile(_ name: String, _ text: String) throws -> String {
    try PrivateFile.makeFolder("\(folder)/home/.azure")
    let path = "\(folder)/home/.azure/\(name)"
    try PrivateFile.write(text, to: path)
    return path
  }

  /// Puts a program into the account's own folder for them.
  func program(_ name: String, _ script: String) async throws {
    let folder = "\(folder)/home/.local/bin"
    for path in ["\(self.folder)/home/.local", folder] { try PrivateFile.makeFolder(path) }
    try PrivateFile.write("#!/bin/sh\n\(script)\n", to: "\(folder)/\(name)")
    let result = try await ProcessRunner.run(["chmod", "700", "\(folder)/\(name)"])
    try #require(result.status == 0)
  }

  /// Runs lanyard so many times at once.
  func atOnce(
    _ count: Int,
    _ words: [String],
    _ variables: [String: String]
  ) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      for _ in 0..<count { group.addTask { try await lanyard(words, variables) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  private static let profile =
    "\u{FEFF}{\"installationId\":\"i\",\"subscriptions\":[{\"id\":\"sub\",\"name\":\"Sub\",\"state\":\"Enabled\","
    + "\"user\":{\"name\":\"alice\",\"type\":\"user\"},\"isDefault\":true,\"tenantId\":\"\(tenant)\","
    + "\"environmentName\":\"AzureCloud\",\"homeTenantId\":\"\(tenant)\",\"managedByTenants\":[]}]}"

  static func cache(_ refreshToken: String) -> String {
    let home = "u.\(tenant)"
    return """
      {"AccessToken":{},"IdToken":{},"AppMetadata":{},
      "Account":{"a":{"home_account_id":"\(home)","environment":"login.microsoftonline.com",
      "realm":"\(tenant)","local_account_id":"u","username":"alice","authority_type":"MSSTS"}},
      "RefreshToken":{"r":{"credential_type":"RefreshToken","secret":"\(refreshToken)",
      "home_account_id":"\(home)","environment":"login.microsoftonline.com",
      "client_id":"\(azureCLI)","target":"x","family_id":"1"}}}
      """
  }
}
