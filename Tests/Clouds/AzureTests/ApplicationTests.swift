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

/// Applications: secrets, federated tokens, the proxy of identity bindings, two of them at once.
@Suite struct ApplicationTests {
  private static let secret: @Sendable (inout AzureOptions) -> Void = {
    $0.login = .spn
    $0.clientID = "app"
    $0.clientSecret = Secret("s")
  }

  @Test func `a secret, once while the token is good`() async throws {
    let world = AzureWorld()
    world.answer(AzureWorld.token("one", life: 3600), AzureWorld.token("two", life: 3600))
    #expect(try await world.token(Self.secret).token.expose() == "one")
    world.wait(3600 - 301)
    #expect(try await world.token(Self.secret).token.expose() == "one")
    world.wait(2)
    #expect(try await world.token(Self.secret).token.expose() == "two")
    #expect(world.sent.count == 2)
  }

  @Test func `a token that dies early is not kept beyond its end`() async throws {
    let world = AzureWorld()
    world.answer(AzureWorld.token("short", life: 60), AzureWorld.token("next", life: 60))
    let first = try await world.token(Self.secret)
    #expect(first.expiry == AzureWorld.now.addingTimeInterval(60))
    #expect(try await world.token(Self.secret).token.expose() == "next")
  }

  @Test func `two tenants and two applications have tokens of their own`() async throws {
    let world = AzureWorld()
    world.answer(AzureWorld.token("a"), AzureWorld.token("b"), AzureWorld.token("c"))
    let first = try await world.token(Self.secret)
    let second = try await world.token {
      Self.secret(&$0)
      $0.tenantID = CLIFixtures.other
    }
    let third = try await world.token {
      Self.secret(&$0)
      $0.clientID = "app-2"
    }
    #expect([first, second, third].map { $0.token.expose() } == ["a", "b", "c"])
    #expect(try await world.token(Self.secret).token.expose() == "a")
    #expect(world.sent.count == 3)
  }

