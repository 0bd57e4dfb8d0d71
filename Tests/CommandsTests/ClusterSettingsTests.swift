// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Credentials
import Kubeconfig
import OAuth
import Testing

@Suite struct ClusterSettingsTests {
  private static func options(_ words: String...) throws -> OIDCOptions {
    try GetTokenOIDC.parse(words).options
  }

  private static func settings(_ json: String) throws -> PluginSettings {
    try #require(PluginSettings(json: Array(json.utf8)))
  }

  @Test func `the cluster gives what the user did not say`() throws {
    let settings = try Self.settings(
      #"{"issuer-url":"https://id.test","client-id":"kube","scope":["groups","email"],"par":"never"}"#
    )
    let options = try ClusterSettings.completing(Self.options("--login", "device"), settings)
    #expect(options.issuerURL == "https://id.test")
    #expect(options.client.clientID == "kube")
    #expect(options.scopes == ["groups", "email"])
    #expect(options.authorization.par == .never)
    #expect(options.login == .device)
  }

  @Test func `what the user says wins`() throws {
    let settings = try Self.settings(#"{"issuer-url":"https://id.test","client-id":"kube"}"#)
    let named = try Self.options("--issuer-url", "https://mine.test", "--client-id", "mine")
    #expect(try ClusterSettings.completing(named, settings).words == named.words)
    let client = try ClusterSettings.completing(Self.options("--client-id", "mine"), settings)
    #expect(client.issuerURL == "https://id.test")
    #expect(client.client.clientID == "mine")
    #expect(try ClusterSettings.completing(Self.options(), nil).issuerURL == nil)
  }

  @Test(arguments: [
    #"{"issuer":"https://id.test"}"#, #"{"issuer-url":7}"#, #"{"issuer-url":{"a":"b"}}"#,
    #"{"scope":["a",1]}"#, #"{"client-secret-env":"AWS_SECRET_ACCESS_KEY"}"#,
    #"{"client-secret-file":"secret"}"#, #"{"certificate-authority":"ca.pem"}"#,
    #"{"par":"maybe"}"#, #"{"--issuer-url":"x"}"#, #"{"":"x"}"#, #"{"login":null}"#,
  ])
  func `settings that are no options are refused`(json: String) throws {
    let settings = try Self.settings(json)
    #expect(throws: Failure.self) { try ClusterSettings.completing(Self.options(), settings) }
  }
}
