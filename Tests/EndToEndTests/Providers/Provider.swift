// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An identity provider that others wrote, as `scripts/providers/serve` runs and describes it.
struct Provider: Sendable {
  /// Which of them.
  enum Kind: String, Sendable, CaseIterable {
    case glewlwyd
    case allauth
  }

  let kind: Kind
  /// As its makers call it, with the version.
  let title: String
  /// What is in its `provider.json`.
  let description: JSONValue
  /// The path of that file.
  let descriptionFile: String

  /// Seconds that a token lives: enough for a busy machine between two steps of a test.
  static let accessLifetime = 8
  /// Seconds that a refresh token lives.
  static let refreshLifetime = 40

  fileprivate init(_ kind: Kind, descriptionFile: String) throws {
    self.kind = kind
    self.descriptionFile = descriptionFile
    description = try JSONValue.parse(try PrivateFile.read(descriptionFile))
    title = try "\(Self.text(description["name"])) \(Self.text(description["version"]))"
  }

  private static func text(_ value: JSONValue?) throws -> String { try #require(value?.string) }

  /// A text of the description.
  func text(_ name: String) throws -> String { try Self.text(description[name]) }

  /// The URL of one of its issuers.
  func issuer(_ name: String) throws -> String { try Self.text(description["issuers"]?[name]) }

  /// Where a redirect URI is registered for, as `HOST:PORT`.
  var listenAddresses: [String] {
    (description["listenAddresses"]?.array ?? []).compactMap(\.string)
  }

  /// What an issuer says about itself, asked for without lanyard.
  func metadata(_ name: String) async throws -> JSONValue {
    let web = try WebClient(caPEM: try PrivateFile.read(text("certificateAuthority")))
    let answer: WebClient.Answer
    do {
      answer = try await web.send("\(issuer(name))/.well-known/openid-configuration")
    } catch {
      await web.close()
      throw error
    }
    await web.close()
    return try answer.json()
  }

  /// The folder of the scripts.
  static let scripts = "\(Programs.repository)/scripts/providers"
  /// The Python that has what they need.
  static let python = "\(Programs.repository)/.build/providers/venv/bin/python"

  /// Whether `scripts/providers/install` could install everything.
  static var areInstalled: Bool {
    [python, "glewlwyd", "chromedriver", "chromium"].allSatisfy { ProcessRunner.find($0) != nil }
  }
}

/// The providers of this test run: each is started when a test first asks for it, and ends with the run.
actor Providers {
  static let shared = Providers()

  private var starts: [Provider.Kind: Task<Provider, any Error>] = [:]
  /// Ends its program when it is forgotten.
  private var running: [Conversation] = []

  /// The provider, as soon as it answers.
  func provider(_ kind: Provider.Kind) async throws -> Provider {
    let start = starts[kind] ?? Task { try await self.start(kind) }
    starts[kind] = start
    return try await start.value
  }

  private func start(_ kind: Provider.Kind) async throws -> Provider {
    let folder = try PrivateFile.temporaryFolder(prefix: "lanyard-\(kind.rawValue)")
    let lifetimes = [Provider.accessLifetime, Provider.refreshLifetime].map(String.init)
    let log = "\(Programs.repository)/.build/providers/\(kind.rawValue)-log"
    PrivateFile.removeFolder(log)
    try PrivateFile.makeFolder(log)
    let server = try Conversation(
      [Provider.python, "\(Provider.scripts)/serve", kind.rawValue, folder] + lifetimes,
      environment: ProcessRunner.environment,
      scratch: log
    )
    running.append(server)
    let file = "\(folder)/provider.json"
    return try await eventually("\(kind.rawValue) to answer") {
      if let outcome = server.outcome() { throw LabError(.process, outcome.errors) }
      return FileManager.default.fileExists(atPath: file)
        ? try Provider(kind, descriptionFile: file) : nil
    }
  }
}