  @Test func `another secret makes another token`() async throws {
    let world = AzureWorld()
    world.answer(
      AzureWorld.token("a"),
      AzureWorld.refusal(7_000_215, "invalid_client", status: 401)
    )
    _ = try await world.token(Self.secret)
    let error = await #expect(throws: CloudError.self) {
      try await world.token {
        Self.secret(&$0)
        $0.clientSecret = Secret("wrong")
      }
    }
    #expect(error?.code == .configuration)
    #expect(world.keptParts.allSatisfy { !$0.contains("s") && !$0.contains("wrong") })
  }

  @Test func `without secret or certificate it says what to give`() async throws {
    let error = await #expect(throws: CloudError.self) {
      try await AzureWorld().token {
        $0.login = .spn
        $0.clientID = "app"
      }
    }
    #expect(error?.code == .configuration)
    #expect(error?.remedy.contains("--client-secret-file") == true)
  }

  // MARK: federated tokens

  private static let federation = [
    "AZURE_CLIENT_ID": "wi-app", "AZURE_TENANT_ID": AzureWorld.tenant,
    "AZURE_FEDERATED_TOKEN_FILE": "/token",
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
  ]

  @Test func `a projected file is trimmed, and read anew each time`() async throws {
    let world = AzureWorld(Self.federation)
    world.file("/token", "JWT-1\n", " JWT-2 \r\n")
    world.answer(AzureWorld.token("a", life: 200), AzureWorld.token("b", life: 200))
    for assertion in ["JWT-1", "JWT-2"] {
      let token = try await world.token {
        $0.login = .workloadIdentity
        $0.tenantID = nil
        // What az aks get-credentials writes for people is not the workload's application.
        $0.clientID = ServerApplication.aksClient
      }
      #expect(token.files == ["/token"])
      #expect(world.sent.last?.form["client_assertion"] == assertion)
      #expect(world.sent.last?.form["client_id"] == "wi-app")
    }
    #expect(world.sent.count == 2)
  }

  @Test func `no file, or nothing in it`() async throws {
    for content in [nil, "", "\n"] {
      let world = AzureWorld(Self.federation)
      if let content { world.file("/token", content) }
      let error = await #expect(throws: CloudError.self) {
        try await world.token { $0.login = .workloadIdentity }
      }
      #expect(error?.code == .configuration)
      #expect(world.sent.isEmpty)
    }
  }

  @Test(arguments: [
    ("https://vstoken.actions.githubusercontent.com/t?x=1", false, true),
    ("https://evil.example/t", false, false), ("https://evil.example/t", true, true),
    ("http://127.0.0.1:9/t", false, false), ("http://127.0.0.1:9/t", true, true),
    ("http://evil.example/t", true, false),
  ])
  func `a job of GitHub Actions asks GitHub alone`(
    url: String,
    isAllowed: Bool,
    isFine: Bool
  ) async throws {
    let world = AzureWorld(
      [
        "ACTIONS_ID_TOKEN_REQUEST_URL": url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job",
        "AZURE_CLIENT_ID": "gh",
      ],
      allowed: isAllowed ? [.azureOtherHosts] : []
    )
    world.answer(AzureWorld.json(#"{"value":"GH-JWT"}"#), AzureWorld.token())
    let token = try? await world.token { $0.login = .github }
    #expect((token != nil) == isFine)
    guard isFine else {
      #expect(world.sent.isEmpty)
      return
    }
    #expect(world.sent[0].url.hasSuffix("audience=api%3A%2F%2FAzureADTokenExchange"))
    #expect(world.sent[0].headers[.authorization] == "Bearer job")
    #expect(world.sent[1].form["client_assertion"] == "GH-JWT")
  }

  @Test(arguments: [
    ("https://dev.azure.com/org/p/_apis/oidctoken", true),
    ("https://org.visualstudio.com/p/oidctoken", true), ("https://evil.example/o", false),
    ("https://dev.azure.com.evil.example/o", false), ("http://dev.azure.com/o", false),
    ("http://127.0.0.1:9/o", false),
  ])
  func `a job of Azure Pipelines asks Azure DevOps alone`(uri: String, isFine: Bool) async throws {
    let world = AzureWorld([
      "SYSTEM_OIDCREQUESTURI": uri, "SYSTEM_ACCESSTOKEN": "job",
      "AZURESUBSCRIPTION_CLIENT_ID": "pipeline-app",
      "AZURESUBSCRIPTION_TENANT_ID": AzureWorld.tenant,
      "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "conn",
    ])
    world.answer(AzureWorld.json(#"{"oidcToken":"ADO-JWT"}"#), AzureWorld.token())
    let token = try? await world.token {
      $0.login = .azurePipelines
      $0.tenantID = nil
    }
    #expect((token != nil) == isFine)
    guard isFine else {
      #expect(world.sent.isEmpty)
      return
    }
    #expect(world.sent[0].url == "\(uri)?api-version=7.1&serviceConnectionId=conn")
    #expect(world.sent[0].method == "POST")
    #expect(world.sent[0].headers[.authorization] == "Bearer job")
    #expect(world.sent[1].form["client_assertion"] == "ADO-JWT")
    #expect(world.sent[1].form["client_id"] == "pipeline-app")
  }

  @Test func `the proxy of identity bindings stands in the place of Entra ID`() async throws {
    var variables = Self.federation
    variables["AZURE_KUBERNETES_TOKEN_PROXY"] = "https://10.0.0.1:9443/sub/"
    variables["AZURE_KUBERNETES_CA_FILE"] = "/ca.pem"
    let refused = AzureWorld(variables)
    refused.file("/token", "JWT")
    let error = await #expect(throws: CloudError.self) {
      try await refused.token { $0.login = .workloadIdentity }
    }
    #expect(error?.remedy.contains("azure-other-hosts") == true)
    #expect(refused.sent.isEmpty)
    let world = AzureWorld(variables, allowed: [.azureOtherHosts])
    world.file("/token", "JWT")
    world.file("/ca.pem", "PEM")
    world.answer(AzureWorld.token())
    _ = try await world.token { $0.login = .workloadIdentity }
    #expect(world.sent[0].url == "https://10.0.0.1:9443/sub/\(AzureWorld.tenant)/oauth2/v2.0/token")
    #expect(world.sent[0].authorities == Array("PEM".utf8))
  }

  @Test func `a proxy on this machine needs the user's leave as well`() async throws {
    var variables = Self.federation
    variables["AZURE_KUBERNETES_TOKEN_PROXY"] = "http://127.0.0.1:9443"
    let world = AzureWorld(variables)
    world.file("/token", "JWT")
    let error = await #expect(throws: CloudError.self) {
      try await world.token { $0.login = .workloadIdentity }
    }
    #expect(error?.remedy.contains("azure-other-hosts") == true)
    #expect(world.sent.isEmpty)
  }

  // MARK: whose token is kept

  /// A JSON Web Token that nobody signed.
  private func assertion(_ subject: String, issuer: String = "https://github") -> String {
    "e30.\(Base64URL.encode(#"{"iss":"\#(issuer)","sub":"\#(subject)"}"#.utf8)).AAAA"
  }

  @Test func `what is kept for one subject is not given to another`() async throws {
    let world = AzureWorld(Self.federation)
    let tokens = [assertion("a"), assertion("b"), assertion("a"), assertion("a", issuer: "other")]
    world.answer(AzureWorld.token("of-a"), AzureWorld.token("of-b"), AzureWorld.token("of-other"))
    var got: [String] = []
    for token in tokens {
      world.file("/token", token)
      got.append(try await world.token { $0.login = .workloadIdentity }.token.expose())
    }
    #expect(got == ["of-a", "of-b", "of-a", "of-other"])
  }

  @Test func `of a token that is no JWT the job's address tells one from the other`() async throws {
    for (second, expected) in [("/t?job=1", "first"), ("/t?job=2", "second")] {
      let world = AzureWorld([
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x.actions.githubusercontent.com/t?job=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job", "AZURE_CLIENT_ID": "gh",
      ])
      let opaque = AzureWorld.json(#"{"value":"OPAQUE"}"#)
      world.answer(opaque, AzureWorld.token("first"), opaque, AzureWorld.token("second"))
      _ = try await world.token { $0.login = .github }
      let later = world.with([
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x.actions.githubusercontent.com\(second)"
      ])
      #expect(try await later.token { $0.login = .github }.token.expose() == expected)
    }
  }

  @Test func `a proxy whose certificate is for another name`() async throws {
    var variables = Self.federation
    variables["AZURE_KUBERNETES_TOKEN_PROXY"] = "https://10.0.0.1:9443"
    variables["AZURE_KUBERNETES_SNI_NAME"] = "sub.oidc.aks.example"
    let world = AzureWorld(variables, allowed: [.azureOtherHosts])
    world.file("/token", "JWT")
    world.answer(AzureWorld.token())
    _ = try await world.token { $0.login = .workloadIdentity }
    #expect(world.sent[0].url.hasPrefix("https://sub.oidc.aks.example:9443/"))
    #expect(world.sent[0].addresses == ["sub.oidc.aks.example": "10.0.0.1"])
    #expect(world.sent[0].headers[try #require(.init("Host"))] == "10.0.0.1:9443")
  }

  @Test(arguments: ["a b", "a/b", "a@b", "a:1", ""])
  func `a name that is none`(name: String) async throws {
    var variables = Self.federation
    variables["AZURE_KUBERNETES_TOKEN_PROXY"] = "https://10.0.0.1:9443"
    variables["AZURE_KUBERNETES_SNI_NAME"] = name
    let world = AzureWorld(variables, allowed: [.azureOtherHosts])
    world.file("/token", "JWT")
    world.answer(AzureWorld.token())
    let token = try? await world.token { $0.login = .workloadIdentity }
    #expect((token != nil) == name.isEmpty, "an empty variable counts as unset")
  }

  // MARK: azd

  @Test func `azd prints a token with its end`() async throws {
    let world = AzureWorld()
    world.program(#"{"token":"AZD","expiresOn":"2026-11-23T22:00:00Z"}"#)
    let token = try await world.token { $0.login = .azd }
    #expect(token.token.expose() == "AZD")
    #expect(token.expiry?.timeIntervalSince1970 == 1_795_471_200)
    #expect(token.files == ["/home/me/.azd/auth.json", "/home/me/.azd/config.json"])
    #expect(
      world.ran[0].words == [
        "azd", "auth", "token", "-o", "json", "--no-prompt", "--scope",
        "\(AzureWorld.aks)/.default", "--tenant-id", AzureWorld.tenant,
      ]
    )
  }

  @Test func `azd that nobody signed in to`() async throws {
    let world = AzureWorld()
    world.program("", status: 1, errors: "ERROR: not logged in, run `azd auth login` to login")
    let error = await #expect(throws: CloudError.self) { try await world.token { $0.login = .azd } }
    #expect(error?.code == .loginNeeded)
    #expect(error?.remedy == "sign in: azd auth login --tenant-id \(AzureWorld.tenant)")
  }
}
