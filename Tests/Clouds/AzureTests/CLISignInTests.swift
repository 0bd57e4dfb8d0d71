// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The sign-in of the Azure CLI, read from its files.
@Suite struct CLISignInTests {
  private func token(
    _ world: AzureWorld,
    _ change: (inout AzureOptions) -> Void = { _ in }
  ) async throws -> CloudToken {
    try await world.token {
      $0.login = .azureCLI
      change(&$0)
    }
  }

  @Test func `a good access token is used as it is, without a request or a program`() async throws {
    let world = CLIFixtures.world()
    let token = try await token(world)
    #expect(token.token.expose() == "AT-cached")
    #expect(token.expiry == Date(timeIntervalSince1970: 1_795_472_544))
    #expect(token.files.contains("/home/me/.azure/msal_token_cache.json"))
    #expect(token.files.count <= 4)
    #expect(world.sent.isEmpty && world.ran.isEmpty && world.keptParts.isEmpty)
  }

  @Test(arguments: [
    CLIFixtures.cache(end: 1_795_467_744 + 299), CLIFixtures.cache(server: "other"),
    CLIFixtures.cache(realm: CLIFixtures.other), CLIFixtures.cache(type: "ssh-cert"),
  ])
  func `else its refresh token, which is not written back`(cache: String) async throws {
    let world = CLIFixtures.world(cache: cache)
    world.answer(AzureWorld.token("AT-new"))
    #expect(try await token(world).token.expose() == "AT-new")
    #expect(
      world.sent.map(\.url) == [
        "https://login.microsoftonline.com/\(AzureWorld.tenant)/oauth2/v2.0/token"
      ]
    )
    #expect(world.sent[0].form["refresh_token"] == "RT2")
    #expect(world.sent[0].form["client_id"] == ServerApplication.azureCLI)
    #expect(try await token(world).token.expose() == "AT-new")
    #expect(world.sent.count == 1, "it is kept")
  }

  @Test func `a refresh token of the family serves, one of another client does not`() async throws {
    let family = CLIFixtures.world(cache: CLIFixtures.cache(end: 0, client: "other-app"))
    family.answer(AzureWorld.token())
    #expect(try await token(family).token.expose() == "AT")
    let foreign = CLIFixtures.world(
      cache: CLIFixtures.cache(end: 0, family: nil, client: "other-app")
    )
    foreign.program("", status: 1, errors: "ERROR: Please run 'az login' to setup account.")
    let error = await #expect(throws: CloudError.self) { try await token(foreign) }
    #expect(error?.code == .loginNeeded)
    #expect(foreign.sent.isEmpty)
  }

  @Test func `the name of the person may be written in another case`() async throws {
    let world = CLIFixtures.world(cache: CLIFixtures.cache(person: "ME@Contoso.com"))
    #expect(try await token(world).token.expose() == "AT-cached")
  }

  @Test func `after another sign-in the kept token of the first is not given out`() async throws {
    let world = CLIFixtures.world(cache: CLIFixtures.cache(end: 0))
    world.answer(AzureWorld.token("of-me"), AzureWorld.token("of-another"))
    #expect(try await token(world).token.expose() == "of-me")
    world.file(
      "/home/me/.azure/msal_token_cache.json",
      CLIFixtures.cache(end: 0, refreshToken: "RT3")
    )
    #expect(try await token(world).token.expose() == "of-another")
  }

  // MARK: files in the way

  @Test func `a torn file is read again`() async throws {
    let world = CLIFixtures.world(cache: nil)
    let whole = CLIFixtures.cache()
    world.file("/home/me/.azure/msal_token_cache.json", "", String(whole.prefix(200)), whole)
    #expect(try await token(world).token.expose() == "AT-cached")
    #expect(world.pauses == [0.05, 0.1])
    #expect(world.ran.isEmpty)
  }

  @Test(arguments: ["{\"AccessToken\":", "\u{1}\u{2}encrypted", "[]"])
  func `a file that stays torn or is encrypted is left to az`(cache: String) async throws {
    let world = CLIFixtures.world(cache: cache)
    world.program(
      #"{"accessToken":"AT-az","expiresOn":"2026-11-23 22:58:52.000000","expires_on":1795474732,"subscription":"sub-1","tenant":"t","tokenType":"Bearer"}"#
    )
    let token = try await token(world)
    #expect(token.token.expose() == "AT-az")
    #expect(token.expiry == Date(timeIntervalSince1970: 1_795_474_732))
    #expect(
      world.ran.map(\.words) == [
        [
          "az", "account", "get-access-token", "-o", "json", "--resource", AzureWorld.aks,
          "--tenant", AzureWorld.tenant,
        ]
      ]
    )
    #expect(world.keptParts.isEmpty, "what az prints is kept nowhere")
  }

  @Test func `an older az has no seconds, and its local time is not guessed`() async throws {
    let payload = Base64URL.encode(#"{"exp":1795470000,"iat":1795466400}"#.utf8)
    let world = CLIFixtures.world(cache: "")
    world.program(
      #"{"accessToken":"e30.\#(payload).AAAA","expiresOn":"2026-11-23 22:58:52.000000"}"#
    )
    #expect(try await token(world).expiry == Date(timeIntervalSince1970: 1_795_470_000))
  }

  @Test func `a folder that a kubeconfig chose runs no program`() async throws {
    let world = AzureWorld(["AZURE_CONFIG_DIR": "/tmp/evil"])
    world.file("/tmp/evil/azureProfile.json", CLIFixtures.profile(CLIFixtures.subscription("s")))
    world.file("/tmp/evil/msal_token_cache.json", "torn")
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .configuration)
    #expect(error?.remedy.contains("azure-command") == true)
    #expect(world.ran.isEmpty)
  }

  @Test func `but its files are read`() async throws {
    let world = AzureWorld(["AZURE_CONFIG_DIR": "/data/azure"])
    world.file("/data/azure/azureProfile.json", CLIFixtures.profile(CLIFixtures.subscription("s")))
    world.file("/data/azure/msal_token_cache.json", CLIFixtures.cache())
    #expect(try await token(world).token.expose() == "AT-cached")
  }

  // MARK: nobody there

  @Test func `nobody is signed in`() async throws {
    let world = AzureWorld()
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .loginNeeded)
    #expect(error?.remedy == "sign in: az login --tenant \(AzureWorld.tenant)")
    #expect(world.ran.isEmpty)
  }

  @Test(arguments: [50_076, 700_082, 50_173, 53_003])
  func `a refusal names az login with the tenant and the scope`(number: Int) async throws {
    let world = CLIFixtures.world(cache: CLIFixtures.cache(end: 0))
    world.answer(AzureWorld.refusal(number))
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .loginNeeded)
    #expect(
      error?.remedy.contains(
        "az login --tenant \(AzureWorld.tenant) --scope \(AzureWorld.aks)/.default"
      ) == true
    )
  }

  @Test func `what Entra ID wants of the next login is in the command`() async throws {
    let world = CLIFixtures.world(cache: CLIFixtures.cache(end: 0))
    let claims = #"{\"access_token\":{\"acrs\":{\"values\":[\"p1\"]}}}"#
    world.answer(
      AzureWorld.json(
        #"{"error":"interaction_required","error_description":"AADSTS50076: x","claims":"\#(claims)"}"#,
        status: 400
      )
    )
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    let encoded = Data(#"{"access_token":{"acrs":{"values":["p1"]}}}"#.utf8).base64EncodedString()
    #expect(error?.remedy.hasSuffix("/.default --claims-challenge \(encoded)") == true)
  }

  // MARK: several accounts and tenants

  private static let two = CLIFixtures.profile(
    CLIFixtures.subscription("sub-1", isDefault: true),
    CLIFixtures.subscription(
      "sub-2",
      tenant: CLIFixtures.other,
      user: #"{"name":"other@fabrikam.com","type":"user"}"#
    )
  )

  @Test func `the account of the tenant, not the default one`() async throws {
    let world = CLIFixtures.world(
      profile: Self.two,
      cache: CLIFixtures.cache(realm: CLIFixtures.other, person: "other@fabrikam.com")
    )
    let token = try await token(world) { $0.tenantID = CLIFixtures.other }
    #expect(token.token.expose() == "AT-cached")
  }

  @Test func `a guest's own account asks for a token of the cluster's tenant`() async throws {
    let guest = "44444444-4444-4444-4444-444444444444"
    let world = CLIFixtures.world()
    world.answer(AzureWorld.token("guest"))
    let token = try await token(world) { $0.tenantID = guest }
    #expect(token.token.expose() == "guest")
    #expect(world.sent[0].url.contains(guest))
  }

  @Test(arguments: ["sub-2", "name of sub-2", "SUB-2"])
  func `the subscription that is named`(name: String) async throws {
    let world = CLIFixtures.world(
      profile: Self.two,
      cache: CLIFixtures.cache(realm: CLIFixtures.other, person: "other@fabrikam.com")
    )
    let token = try await token(world) {
      $0.tenantID = nil
      $0.subscription = name
    }
    #expect(token.token.expose() == "AT-cached")
  }

  @Test func `a subscription that is not there`() async throws {
    let error = await #expect(throws: CloudError.self) {
      try await token(CLIFixtures.world()) { $0.subscription = "gone" }
    }
    #expect(error?.code == .configuration)
    #expect(error?.what.contains("gone") == true)
  }

  @Test func `the Azure CLI in another cloud than the cluster`() async throws {
    let world = CLIFixtures.world(
      profile: CLIFixtures.profile(CLIFixtures.subscription("s", cloud: "AzureChinaCloud"))
    )
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .configuration)
    #expect(world.sent.isEmpty)
  }

  @Test func `a cloud that only az knows is left to it`() async throws {
    let world = CLIFixtures.world(
      profile: CLIFixtures.profile(CLIFixtures.subscription("s", cloud: "MyStack"))
    )
    world.program(#"{"accessToken":"AT-az","expires_on":1795474732}"#)
    #expect(try await token(world).token.expose() == "AT-az")
  }

  // MARK: applications and machines at the Azure CLI

  private static let principal = CLIFixtures.profile(
    CLIFixtures.subscription("s", user: #"{"name":"app-1","type":"servicePrincipal"}"#)
  )

  @Test func `an application that is signed in there`() async throws {
    let world = CLIFixtures.world(profile: Self.principal)
    world.file(
      "/home/me/.azure/service_principal_entries.json",
      #"[{"tenant":"x","client_id":"app-1","client_secret":"wrong"},{"tenant":"\#(AzureWorld.tenant)","client_id":"app-1","client_secret":"s3"}]"#
    )
    world.answer(AzureWorld.token("SP"))
    let token = try await token(world)
    #expect(token.token.expose() == "SP")
    #expect(token.files.contains("/home/me/.azure/service_principal_entries.json"))
    #expect(world.sent[0].form["client_secret"] == "s3")
    #expect(world.sent[0].form["client_id"] == "app-1")
  }

  @Test(arguments: [
    ("MSI", ""), ("MSIClient-abc", "&client_id=abc"), ("MSIResource-/r", "&msi_res_id=%2Fr"),
    ("MSIObject-o", "&object_id=o"),
  ])
  func `the machine that is signed in there`(info: String, pair: String) async throws {
    let user =
      #"{"name":"systemAssignedIdentity","type":"servicePrincipal","assignedIdentityInfo":"\#(info)"}"#
    let world = CLIFixtures.world(
      profile: CLIFixtures.profile(CLIFixtures.subscription("s", user: user))
    )
    world.answer(AzureWorld.json(#"{"access_token":"MI","expires_in":"100"}"#))
    #expect(try await token(world).token.expose() == "MI")
    #expect(world.sent[0].url.hasSuffix("resource=\(AzureWorld.aks)\(pair)"))
  }

  // MARK: hostile files

  @Test(arguments: [
    "", "null", "[]", "{\"subscriptions\":{}}", "{\"subscriptions\":[1,{},{\"id\":1}]}",
    "{\"subscriptions\":[{\"id\":\"a\",\"tenantId\":\"b\",\"user\":{\"name\":\"x\",\"type\":\"new\"}}]}",
  ])
  func `a profile of any shape ends in a message, never in a crash`(text: String) async throws {
    let world = CLIFixtures.world(profile: text)
    world.program("", status: 1, errors: "ERROR: Please run 'az login' to setup account.")
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .loginNeeded)
  }
}
