// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Credentials
import Kubeconfig
import OAuth
import Testing

@Suite struct ClusterSettingsTests {
  private static func completed(
    _ words: [String],
    _ settings: PluginSettings?
  ) throws -> OIDCOptions {
    try ClusterSettings.completing(GetTokenOIDC.parse(words).options, typed: words, settings)
  }

  private static func settings(_ json: String) throws -> PluginSettings {
    try #require(PluginSettings(json: Array(json.utf8)))
  }

  @Test func `the cluster gives what the user did not say`() throws {
    let settings = try Self.settings(
      #"{"issuer-url":"https://id.test","client-id":"kube","scope":["groups","email"],"par":"never"}"#
    )
    let options = try Self.completed(["--login", "device", "--scope", "own", "-v"], settings)
    #expect(options.issuerURL == "https://id.test")
    #expect(options.clientID == "kube")
    #expect(options.scopes == ["groups", "email", "own"])
    #expect(options.authorization.par == .never)
    #expect(options.login == .device)
  }

  @Test func `what the user says wins`() throws {
    let settings = try Self.settings(#"{"issuer-url":"https://id.test","client-id":"kube"}"#)
    let words = ["--issuer-url", "https://mine.test", "--client-id", "mine"]
    #expect(try Self.completed(words, settings).words == words)
    let client = try Self.completed(["--client-id", "mine"], settings)
    #expect(client.issuerURL == "https://id.test")
    #expect(client.clientID == "mine")
    #expect(try Self.completed([], nil).issuerURL == nil)
  }

  /// Also where what the user says is what would be done if nobody said anything.
  @Test(
    arguments: [
      (#""token":"access""#, ["--token", "id"], LoginPreference.auto, TokenKind.id, Use.auto),
      (#""login":"never""#, [], .never, .id, .auto),
      (#""login":"device""#, ["--login", "auto"], .auto, .id, .auto),
      (#""login":"never""#, ["--login=browser"], .browser, .id, .auto),
      (#""par":"never""#, ["--par", "auto"], .auto, .id, .auto),
      (#""par":"never""#, ["--token", "access"], .auto, .access, .never),
    ] as [(String, [String], LoginPreference, TokenKind, Use)]
  )
  func `the last word is the user's`(
    cluster: String,
    words: [String],
    login: LoginPreference,
    token: TokenKind,
    par: Use
  ) throws {
    let settings = try Self.settings("{\"issuer-url\":\"https://id.test\",\(cluster)}")
    let options = try Self.completed(words, settings)
    #expect(options.login == login)
    #expect(options.token == token)
    #expect(options.authorization.par == par)
  }

  typealias Use = PushedAuthorization.Use

  /// The cluster's way back from a browser is no contradiction to a user who has none.
  @Test(arguments: ["device", "never"])
  func `who logs in without a browser is not told how to come back from one`(
    login: String
  ) throws {
    let settings = try Self.settings(
      """
      {"issuer-url":"https://id.test","listen-address":["127.0.0.1:8000"],"response-mode":"form_post"}
      """
    )
    let options = try Self.completed(["--login", login], settings)
    #expect(options.login.rawValue == login)
    #expect(options.listenAddresses.isEmpty)
    #expect(try Self.completed([], settings).listenAddresses == ["127.0.0.1:8000"])
  }

  /// `lanyard login` is typed by a person, whom a `never` that is meant for kubectl does not stop.
  @Test(arguments: [
    (["--login", "never"], [], LoginPreference.auto), (["--login", "device"], [], .device),
    (["--login", "device"], ["--login", "auto"], .auto),
    (["--login", "never"], ["--login", "never"], .never), ([], ["--login", "paste"], .paste),
  ])
  func `by hand`(kubeconfig: [String], typed: [String], login: LoginPreference) throws {
    var options = try GetTokenOIDC.parse(kubeconfig).options
    options.adopt(mannerOf: try GetTokenOIDC.parse(typed).options)
    #expect(options.login == login)
  }

  @Test(arguments: [
    #"{"issuer":"https://id.test"}"#, #"{"issuer-url":7}"#, #"{"issuer-url":{"a":"b"}}"#,
    #"{"scope":["a",1]}"#, #"{"client-secret-env":"AWS_SECRET_ACCESS_KEY"}"#,
    #"{"client-secret-file":"secret"}"#, #"{"certificate-authority":"ca.pem"}"#,
    #"{"par":"maybe"}"#, #"{"--issuer-url":"x"}"#, #"{"":"x"}"#, #"{"login":null}"#,
  ])
  func `settings that are no options are refused`(json: String) throws {
    let settings = try Self.settings(json)
    #expect(throws: Failure.self) { try Self.completed([], settings) }
  }
}
