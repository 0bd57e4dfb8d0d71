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

/// What MSAL sent for applications, machines and the Azure CLI's sign-in, beside what is sent here for the same; the
/// end-to-end tests compare every recorded request with what the program sends.
@Suite struct RecordedExchangeTests {
  private static let authority = "https://login.microsoftonline.com/\(AzureWorld.tenant)"
  private static let scope = "\(AzureWorld.aks)/.default"
  private static let persons = "\(scope) offline_access openid profile"
  private static let capability = #"{"access_token": {"xms_cc": {"values": ["CP1"]}}}"#

  /// Parameters of MSAL's that are not sent: telemetry and details of its own answers, and the claim that long-lived
  /// tokens can be challenged, which no API server does.
  private static let leftOut = ["client_info", "claims", "code"]

  /// Compares pairs; scopes are a set (RFC 6749 §3.3).
  private func expect(
    _ sent: [String: String],
    like recorded: [String: String],
    without: [String] = leftOut
  ) {
    var wanted = recorded.filter { !without.contains($0.key) }
    var found = sent
    for name in ["scope"] {
      #expect(
        Set((found[name] ?? "").split(separator: " "))
          == Set((wanted[name] ?? "").split(separator: " "))
      )
      found[name] = nil
      wanted[name] = nil
    }
    #expect(found == wanted)
  }

  // MARK: applications

  @Test func `an application with a secret`() async throws {
    let world = AzureWorld()
    world.answer(AzureWorld.token())
    _ = try await world.token {
      $0.login = .spn
      $0.clientID = "app"
      $0.clientSecret = Secret("s")
    }
    #expect(world.sent[0].url == "\(Self.authority)/oauth2/v2.0/token")
    #expect(world.sent[0].method == "POST")
    expect(
      world.sent[0].form,
      like: [
        "client_id": "app", "grant_type": "client_credentials", "client_info": "1",
        "client_secret": "s", "scope": Self.scope,
      ]
    )
  }

  @Test func `an application with an assertion`() async throws {
    let world = AzureWorld(["AZURE_CLIENT_ID": "app", "AZURE_FEDERATED_TOKEN_FILE": "/t"])
    world.file("/t", "JWT")
    world.answer(AzureWorld.token())
    _ = try await world.token { $0.login = .workloadIdentity }
    expect(
      world.sent[0].form,
      like: [
        "client_id": "app", "grant_type": "client_credentials", "client_assertion": "JWT",
        "client_info": "1",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "scope": Self.scope,
      ]
    )
  }

  @Test func `the machine's identity`() async throws {
    let world = AzureWorld()
    world.answer(
      AzureWorld.json(
        #"{"access_token":"MI","expires_in":86399,"resource":"\#(AzureWorld.aks)","token_type":"Bearer","refresh_in":43199,"refresh_on":1795510943}"#
      )
    )
    let token = try await world.token {
      $0.login = .msi
      $0.clientID = "mi-client"
    }
    #expect(token.expiry == AzureWorld.now.addingTimeInterval(86_399))
    let sent = try #require(world.sent.first)
    let halves = sent.url.split(separator: "?")
    #expect(halves[0] == "http://169.254.169.254/metadata/identity/oauth2/token")
    let pairs = FormEncoding.decode(Array(halves[1].utf8)) ?? []
    #expect(
      Dictionary(uniqueKeysWithValues: pairs.map { ($0.name, $0.value) }) == [
        "api-version": "2018-02-01", "resource": AzureWorld.aks, "client_id": "mi-client",
      ]
    )
    #expect(sent.headers[try #require(.init("Metadata"))] == "true")
  }

  // MARK: persons

  @Test func `the refresh token of the Azure CLI`() async throws {
    let world = CLIFixtures.world(cache: CLIFixtures.cache(end: 0))
    world.answer(AzureWorld.token())
    _ = try await world.token { $0.login = .azureCLI }
    expect(
      world.sent[0].form,
      like: [
        "client_id": ServerApplication.azureCLI, "grant_type": "refresh_token", "client_info": "1",
        "claims": Self.capability, "refresh_token": "RT2", "scope": Self.persons,
      ]
    )
  }
}
