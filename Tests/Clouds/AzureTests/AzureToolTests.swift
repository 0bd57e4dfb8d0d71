// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import OAuth
import Testing

/// How `az` and `azd` are run, and what auto does where they cannot be.
@Suite struct AzureToolTests {
  private func token(
    _ world: AzureWorld,
    _ method: LoginMethod = .azureCLI
  ) async throws -> CloudToken {
    try await world.token { $0.login = method }
  }

  private static let answer = #"{"accessToken":"AT","token":"AT","expires_on":1795474732}"#

  @Test(arguments: [LoginMethod.azureCLI, .azd])
  func `a tool gets the variables of a short list, and no others`(method: LoginMethod) async throws
  {
    let hostile = [
      "PYTHONPATH", "PYTHONSTARTUP", "AZURE_EXTENSION_DIR", "AZURE_EXTENSION_DEV_SOURCES",
      "AZURE_EXTENSION_SYS_DIR", "BASH_ENV", "ENV", "PATH", "LD_PRELOAD", "LD_LIBRARY_PATH",
      "REQUESTS_CA_BUNDLE", "AZURE_CORE_COLLECT_TELEMETRY",
    ]
    var variables = Dictionary(uniqueKeysWithValues: hostile.map { ($0, "/tmp/evil") })
    variables["HTTPS_PROXY"] = "http://proxy:3128"
    variables["LANG"] = "../evil"
    let world = CLIFixtures.world(variables, cache: "")
    world.program(Self.answer)
    _ = try await token(world, method)
    let call = try #require(world.ran.first)
    #expect(!call.inherits)
    #expect(call.variables == ["HTTPS_PROXY": "http://proxy:3128", "TERM": "dumb"])
  }

  @Test func `an allowed folder is passed on, and another home as its folder`() async throws {
    let world = AzureWorld(["AZURE_CONFIG_DIR": "/data/az"], allowed: [.azureCommand])
    world.file("/data/az/azureProfile.json", "torn")
    world.program(Self.answer)
    _ = try await token(world)
    #expect(world.ran[0].variables["AZURE_CONFIG_DIR"] == "/data/az")
    let elsewhere = AzureWorld(allowed: [.azureCommand], home: "/data/home")
    elsewhere.program(Self.answer)
    _ = try await token(elsewhere, .azd)
    #expect(elsewhere.ran[0].variables["AZD_CONFIG_DIR"] == "/data/home/.azd")
    #expect(elsewhere.ran[0].variables["HOME"] == nil, "that is the account's")
  }

  @Test(arguments: [[:], ["AZD_CONFIG_DIR": "/tmp/evil"]])
  func `azd is not run with a folder that a kubeconfig chose`(
    variables: [String: String]
  ) async throws {
    let world = AzureWorld(variables, home: variables.isEmpty ? "/tmp/evil" : "/home/me")
    let error = await #expect(throws: CloudError.self) { try await token(world, .azd) }
    #expect(error?.remedy.contains("azure-command") == true)
    #expect(world.ran.isEmpty)
  }

