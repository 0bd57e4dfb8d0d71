// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which service is asked, how, and what its answers mean.
@Suite struct ManagedIdentityTests {
  private static let endpoint = "http://127.0.0.1:41/msi/token"
  private static let thumbprint = "0123456789abcdef0123456789ABCDEF01234567"

  /// One row: the variables, whether the agent of Azure Arc is installed, and what is asked then.
  struct Row: Sendable, CustomTestStringConvertible {
    let variables: [String: String]
    let arc: Bool
    let title: String
    let url: String
    let header: (name: String, value: String)

    init(
      _ variables: [String: String],
      arc: Bool = false,
      _ title: String,
      _ url: String,
      _ header: (String, String)
    ) {
      self.variables = variables
      self.arc = arc
      self.title = title
      self.url = url
      self.header = header
    }

    var testDescription: String { "\(title) \(variables.keys.sorted()) \(arc)" }
  }

  private static let all = [
    "IDENTITY_ENDPOINT": endpoint, "IDENTITY_HEADER": "h", "IDENTITY_SERVER_THUMBPRINT": thumbprint,
    "IMDS_ENDPOINT": "i", "MSI_ENDPOINT": endpoint, "MSI_SECRET": "s",
  ]

  private static func only(_ names: String...) -> [String: String] {
    all.filter { names.contains($0.key) }
  }

  private static let resource = "resource=\(AzureWorld.aks)"

  static let rows = [
    Row(
      all,
      "Service Fabric",
      "\(endpoint)?api-version=2019-07-01-preview&\(resource)",
      ("Secret", "h")
    ),
    Row(
      only("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT", "MSI_SECRET"),
      "App Service",
      "\(endpoint)?api-version=2019-08-01&\(resource)",
      ("X-IDENTITY-HEADER", "h")
    ),
    Row(
      only("IDENTITY_ENDPOINT", "IMDS_ENDPOINT"),
      "Azure Arc",
      "\(endpoint)?api-version=2020-06-01&\(resource)",
      ("Metadata", "true")
    ),
    Row(
      [:],
      arc: true,
      "Azure Arc",
      "http://127.0.0.1:40342/metadata/identity/oauth2/token?api-version=2020-06-01&\(resource)",
      ("Metadata", "true")
    ),
    Row(
      only("MSI_ENDPOINT", "MSI_SECRET"),
      arc: true,
      "Machine Learning",
      "\(endpoint)?api-version=2017-09-01&\(resource)",
      ("Secret", "s")
    ),
    Row(only("MSI_ENDPOINT"), arc: true, "Cloud Shell", endpoint, ("Metadata", "true")),
    Row(
      [:],
      "the metadata service",
      "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&\(resource)",
      ("Metadata", "true")
    ),
    Row(
      only("IDENTITY_ENDPOINT"),
      "the metadata service",
      "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&\(resource)",
      ("Metadata", "true")
    ),
    Row(
      only("IDENTITY_HEADER"),
      "the metadata service",
      "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&\(resource)",
      ("Metadata", "true")
    ),
    Row(
      ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9/"],
      "the metadata service",
      "http://127.0.0.1:9/metadata/identity/oauth2/token?api-version=2018-02-01&\(resource)",
      ("Metadata", "true")
    ),
  ]

  @Test(arguments: rows) func `the order of sources`(row: Row) async throws {
    let source = ManagedIdentitySource.named(in: row.variables, hasArcAgent: row.arc)
    #expect(source.title == row.title)
    let world = AzureWorld(row.variables)
    let call = try source.request(resource: AzureWorld.aks, .systemAssigned, world.effects)
    #expect(call.url == row.url)
    let name = try #require(HTTPField.Name(row.header.name))
    #expect(call.headers[name] == row.header.value)
    #expect(call.method == (row.title == "Cloud Shell" ? .post : .get))
  }

  @Test(arguments: [
    (
      ManagedIdentitySource.metadataService(host: "http://169.254.169.254"),
      ManagedIdentityName.client("c"), "client_id=c"
    ),
    (.metadataService(host: "http://169.254.169.254"), .resource("/r"), "msi_res_id=%2Fr"),
    (.metadataService(host: "http://169.254.169.254"), .object("o"), "object_id=o"),
    (.appService(endpoint: endpoint, header: Secret("h")), .client("c"), "client_id=c"),
    (.appService(endpoint: endpoint, header: Secret("h")), .resource("/r"), "mi_res_id=%2Fr"),
    (.appService(endpoint: endpoint, header: Secret("h")), .object("o"), "principal_id=o"),
    (.machineLearning(endpoint: endpoint, secret: Secret("s")), .client("c"), "clientid=c"),
  ])
  func `an identity is chosen`(
    source: ManagedIdentitySource,
    name: ManagedIdentityName,
    pair: String
  ) throws {
    let call = try source.request(resource: "R", name, AzureWorld().effects)
    #expect(call.url.hasSuffix("&\(pair)"))
  }

