// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import OAuth
import Testing

/// Options, variables, and what auto makes of them.
@Suite struct SettingsTests {
  // MARK: methods

  @Test(arguments: [
    ("devicecode", LoginMethod.device), ("interactive", .browser), ("ropc", .password),
    ("workloadidentity", .workloadIdentity), ("azurepipelines", .azurePipelines), ("spn", .spn),
    ("msi", .msi), ("azurecli", .azureCLI), ("azd", .azd), ("github", .github), ("auto", .auto),
    ("workload-identity", .workloadIdentity), ("azure-pipelines", .azurePipelines),
    ("browser", .browser), ("device", .device), ("password", .password),
  ])
  func `a method by lanyard's and by kubelogin's name`(name: String, method: LoginMethod) {
    #expect(LoginMethod(named: name) == method)
  }

  @Test func `the option beats the variable, which beats auto`() throws {
    #expect(try AzureWorld().settings().method == .auto)
    let world = AzureWorld(["AAD_LOGIN_METHOD": "msi"])
    #expect(try world.settings().method == .msi)
    #expect(try world.settings { $0.login = .azureCLI }.method == .azureCLI)
    #expect(try world.settings { $0.ignoresVariables = true }.method == .auto)
    let wrong = AzureWorld(["AAD_LOGIN_METHOD": "magic"])
    let error = #expect(throws: CloudError.self) { try wrong.settings() }
    #expect(error?.code == .configuration)
  }

  @Test func `an empty variable counts as unset`() throws {
    let world = AzureWorld([
      "AAD_LOGIN_METHOD": "", "AZURE_CLIENT_ID": "", "AZURE_AUTHORITY_HOST": "",
    ])
    let settings = try world.settings()
    #expect(settings.method == .auto)
    #expect(settings.applicationID == nil)
  }

  // MARK: variables

  private static let variables = [
    "AZURE_CLIENT_ID": "azure", "AAD_SERVICE_PRINCIPAL_CLIENT_ID": "aad", "ARM_CLIENT_ID": "arm",
    "AZURE_CLIENT_SECRET": "azure-s", "ARM_CLIENT_SECRET": "arm-s", "ARM_TENANT_ID": "arm-tenant",
    "AZURE_TENANT_ID": "azure-tenant",
  ]

  @Test func `options beat variables, and Terraform's count when asked for`() throws {
    let world = AzureWorld(Self.variables)
    #expect(try world.settings { $0.clientID = "given" }.applicationID == "given")
    #expect(try world.settings().applicationID == "azure")
    #expect(try world.settings { $0.tenantID = nil }.authority().tenant == "azure-tenant")
    let terraform = try world.settings {
      $0.usesTerraformVariables = true
      $0.tenantID = nil
    }
    #expect(terraform.applicationID == "arm")
    #expect(terraform.proof == .secret(Secret("arm-s")))
    #expect(try terraform.authority().tenant == "arm-tenant")
    #expect(try world.settings { $0.ignoresVariables = true }.applicationID == nil)
    let old = AzureWorld(["AAD_SERVICE_PRINCIPAL_CLIENT_ID": "aad"])
    #expect(try old.settings().applicationID == "aad")
  }

  @Test(arguments: [
    ServerApplication.aksClient, ServerApplication.arcClient, ServerApplication.azureCLI,
  ])
  func `a public client is no application`(client: String) throws {
    let settings = try AzureWorld(Self.variables).settings { $0.clientID = client }
    #expect(settings.applicationID == "azure")
    #expect(settings.personsClient == client)
  }

  @Test func `a person's client does not come from an application's variable`() throws {
    #expect(try AzureWorld(Self.variables).settings().personsClient == ServerApplication.aksClient)
  }

  @Test func `no tenant`() throws {
    let settings = try AzureWorld().settings { $0.tenantID = nil }
    let error = #expect(throws: CloudError.self) { try settings.authority() }
    #expect(error?.remedy.contains("--tenant-id") == true)
  }

  // MARK: auto

  struct Auto: Sendable, CustomTestStringConvertible {
    let variables: [String: String]
    var isSignedIn = false
    let methods: [LoginMethod]
    var testDescription: String { "\(variables.keys.sorted()) \(isSignedIn)" }
  }

  private static let app = ["AZURE_CLIENT_ID": "app"]
  private static let file = app.merging(["AZURE_FEDERATED_TOKEN_FILE": "/t"]) { $1 }
  private static let github = app.merging([
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t",
  ]) { $1 }
  private static let pipelines = [
    "SYSTEM_OIDCREQUESTURI": "https://x", "SYSTEM_ACCESSTOKEN": "t",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "c", "AZURESUBSCRIPTION_CLIENT_ID": "a",
  ]
  private static let service = ["IDENTITY_ENDPOINT": "http://127.0.0.1", "IDENTITY_HEADER": "h"]

  static let autos = [
    Auto(variables: [:], methods: []),
    Auto(variables: [:], isSignedIn: true, methods: [.azureCLI]),
    Auto(variables: app, methods: []),
    Auto(variables: app.merging(["AZURE_CLIENT_SECRET": "s"]) { $1 }, methods: [.spn]),
    Auto(variables: ["AZURE_CLIENT_SECRET": "s"], methods: []),
    Auto(variables: file, methods: [.workloadIdentity]),
    Auto(variables: file, isSignedIn: true, methods: [.azureCLI, .workloadIdentity]),
    Auto(variables: ["AZURE_FEDERATED_TOKEN_FILE": "/t"], methods: []),
    Auto(variables: github, methods: [.workloadIdentity]),
    Auto(variables: pipelines, methods: [.azurePipelines]),
    Auto(variables: service, methods: [.msi]),
    Auto(variables: ["MSI_ENDPOINT": "http://127.0.0.1"], methods: [.msi]),
    Auto(variables: ["IDENTITY_HEADER": "h"], methods: []),
    Auto(variables: file.merging(service) { $1 }, methods: [.workloadIdentity, .msi]),
  ]

  @Test(arguments: autos) func `what auto takes`(row: Auto) throws {
    let settings = try AzureWorld(row.variables).settings()
    #expect(AutomaticLogin.methods(settings, isSignedIn: row.isSignedIn) == row.methods)
  }

  @Test func `whether somebody is signed in at the Azure CLI`() async throws {
    let signedIn = CLIFixtures.world()
    let nobody = AzureWorld()
    for (world, expected) in [(signedIn, true), (nobody, false)] {
      let tokens = AzureTokens(try world.settings(), world.effects, openPFX: AzureWorld.noPFX)
      #expect(await tokens.isSignedInAtCLI == expected)
    }
  }

  // MARK: bound tokens

  @Test(arguments: [
    ("u=/subscriptions/s/c", "/subscriptions/s/c"), (" u = host ", "host"), ("u=a=b", "a=b"),
    ("u=/r,key=val", "/r"), ("key=val,u=/r,key2=val2", "/r"),
  ])
  func `the resource of a bound token`(claims: String, resource: String) throws {
    #expect(try BoundToken.resource(in: claims) == resource)
  }

  @Test(arguments: ["", "u=", "x=1", "u=1,x", "u=1,=2", "u", "u=1,u=2"])
  func `claims that nobody knows`(claims: String) {
    #expect(throws: CloudError.self) { try BoundToken.resource(in: claims) }
  }

  @Test(arguments: LoginMethod.allCases)
  func `only some methods give bound tokens`(method: LoginMethod) {
    let settings = try? AzureWorld().settings {
      $0.login = method
      $0.boundTo = "r"
    }
    #expect((settings != nil) == [.browser, .password, .spn].contains(method))
  }
}
