// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Credentials
import Testing

@Suite struct OIDCOptionsTests {
  private func parse(_ words: [String]) throws -> OIDCOptions {
    try GetTokenOIDC.parse(words).options
  }

  @Test func defaults() throws {
    let options = try parse([])
    #expect(options.issuerURL == nil)
    #expect(options.clientID == nil)
    #expect(options.client.clientSecretFile == nil)
    #expect(options.scopes.isEmpty)
    #expect(options.authorization.audience == nil)
    #expect(options.certificateAuthority == nil)
    #expect(options.account == nil)
    #expect(options.login == .auto)
    #expect(options.listenAddresses.isEmpty)
    #expect(options.token == .id)
    #expect(options.nameNoSession)
  }

  @Test func everything() throws {
    let options = try parse([
      "--issuer-url=https://id.test", "--client-id", "kube", "--client-secret-file", "/s",
      "--scope", "groups", "--scope", "email", "--audience", "a", "--certificate-authority", "/ca",
      "--account", "work", "--login", "browser", "--listen-address", "localhost:8000",
      "--listen-address", "[::1]:0", "--token", "access", "-v",
    ])
    #expect(options.issuerURL == "https://id.test")
    #expect(options.clientID == "kube")
    #expect(options.client.clientSecretFile == "/s")
    #expect(options.scopes == ["groups", "email"])
    #expect(options.authorization.audience == "a")
    #expect(options.certificateAuthority == "/ca")
    #expect(options.account == "work")
    #expect(options.login == .browser)
    #expect(options.listenAddresses == ["localhost:8000", "[::1]:0"])
    #expect(options.token == .access)
  }

  @Test(arguments: LoginPreference.allCases) func logins(_ login: LoginPreference) throws {
    #expect(try parse(["--login", login.rawValue]).login == login)
  }

  static let refused: [[String]] = [
    ["--login", "later"], ["--login", ""], ["--token", "refresh"], ["--scope", ""],
    ["--scope", "a b"], ["--scope", "a\tb"], ["--issuer-url"], ["--unknown"], ["word"],
    ["--login", "device", "--listen-address", "127.0.0.1:0"],
    ["--login", "never", "--listen-address", "127.0.0.1:0"],
    ["--login", "device", "--redirect-uri", "http://localhost:8000/"],
    ["--login", "device", "--response-mode", "form_post"],
    ["--client-secret", "in the process list"], ["--client-id", "a", "extra"],
  ]

  /// What `never` bars is a login by kubectl; the one by hand needs the redirect URI.
  @Test func aLoginByHandComesBackAsRegistered() throws {
    let words = ["--login", "never", "--redirect-uri", "http://localhost:8000/"]
    #expect(try parse(words).authorization.redirectURI == "http://localhost:8000/")
  }

  @Test(arguments: [
    (["--login", "device"], ["--login", "device"]), (["--login", "auto"], []),
    (["--login", "never"], []),
    (
      ["--login", "paste", "--listen-address", "[::1]:0", "--account", "a"],
      ["--account", "a", "--listen-address", "[::1]:0", "--login", "paste"]
    ),
  ])
  func wordsOfALogin(_ words: [String], _ login: [String]) throws {
    #expect(try parse(words).loginWords == login)
  }

  @Test(arguments: [
    ["--client-secret-file", "/a", "--client-secret-env", "B"],
    ["--client-secret-from", "x", "--client-secret-file", "/a"],
    ["--assertion-file", "/a", "--assertion-env", "A", "--grant-type", "jwt-bearer"],
    ["--password-env", "P", "--password-from", "p"],
  ])
  func twoPlacesOfOneSecretAreNamed(_ words: [String]) {
    let error = #expect(throws: (any Error).self) { try parse(words) }
    let told = error.map { GetTokenOIDC.message(for: $0) } ?? ""
    #expect(told.contains("give only one of "), "\(told)")
    let given = words.filter { $0.hasPrefix("--") && $0 != "--grant-type" }
    #expect(given.allSatisfy { told.contains($0) })
  }

  @Test(arguments: refused) func refusals(_ words: [String]) {
    #expect(throws: (any Error).self) { try parse(words) }
  }

  /// The words that a message tells to run name the same session when they are parsed again.
  @Test func wordsComeBack() throws {
    let words = [
      "--issuer-url", "https://id.test", "--client-id", "kube", "--client-secret-file", "/s",
      "--scope", "groups", "--scope", "email", "--audience", "a", "--certificate-authority", "/ca",
      "--account", "work", "--token", "access",
    ]
    #expect(try parse(words).words == words)
    #expect(try parse(words.reversedPairs).words == words.reversedScopes)
  }