  @Test(arguments: [
    ManagedIdentitySource.arc(endpoint: endpoint), .cloudShell(endpoint: endpoint),
    .serviceFabric(endpoint: endpoint, header: Secret("h"), thumbprint: thumbprint),
  ])
  func `an identity that cannot be chosen is an error`(source: ManagedIdentitySource) {
    #expect(throws: CloudError.self) {
      try source.request(resource: "R", .client("c"), AzureWorld().effects)
    }
  }

  @Test(arguments: [
    ("http://evil.example/msi", false), ("https://evil.example/msi", false),
    ("http://169.254.evil.example/", false), ("http://10.0.0.4/msi", false),
    ("http://127.0.0.1.evil.example/", false), ("file:///etc/passwd", false),
    ("http://169.254.130.2:8081/msi/token", true), ("http://localhost:50342/oauth2/token", true),
    ("http://[fe80::1]:80/x", true),
  ])
  func `secrets of variables go to this machine alone`(endpoint: String, isFine: Bool) {
    let source = ManagedIdentitySource.appService(endpoint: endpoint, header: Secret("secret"))
    let call = try? source.request(resource: "R", .systemAssigned, AzureWorld().effects)
    #expect((call != nil) == isFine)
  }

  // MARK: answers

  private func token(
    _ world: AzureWorld,
    client: String? = nil
  ) async throws -> CloudToken {
    try await world.token {
      $0.login = .msi
      $0.clientID = client
    }
  }

  @Test func `the metadata service, through no proxy`() async throws {
    let world = AzureWorld()
    world.answer(
      AzureWorld.json(
        #"{"access_token":"MI","client_id":"mi","expires_in":"86399","expires_on":"1795554143","ext_expires_in":"86399","not_before":"1795467444","resource":"R","token_type":"Bearer"}"#
      )
    )
    let token = try await token(world, client: "mi-client")
    #expect(token.token.expose() == "MI")
    #expect(token.expiry == AzureWorld.now.addingTimeInterval(86_399))
    #expect(world.sent.map(\.isDirect) == [true])
    #expect(world.sent[0].url.hasSuffix("&client_id=mi-client"))
  }

  @Test func `Machine Learning has a usual identity, which an option beats`() async throws {
    var variables = Self.only("MSI_ENDPOINT", "MSI_SECRET")
    variables["DEFAULT_IDENTITY_CLIENT_ID"] = "usual"
    for (client, expected) in [(nil, "usual"), ("mine", "mine")] as [(String?, String)] {
      let world = AzureWorld(variables)
      world.answer(AzureWorld.json(#"{"access_token":"MI","expires_on":"1795474732"}"#))
      _ = try await token(world, client: client)
      #expect(world.sent[0].url.hasSuffix("&clientid=\(expected)"))
      #expect(world.keptParts[0].contains("client \(expected)"))
    }
    let elsewhere = AzureWorld(["DEFAULT_IDENTITY_CLIENT_ID": "usual"])
    elsewhere.answer(AzureWorld.json(#"{"access_token":"MI","expires_in":"100000"}"#))
    _ = try await token(elsewhere)
    #expect(!elsewhere.sent[0].url.contains("client"))
  }

  @Test func `the client that people log in with is no managed identity`() async throws {
    let world = AzureWorld()
    world.answer(AzureWorld.json(#"{"access_token":"MI","expires_in":"100000"}"#))
    _ = try await token(world, client: ServerApplication.aksClient)
    #expect(!world.sent[0].url.contains("client_id"))
  }

  @Test func `it is asked again while it is not ready`() async throws {
    let world = AzureWorld()
    for status in [404, 410, 429, 500] { world.answer(AzureWorld.json("{}", status: status)) }
    world.answer(AzureWorld.json(#"{"access_token":"MI","expires_in":"86399"}"#))
    #expect(try await token(world).token.expose() == "MI")
    #expect(world.sent.count == 5)
    #expect(world.pauses == [0.8, 1.6, 3.2, 6.4])
  }

  @Test func `but not for ever`() async throws {
    let world = AzureWorld()
    for _ in 0..<9 { world.answer(AzureWorld.json("{}", status: 503)) }
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .temporary)
    #expect(world.sent.count == 5)
  }

  @Test func `a machine without that identity`() async throws {
    let world = AzureWorld()
    world.answer(
      AzureWorld.json(
        #"{"error":"invalid_request","error_description":"Identity not found"}"#,
        status: 400
      )
    )
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .configuration)
    #expect(error?.what.contains("Identity not found") == true)
    #expect(world.sent.count == 1)
  }

  @Test func `a machine outside Azure`() async throws {
    let world = AzureWorld()
    world.fail(.notSent("connection timed out"))
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .temporary)
    #expect(error?.what.contains("no managed identity") == true)
  }

  @Test func `App Service counts its tokens' ends from 1970`() async throws {
    let world = AzureWorld(["IDENTITY_ENDPOINT": Self.endpoint, "IDENTITY_HEADER": "h"])
    world.answer(AzureWorld.json(#"{"access_token":"AS","expires_on":"1795471344"}"#))
    let token = try await token(world)
    #expect(token.expiry == AzureWorld.now.addingTimeInterval(3600))
  }

  @Test func `Service Fabric is known by its certificate`() async throws {
    let world = AzureWorld([
      "IDENTITY_ENDPOINT": "https://127.0.0.1:2377/token", "IDENTITY_HEADER": "h",
      "IDENTITY_SERVER_THUMBPRINT": Self.thumbprint,
    ])
    world.answer(AzureWorld.json(#"{"access_token":"SF","expires_on":"1795471344"}"#))
    #expect(try await token(world).token.expose() == "SF")
    #expect(world.sent.map(\.thumbprint) == [Self.thumbprint])
  }

  @Test(arguments: ["t", "", "0123456789abcdef0123456789abcdef0123456g"])
  func `a thumbprint that is none`(thumbprint: String) {
    let source = ManagedIdentitySource.serviceFabric(
      endpoint: Self.endpoint,
      header: Secret("h"),
      thumbprint: thumbprint
    )
    #expect(throws: CloudError.self) {
      try source.request(resource: "R", .systemAssigned, AzureWorld().effects)
    }
  }

  // MARK: Azure Arc

  private static let arc = ["IDENTITY_ENDPOINT": endpoint, "IMDS_ENDPOINT": "http://localhost"]

  private func challenge(_ text: String) -> HTTPAnswer {
    AzureWorld.json("{}", status: 401, headers: [.wwwAuthenticate: text])
  }

  @Test func `the challenge of Azure Arc is answered with its key`() async throws {
    let world = AzureWorld(Self.arc)
    world.file("/var/opt/azcmagent/tokens/a1.key", "the-key\n")
    world.answer(
      challenge("Basic realm=/var/opt/azcmagent/tokens/a1.key"),
      AzureWorld.json(#"{"access_token":"ARC","expires_in":"86399"}"#)
    )
    #expect(try await token(world).token.expose() == "ARC")
    #expect(world.sent[0].headers[.authorization] == nil)
    #expect(world.sent[1].headers[.authorization] == "Basic the-key")
  }

  @Test(arguments: [
    "Basic realm=/etc/shadow", "Basic realm=/var/opt/azcmagent/tokens/../../../../etc/shadow.key",
    "Basic realm=/var/opt/azcmagent/tokens/sub/a.key",
    "Basic realm=/var/opt/azcmagent/tokens/a.pem",
    "Basic realm=/var/opt/azcmagent/tokens/.key", "Bearer realm=x", "Basic realm=",
  ])
  func `a challenge for another file reads nothing`(text: String) async throws {
    let world = AzureWorld(Self.arc)
    world.file("/etc/shadow", "root")
    world.file("/var/opt/azcmagent/tokens/a.pem", "x")
    world.answer(challenge(text))
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .refused)
    #expect(world.sent.count == 1)
  }

  @Test func `a key that is too large or not readable`() async throws {
    let world = AzureWorld(Self.arc)
    world.file("/var/opt/azcmagent/tokens/a.key", String(repeating: "x", count: 4097))
    world.answer(challenge("Basic realm=/var/opt/azcmagent/tokens/a.key"))
    let error = await #expect(throws: CloudError.self) { try await token(world) }
    #expect(error?.code == .configuration)
    #expect(error?.remedy.contains("himds") == true)
  }

  @Test func `the agent is found where no variable names it`() async throws {
    let world = AzureWorld()
    world.file("/opt/azcmagent/bin/himds", "program")
    world.answer(AzureWorld.json(#"{"access_token":"ARC","expires_in":"86399"}"#))
    _ = try await token(world)
    #expect(world.sent[0].url.hasPrefix("http://127.0.0.1:40342/"))
  }
}
