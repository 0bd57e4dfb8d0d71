// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import OAuth
import Testing

/// Clouds, authorities and server applications.
@Suite struct CloudTests {
  @Test(arguments: [
    ("AzurePublicCloud", AzureCloud.global), ("azurecloud", .global), ("AzurePublic", .global),
    ("AzureUSGovernmentCloud", .usGovernment), ("AZUREUSGOVERNMENT", .usGovernment),
    ("AzureChinaCloud", .china),
  ])
  func `a cloud by its name`(name: String, cloud: AzureCloud) {
    #expect(AzureCloud(named: name) == cloud)
  }

  @Test(arguments: ["AzureGermanCloud", "", "public", "AzurePublicCloud "])
  func `a cloud that nobody knows is an error`(name: String) throws {
    let world = AzureWorld()
    let error = #expect(throws: CloudError.self) { try world.settings { $0.environment = name } }
    #expect(error?.code == .configuration)
    #expect(error?.remedy.contains("AzureUSGovernmentCloud") == true)
  }

  @Test(arguments: [
    ("AzurePublicCloud", "https://login.microsoftonline.com"),
    ("AzureUSGovernmentCloud", "https://login.microsoftonline.us"),
    ("AzureChinaCloud", "https://login.chinacloudapi.cn"),
  ])
  func `the authority of a cloud`(name: String, host: String) throws {
    let settings = try AzureWorld().settings { $0.environment = name }
    #expect(
      try settings.authority().tokenEndpoint == "\(host)/\(AzureWorld.tenant)/oauth2/v2.0/token"
    )
    #expect(try settings.authority().issuer == "\(host)/\(AzureWorld.tenant)/v2.0")
  }

  @Test func `the option beats the variable, which can be told not to count`() throws {
    let world = AzureWorld(["AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us/"])
    #expect(try world.settings().host.cloud == .usGovernment)
    let named = try world.settings { $0.authorityHost = "https://login.chinacloudapi.cn/" }
    #expect(named.host.cloud == .china)
    let silent = try world.settings { $0.ignoresVariables = true }
    #expect(silent.host.cloud == .global)
  }

  @Test(arguments: [
    "http://login.microsoftonline.com/", "https://login.microsoftonline.com/?x=1", "login", "",
    "https://user@login.microsoftonline.com/", "ftp://login.microsoftonline.com/",
  ])
  func `an authority host that is none`(text: String) {
    #expect(throws: CloudError.self) {
      try AzureWorld().settings { $0.authorityHost = text }
    }
  }

  @Test(arguments: [
    ("https://login.microsoftonline.com/", true),
    ("https://login.microsoftonline.com:8443/", false),
    ("https://login.microsoftonline.com.evil.example/", false),
    ("https://evil.example/login.microsoftonline.com", false), ("http://127.0.0.1:8000", false),
    ("http://localhost:8000/", false), ("https://127.evil.example", false),
  ])
  func `a secret goes only to a known cloud, and not to this machine either`(
    host: String,
    isFine: Bool
  )
    async throws
  {
    let world = AzureWorld()
    world.answer(AzureWorld.token())
    let result = try? await world.token {
      $0.authorityHost = host
      $0.login = .spn
      $0.clientID = "app"
      $0.clientSecret = .init("s")
    }
    #expect((result != nil) == isFine)
    #expect(world.sent.isEmpty != isFine)
  }

  @Test func `the user's own configuration may allow another host`() async throws {
    let world = AzureWorld(allowed: [.azureOtherHosts])
    world.answer(AzureWorld.token())
    let token = try await world.token {
      $0.authorityHost = "https://login.corp.example/"
      $0.login = .spn
      $0.clientID = "app"
      $0.clientSecret = .init("s")
    }
    #expect(token.token.expose() == "AT")
  }

  @Test(arguments: ["", "..", "a/b", "a?b", "a#b", "a b", "a%2Fb", "ä"])
  func `a tenant that would change the address`(tenant: String) {
    #expect(throws: CloudError.self) {
      try AzureWorld().settings { $0.tenantID = tenant }.authority()
    }
  }

  @Test func `Azure Stack has its endpoints in a file, which may begin with a mark`() throws {
    let world = AzureWorld(["AZURE_ENVIRONMENT_FILEPATH": "/stack.json"])
    world.file(
      "/stack.json",
      "\u{FEFF}{\"name\":\"AzureStackCloud\",\"activeDirectoryEndpoint\":\"https://login.microsoftonline.com/\"}"
    )
    let settings = try world.settings { $0.environment = "azurestackcloud" }
    #expect(settings.host.text == "https://login.microsoftonline.com")
  }

  @Test(arguments: ["{}", "{\"activeDirectoryEndpoint\":1}", "", "{"])
  func `an environment file that names no endpoint`(text: String) {
    let world = AzureWorld(["AZURE_ENVIRONMENT_FILEPATH": "/stack.json"])
    world.file("/stack.json", text)
    #expect(throws: CloudError.self) { try world.settings { $0.environment = "AzureStackCloud" } }
    #expect(throws: CloudError.self) {
      try AzureWorld().settings { $0.environment = "AzureStackCloud" }
    }
  }

  // MARK: server applications

  @Test(arguments: [
    (AzureWorld.aks, false, "\(AzureWorld.aks)/.default"),
    ("\(AzureWorld.aks)/", false, "\(AzureWorld.aks)/.default"),
    ("\(AzureWorld.aks)/.default", false, "\(AzureWorld.aks)/.default"),
    ("api://cluster", false, "api://cluster/.default"),
    (AzureWorld.aks, true, "spn:\(AzureWorld.aks)/.default"),
  ])
  func `the scope of a server application`(id: String, isLegacy: Bool, scope: String) throws {
    #expect(try ServerApplication(id, isLegacy: isLegacy).scope == scope)
  }

  @Test func `the usual client is the server application's own`() throws {
    #expect(try ServerApplication(ServerApplication.aks).usualClient == ServerApplication.aksClient)
    #expect(try ServerApplication(ServerApplication.arc).usualClient == ServerApplication.arcClient)
  }

  @Test func `a token for Azure itself is not had behind anybody's back`() async throws {
    let graph = "https://graph.microsoft.com"
    let world = AzureWorld()
    let error = await #expect(throws: CloudError.self) {
      try await world.token {
        $0.serverID = graph
        $0.login = .msi
      }
    }
    #expect(error?.code == .configuration)
    #expect(error?.remedy.contains("azure-other-servers") == true)
    #expect(world.sent.isEmpty)
    let allowing = AzureWorld(allowed: [.azureOtherServers])
    allowing.answer(AzureWorld.json(#"{"access_token":"MI","expires_in":"86399"}"#))
    let token = try await allowing.token {
      $0.serverID = graph
      $0.login = .msi
    }
    #expect(token.token.expose() == "MI")
  }
}