  static let further: [[String]] = [
    [
      "--provider", "dex", "--client-id", "a", "--client-secret-env", "SECRET", "--client-auth",
      "client_secret_post",
    ],
    [
      "--client-key-file", "/k", "--client-key-id", "k1", "--client-certificate-file", "/c",
      "--client-auth", "tls_client_auth",
    ],
    ["--client-key-env", "K", "--client-certificate-from", "c"],
    ["--client-key-from", "k", "--client-certificate-env", "C"],
    [
      "--audience", "a", "--resource", "https://x.test", "--resource", "urn:y", "--auth-param",
      "prompt=login", "--auth-param", "acr_values=a=b", "--redirect-uri",
      "http://localhost:8000/cb", "--response-mode", "form_post", "--par", "never", "--dpop",
      "never",
    ],
    ["--grant-type", "password", "--username", "u", "--password-file", "/p"],
    ["--grant-type", "password", "--username", "u", "--password-env", "P"],
    ["--grant-type", "client-credentials", "--token", "id"],
    ["--grant-type", "jwt-bearer", "--assertion-env", "T"],
    [
      "--grant-type", "token-exchange", "--assertion-from", "github-actions",
      "--assertion-audience", "x", "--subject-token-type", "id_token",
    ],
  ]

  @Test(arguments: further) func furtherWordsComeBack(_ words: [String]) throws {
    let options = try parse(words)
    #expect(options.words == words)
    #expect(!options.nameNoSession)
  }

  static let contradictions: [[String]] = [
    ["--client-secret-file", "/a", "--client-secret-env", "B"],
    ["--client-certificate-file", "/c"], ["--client-key-id", "k"],
    ["--client-certificate-from", "c"], ["--client-key-file", "/k", "--client-key-env", "K"],
    ["--client-key-from", "k", "--client-certificate-env", "C", "--client-certificate-from", "c"],
    ["--client-auth", "private_key_jwt"],
    ["--client-auth", "tls_client_auth", "--client-key-file", "/k"],
    ["--client-auth", "none", "--client-secret-file", "/s"], ["--client-auth", "magic"],
    ["--grant-type", "password"], ["--username", "u"], ["--password-file", "/p"],
    [
      "--grant-type", "password", "--username", "u", "--password-file", "/p", "--password-env", "P",
    ],
    ["--grant-type", "jwt-bearer"], ["--assertion-file", "/a"], ["--grant-type", "magic"],
    ["--grant-type", "jwt-bearer", "--assertion-file", "/a", "--assertion-env", "A"],
    ["--grant-type", "jwt-bearer", "--assertion-file", "/a", "--assertion-audience", "x"],
    ["--grant-type", "jwt-bearer", "--assertion-file", "/a", "--subject-token-type", "id_token"],
    ["--resource", "not-a-uri"], ["--resource", "https://a.test/#b"], ["--auth-param", "x"],
    ["--auth-param", "=x"], ["--par", "maybe"], ["--par", "always"],
    ["--dpop", ""],
    ["--redirect-uri", "http://localhost:1/", "--listen-address", "127.0.0.1:1"],
    ["--password", "in the process list"], ["--assertion", "in the process list"],
  ]

  @Test(arguments: contradictions) func contradictionsAreRefused(_ words: [String]) {
    #expect(throws: (any Error).self) { try parse(words) }
  }

  @Test func aRobotHandsOutItsAccessToken() throws {
    #expect(try parse(["--grant-type", "client-credentials"]).token == .access)
    #expect(try parse(["--grant-type", "client-credentials", "--token", "id"]).token == .id)
  }

  @Test(arguments: [
    ["--issuer-url", "x"], ["--client-id", "x"], ["--client-secret-file", "x"], ["--scope", "x"],
    ["--audience", "x"], ["--certificate-authority", "x"], ["--account", "x"], ["--token", "id"],
    ["--token", "access"],
  ])
  func namesASession(_ words: [String]) throws {
    #expect(try !parse(words).nameNoSession)
  }

  @Test(arguments: [["--login", "device"], ["--listen-address", "127.0.0.1:0"], ["-v"]])
  func namesNone(_ words: [String]) throws {
    #expect(try parse(words).nameNoSession)
  }
}

extension [String] {
  /// The options in reverse order, each with its value.
  fileprivate var reversedPairs: [String] {
    stride(from: 0, to: count, by: 2).reversed().flatMap { [self[$0], self[$0 + 1]] }
  }

  /// The same words with the two scopes swapped, because their order is kept.
  fileprivate var reversedScopes: [String] {
    map { word in
      switch word {
      case "groups": "email"
      case "email": "groups"
      default: word
      }
    }
  }
}
