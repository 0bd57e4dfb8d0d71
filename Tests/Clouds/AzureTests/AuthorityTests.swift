// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import OAuth
import Testing

/// Which Entra ID is asked, and what only the user's own configuration lets it have.
@Suite struct AuthorityTests {
  struct Place: Sendable, CustomTestStringConvertible {
    var environment: String?
    var option: String?
    var variable: String?
    let host: String?
    var testDescription: String { "\(environment ?? "-") \(option ?? "-") \(variable ?? "-")" }
  }

  static let places = [
    Place(host: "https://login.microsoftonline.com"),
    Place(variable: "https://v.example/", host: "https://v.example"),
    Place(
      environment: "AzureChinaCloud",
      variable: "https://v.example/",
      host: "https://login.chinacloudapi.cn"
    ),
    Place(option: "https://o.example/", variable: "https://v.example/", host: "https://o.example"),
    Place(environment: "AzureChinaCloud", option: "https://o.example/", host: "https://o.example"),
    Place(environment: "AzureStackCloud", option: "https://o.example", host: "https://o.example"),
    Place(environment: "AzureStackCloud", host: nil),
    Place(environment: "NoCloud", option: "https://o.example", host: nil),
    Place(option: "https://adfs.example/adfs", host: nil),
    Place(option: "https://dsts.example/dstsv2/", host: nil),
  ]

  @Test(arguments: places) func `an option beats the cloud, which beats a variable`(row: Place) {
    let world = AzureWorld(row.variable.map { ["AZURE_AUTHORITY_HOST": $0] } ?? [:])
    let settings = try? world.settings {
      $0.environment = row.environment
      $0.authorityHost = row.option
    }
    #expect(settings?.host.text == row.host)
  }

  @Test(arguments: [("https://x.example/adfs/", "t"), (nil, "adfs")] as [(String?, String)])
  func `AD FS is named as what is not supported`(host: String?, tenant: String) {
    let error = #expect(throws: CloudError.self) {
      let settings = try AzureWorld().settings {
        $0.authorityHost = host
        $0.tenantID = tenant
      }
      _ = try settings.authority()
    }
    #expect(error?.what.contains("AD FS is not supported") == true)
    #expect(error?.remedy.contains("Azure/kubelogin") == true)
  }

  @Test func `what Azure Pipelines sets by itself only fills a gap`() throws {
    let pipelines = ["AZURESUBSCRIPTION_CLIENT_ID": "connection"]
    let both = AzureWorld(pipelines.merging(["AZURE_CLIENT_ID": "mine"]) { $1 })
    #expect(try both.settings { $0.login = .azurePipelines }.applicationID == "mine")
    let alone = AzureWorld(pipelines)
    #expect(try alone.settings { $0.login = .azurePipelines }.applicationID == "connection")
  }

  // MARK: what it may have

  @Test(arguments: [LoginMethod.msi, .azd, .azureCLI, .spn, .workloadIdentity])
  func `an authority on this machine lets nobody have tokens for other servers`(
    method: LoginMethod
  ) async throws {
    let world = CLIFixtures.world(
      ["AZURE_FEDERATED_TOKEN_FILE": "/token"],
      allowed: [.azureOtherHosts]
    )
    world.file("/token", "JWT")
    let error = await #expect(throws: CloudError.self) {
      try await world.token {
        $0.login = method
        $0.clientID = "app"
        $0.clientSecret = Secret("s")
        $0.serverID = "https://management.azure.com"
        $0.authorityHost = "http://127.0.0.1:9"
      }
    }
    #expect(error?.remedy.contains("azure-other-servers") == true)
    #expect(world.sent.isEmpty && world.ran.isEmpty)
  }

  @Test(arguments: [LoginMethod.azureCLI, .spn, .workloadIdentity])
  func `an authority on this machine gets nothing secret without leave`(
    method: LoginMethod
  ) async throws {
    for isAllowed in [false, true] {
      let world = CLIFixtures.world(
        ["AZURE_FEDERATED_TOKEN_FILE": "/token"],
        allowed: isAllowed ? [.azureOtherHosts] : [],
        cache: CLIFixtures.cache(end: 0)
      )
      world.file("/token", "JWT")
      world.answer(AzureWorld.token())
      do {
        _ = try await world.token {
          $0.login = method
          $0.clientID = "app"
          $0.clientSecret = Secret("s")
          $0.authorityHost = "http://127.0.0.1:9/"
        }
        #expect(isAllowed)
        #expect(world.sent[0].url.hasPrefix("http://127.0.0.1:9/"))
      } catch let error as CloudError {
        #expect(!isAllowed && error.remedy.contains("azure-other-hosts"), "\(error)")
        #expect(world.sent.isEmpty && world.ran.isEmpty)
      }
    }
  }
}
