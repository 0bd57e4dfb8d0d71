// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One person's machine for the time of a test, with an identity provider that others wrote.
struct ProviderDesk: Sendable {
  /// A client that the provider knows.
  enum Client: String, Sendable {
    case `public`
    case confidential
    /// Authenticates with a signature (private_key_jwt); glewlwyd only.
    case signing
  }

  let provider: Provider
  let machine: PrivateMachine
  /// What `get-token oidc` takes.
  let words: [String]

  /// Sets up a desk for one client at one issuer of a provider.
  static func with(
    _ kind: Provider.Kind,
    issuer: String = "rs256",
    client: Client = .public,
    options: [String] = [],
    _ body: (ProviderDesk) async throws -> String
  ) async throws -> String {
    let provider = try await Providers.shared.provider(kind)
    return try await PrivateMachine.with { machine in
      let url = try provider.issuer(issuer)
      if client != .public {
        let trust = try await machine.lanyard(["trust", url])
        try #require(trust.status == 0, "\(trust.errors)")
      }
      let words = [
        "--issuer-url", url, "--client-id", client.rawValue,
        "--certificate-authority", try provider.text("certificateAuthority"),
      ]
      return try await body(
        ProviderDesk(
          provider: provider,
          machine: machine,
          words: words + (try client.options(provider)) + options
        )
      )
    }
  }

  /// Runs `get-token` to its end, without anybody to ask.
  ///
  /// `moment`: not before that, but very soon after.
  func getToken(_ more: [String] = [], at moment: ContinuousClock.Instant? = nil) async throws
    -> Outcome
  {
    try await Turn.with(.high) {
      if let moment { try await Task.sleep(until: moment) }
      return try await machine.lanyard(["get-token", "oidc"] + words + more + ["-v"])
    }
  }

  /// Runs another command on this session.
  func lanyard(_ command: String) async throws -> Outcome {
    try await Turn.with(.high) { try await machine.lanyard([command] + words) }
  }

  // MARK: logins

  /// What a login in a browser left: of the program, and on the last page.
  struct Login: Sendable {
    let outcome: Outcome
    /// What the browser was told to open.
    let address: String
    /// The text of the page that the browser ended on.
    let page: String
  }

  /// Logs in with headless Chromium on the provider's own pages.
  func logIn(_ more: [String] = []) async throws -> Login {
    let listen = provider.listenAddresses.flatMap { ["--listen-address", $0] }
    return try await answering(["--login", "browser"] + listen + more, goal: "code") { words in
      words.split(separator: "\n").first { $0.hasPrefix("  https://") }.map {
        String($0.dropFirst(2))
      }
    }
  }

  /// Logs in with a device code, which is approved with headless Chromium on the provider's own pages.
  func logInWithDevice() async throws -> Login {
    try await answering(["--login", "device"], goal: "device") { words in
      let mark = "  or open "
      return words.split(separator: "\n").first { $0.hasPrefix(mark) }
        .map { String($0.dropFirst(mark.count)) }
    }
  }

  private func answering(
    _ more: [String],
    goal: String,
    _ find: @escaping @Sendable (String) -> String?
  ) async throws -> Login {
    try await Turn.with(.low) {
      let conversation = try machine.startLanyard(
        ["get-token", "oidc"] + words + more + ["-v"]
      )
      let address = try await conversation.hears(find)
      let visit = try await ProcessRunner.run(
        [
          // Tests that watch a clock run beside this one.
          "nice", "-n", "5", Provider.python, "\(Provider.scripts)/visit", provider.descriptionFile,
          address, goal,
        ],
        environment: machine.environment,
        timeout: .seconds(150)
      )
      try #require(visit.status == 0, "\(visit.output)\(visit.errors)")
      let page = try JSONValue.parse(visit.output)["text"]?.string
      return Login(
        outcome: try await conversation.result(),
        address: address,
        page: try #require(page)
      )
    }
  }

  /// A login that must succeed; gives the token.
  @discardableResult
  func loggedIn() async throws -> String {
    let login = try await logIn()
    try #require(login.outcome.status == 0, "\(login.outcome.errors)")
    return try login.outcome.token
  }

  // MARK: time

  /// Waits until what was got until now has expired, so that nothing but a renewal gives a token.
  func untilExpired() async throws {
    try await Task.sleep(for: .seconds(Double(Provider.accessLifetime) + 0.5))
  }

  /// Waits until a refresh token that was got until now has expired.
  func untilRefreshTokenExpired() async throws {
    try await Task.sleep(for: .seconds(Double(Provider.refreshLifetime) + 1.5))
  }

  // MARK: the sessions as files

  /// Copies the sessions away under a name, as a thief or a backup would.
  func save(_ name: String) throws {
    try FileManager.default.copyItem(atPath: state, toPath: "\(state)-\(name)")
  }

  /// Puts sessions that were saved back in their place, without any ready answer beside them.
  func restore(_ name: String) throws {
    PrivateFile.removeFolder(state)
    PrivateFile.removeFolder("\(machine.folder)/cache")
    try PrivateFile.makeFolder("\(machine.folder)/cache")
    try FileManager.default.copyItem(atPath: "\(state)-\(name)", toPath: state)
  }

  private var state: String { "\(machine.folder)/state" }
}

extension ProviderDesk.Client {
  /// How the client authenticates, as options.
  fileprivate func options(_ provider: Provider) throws -> [String] {
    switch self {
    case .public: []
    case .confidential: ["--client-secret-file", try provider.text("clientSecretFile")]
    case .signing: ["--client-key-file", try provider.text("clientKeyFile")]
    }
  }
}