  @Test func `a profile that stays torn is left to az, whose answer depends on the files`()
    async throws
  {
    let world = CLIFixtures.world(profile: "{\"subscriptions\":[", cache: nil)
    world.program(Self.answer)
    let token = try await token(world)
    #expect(token.token.expose() == "AT")
    #expect(
      token.files == [
        "/home/me/.azure/azureProfile.json", "/home/me/.azure/msal_token_cache.json",
        "/home/me/.azure/msal_token_cache.bin",
      ]
    )
  }

  @Test(arguments: ["AZURE_TENANT_ID", "ARM_TENANT_ID"])
  func `the tenant of a variable counts as that of the option`(variable: String) async throws {
    let world = CLIFixtures.world(
      [variable: CLIFixtures.other],
      profile: CLIFixtures.profile(
        CLIFixtures.subscription("sub-1", isDefault: true),
        CLIFixtures.subscription("sub-2", tenant: CLIFixtures.other)
      ),
      cache: CLIFixtures.cache(realm: CLIFixtures.other)
    )
    let change: @Sendable (LoginMethod) -> @Sendable (inout AzureOptions) -> Void = { method in
      {
        $0.login = method
        $0.tenantID = nil
        $0.usesTerraformVariables = variable.hasPrefix("ARM")
      }
    }
    #expect(try await world.token(change(.azureCLI)).token.expose() == "AT-cached")
    world.program(Self.answer)
    _ = try await world.token(change(.azd))
    #expect(world.ran[0].words.suffix(2) == ["--tenant-id", CLIFixtures.other])
  }

  // MARK: what auto goes on from

  private func automatic(
    _ world: AzureWorld,
    _ method: LoginMethod = .azureCLI,
    _ change: (inout AzureOptions) -> Void = { _ in }
  ) async throws -> CloudToken {
    let settings = try world.settings(change).taking(method)
    return try await AzureTokens(settings, world.effects, openPFX: AzureWorld.noPFX).token()
  }

  @Test func `an encrypted cache without az is no failure of auto`() async throws {
    let world = CLIFixtures.world(cache: "\u{1}encrypted")
    let error = await #expect(throws: CloudError.self) { try await automatic(world) }
    #expect(error?.code == .loginNeeded)
    let direct = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(direct?.code == .configuration)
  }

  @Test func `auto takes nobody of another tenant`() async throws {
    let world = CLIFixtures.world()
    let error = await #expect(throws: CloudError.self) {
      try await automatic(world) { $0.tenantID = CLIFixtures.other }
    }
    #expect(error?.code == .loginNeeded)
    #expect(world.sent.isEmpty)
    let settings = try world.settings { $0.tenantID = CLIFixtures.other }
    let tokens = AzureTokens(settings, world.effects, openPFX: AzureWorld.noPFX)
    #expect(await !tokens.isSignedInAtCLI)
  }

  @Test func `auto depends on who signs in at the Azure CLI, whatever it took`() async throws {
    let world = AzureWorld(["AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET": "s"])
    world.answer(AzureWorld.token())
    #expect(try await automatic(world, .spn).files == ["/home/me/.azure/azureProfile.json"])
    let signedIn = CLIFixtures.world()
    let files = try await automatic(signedIn).files
    #expect(files.count == 3 && files[0] == "/home/me/.azure/azureProfile.json")
  }

  @Test(arguments: [("{\"subscr", true), ("", true), (nil, false)] as [(String?, Bool)])
  func `a profile that is just being written is looked at again`(
    torn: String?,
    expected: Bool
  ) async throws {
    let world = AzureWorld()
    let whole = CLIFixtures.profile(CLIFixtures.subscription("s", isDefault: true))
    if let torn { world.file("/home/me/.azure/azureProfile.json", torn, whole) }
    let tokens = AzureTokens(try world.settings(), world.effects, openPFX: AzureWorld.noPFX)
    #expect(await tokens.isSignedInAtCLI == expected)
  }

  // MARK: two accounts of one name

  @Test(arguments: [
    // The account that the tenant knows, though another one is newer.
    ([CLIFixtures.other: 9, AzureWorld.tenant: 1], "RT-1"),
    // Else the newest.
    ([CLIFixtures.other: 9, CLIFixtures.home: 1], "RT-9"),
    ([CLIFixtures.other: 1, CLIFixtures.home: 9], "RT-9"),
  ])
  func `of two accounts the one of the tenant, then the newest`(
    accounts: [String: Int],
    expected: String
  ) async throws {
    let world = CLIFixtures.world(cache: CLIFixtures.accounts(accounts))
    world.answer(AzureWorld.token())
    _ = try await token(world)
    #expect(world.sent[0].form["refresh_token"] == expected)
  }
}
