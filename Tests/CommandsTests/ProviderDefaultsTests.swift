// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Credentials
import OAuth
import Testing

@Suite struct ProviderDefaultsTests {
  private static func defaults(_ issuer: String, _ words: [String]) throws -> ProviderDefaults {
    try ProviderDefaults(GetTokenOIDC.parse(words).options, issuer: Issuer(issuer))
  }

  static let robot = ["--grant-type", "client-credentials"]

  @Test(
    arguments: [
      ("https://id.test", [], "openid offline_access"),
      (
        "https://id.test", ["--scope", "groups", "--scope", "openid"],
        "openid offline_access groups"
      ),
      ("https://id.test", robot, ""), ("https://id.test", robot + ["--scope", "a"], "a"),
      ("https://accounts.google.com", [], "openid email"),
      (
        "https://accounts.google.com", ["--provider", "dex"],
        "openid email profile groups offline_access"
      ),
      ("https://id.test", ["--provider", "google"], "openid email"),
      ("https://login.microsoftonline.com/t/v2.0", [], "openid email profile offline_access"),
      (
        "https://login.microsoftonline.com/t/v2.0", ["--scope", "server/.default"],
        "openid profile offline_access server/.default"
      ),
    ] as [(String, [String], String)]
  )
  func scopes(issuer: String, words: [String], expected: String) throws {
    #expect(try Self.defaults(issuer, words).scopes.joined(separator: " ") == expected)
  }

  @Test func `what the person says wins over the provider's parameters`() throws {
    let issuer = "https://accounts.google.com"
    let usual = try Self.defaults(issuer, []).parameters.map { "\($0.name)=\($0.value)" }
    #expect(Set(usual) == ["access_type=offline", "prompt=consent"])
    let said = try Self.defaults(issuer, ["--auth-param", "prompt=select_account"]).parameters
    #expect(
      said.map { "\($0.name)=\($0.value)" } == ["prompt=select_account", "access_type=offline"]
    )
    #expect(try Self.defaults("https://id.test", []).parameters.isEmpty)
  }

  @Test(
    arguments: [
      ("https://token.actions.githubusercontent.com", []),
      ("https://id.test", ["--provider", "github-actions"]),
      ("https://id.test", ["--provider", "entra", "--resource", "https://x.test"]),
    ] as [(String, [String])]
  )
  func refusals(issuer: String, words: [String]) throws {
    let defaults = try Self.defaults(issuer, words)
    #expect(throws: Failure.self) { try defaults.check() }
  }

  @Test func `jobs hand their token on`() throws {
    let words = ["--grant-type", "given", "--assertion-from", "github-actions"]
    try Self.defaults("https://token.actions.githubusercontent.com", words).check()
  }

  @Test func `a provider that nobody knows is refused`() {
    #expect(throws: Failure.self) { try Self.defaults("https://id.test", ["--provider", "zzz"]) }
  }
}
