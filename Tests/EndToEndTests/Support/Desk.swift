// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One person's machine for the time of a test: private folders, the built programs, and a lab.
struct Desk: Sendable {
  static let alice = BrowserDriver.Person("alice")

  let lab: RunningLab
  /// Everything that the programs may write lies below it.
  let folder: String
  /// All that the programs get.
  let environment: [String: String]

  /// Sets up a desk and a lab; a ready answer of the lab lives long unless a fault says otherwise.
  static func with(
    _ change: (inout LabOptions) throws -> Void = { _ in },
    _ body: (Desk) async throws -> Void
  ) async throws {
    var options = LabOptions()
    options.accessLifetime = 300
    options.deviceInterval = 1
    try change(&options)
    let desk = try await Desk(lab: Lab.start(options))
    do {
      try await body(desk)
      await desk.clear()
    } catch {
      await desk.clear()
      throw error
    }
  }

  private init(lab: RunningLab) throws {
    self.lab = lab
    folder = try PrivateFile.temporaryFolder(prefix: "lanyard-e2e")
    environment = [
      "PATH": ProcessRunner.environment["PATH", default: "/usr/bin:/bin"],
      "HOME": "\(folder)/home",
      "XDG_STATE_HOME": "\(folder)/state",
      "XDG_CACHE_HOME": "\(folder)/cache",
    ]
    for name in ["home", "state", "cache", "scratch"] {
      try PrivateFile.makeFolder("\(folder)/\(name)")
    }
  }

  private func clear() async {
    await lab.stop()
    PrivateFile.removeFolder(folder)
  }

  /// Variables that make this desk's home the one of the account, for whatever asks the user database.
  ///
  /// Without them a test would write into the home of whoever runs it.
  func account() throws -> [String: String] {
    let file = "\(folder)/passwd"
    try PrivateFile.write("tester:x:\(geteuid()):\(getegid())::\(folder)/home:/bin/sh\n", to: file)
    return [
      "LD_PRELOAD": "libnss_wrapper.so", "NSS_WRAPPER_PASSWD": file, "NSS_WRAPPER_GROUP": file,
    ]
  }

  /// What the account's own configuration allows from now on.
  func allow(_ permissions: [String]) throws {
    try configure("allow: [\(permissions.joined(separator: ", "))]\n")
  }

  /// Writes the account's own configuration.
  func configure(_ configuration: String) throws {
    let home = "\(folder)/home/.config"
    for folder in [home, "\(home)/lanyard"] { try PrivateFile.makeFolder(folder) }
    try PrivateFile.write(configuration, to: "\(home)/lanyard/config.yaml")
  }

  /// The words of a plain `get-token` for the lab.
  var getToken: [String] { LabKubeconfig.lanyardArguments(lab) }

  /// Runs lanyard to its end; nothing of this process's environment reaches it.
  func lanyard(_ arguments: [String], _ variables: [String: String] = [:]) async throws
    -> Outcome
  {
    let result = try await ProcessRunner.run(
      [try Programs.lanyard] + arguments,
      environment: environment.merging(variables) { _, new in new }
    )
    return Outcome(status: result.status, output: result.output, errors: result.errors)
  }

  /// Starts any program with this desk's environment.
  func start(_ words: [String], _ variables: [String: String] = [:]) throws -> Conversation {
    try Conversation(
      words,
      environment: environment.merging(variables) { _, new in new },
      scratch: "\(folder)/scratch"
    )
  }

  /// Starts lanyard.
  func startLanyard(_ arguments: [String], _ variables: [String: String] = [:]) throws
    -> Conversation
  {
    try start([try Programs.lanyard] + arguments, variables)
  }

  /// Plays the person in front of the browser for a program that waits for one.
  func answer(_ conversation: Conversation, as person: BrowserDriver.Person = alice) async throws {
    let url = try await conversation.hears { $0.url(of: "\(lab.issuer)/authorize") }
    _ = try await BrowserDriver.with(caPEM: lab.caPEM) { browser in
      try await browser.logIn(at: url, as: person)
    }
  }

  /// Runs lanyard with `--login browser`, logs in when it asks, and gives what came of it.
  func logIn(
    _ arguments: [String]? = nil,
    as person: BrowserDriver.Person = alice,
    _ variables: [String: String] = [:]
  ) async throws -> Outcome {
    let conversation = try startLanyard(
      (arguments ?? getToken) + ["--login", "browser"],
      variables
    )
    try await answer(conversation, as: person)
    return try await conversation.result()
  }

  /// A login whose token lives for a second only, and that second waited out.
  ///
  /// Gives the token, which is expired now.
  @discardableResult
  func logInAndExpire(_ arguments: [String]? = nil) async throws -> String {
    lab.faults.set(
      try Fault("expires", grant: "authorization_code", parameters: ["seconds": "1"])
    )
    let first = try await logIn(arguments)
    #expect(first.status == 0, "\(first.errors)")
    try await Task.sleep(for: .seconds(1.1))
    return try first.token
  }

  /// The tokens that one parent gets: at first, more than two seconds later, at once, and more than two seconds later.
  func asksAgain(_ words: [String], _ variables: [String: String] = [:]) async throws -> [String] {
    let info = """
      {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}
      """
    let script = "\"$@\"; for pause in 2.2 0 2.2; do sleep $pause; \"$@\"; done; true"
    let asker = try start(
      ["/bin/sh", "-c", script, "sh", try Programs.lanyard] + words,
      ["KUBERNETES_EXEC_INFO": info].merging(variables) { $1 }
    )
    let result = try await asker.result()
    let tokens = try result.output.split(separator: "\n").map {
      try Outcome(status: result.status, output: String($0), errors: result.errors).token
    }
    guard tokens.count == 4 else { throw LabError(.process, result.errors) }
    return tokens
  }

  /// Asks until lanyard succeeds; what failed before that must be temporary.
  ///
  /// A temporary failure is shared for some seconds, so this is how "works again" looks from outside.
  func asksUntilItWorks(_ arguments: [String]? = nil, tolerating codes: Set<Int> = [5])
    async throws -> Outcome
  {
    let deadline = ContinuousClock.now + .seconds(180)
    while true {
      let result = try await lanyard(arguments ?? getToken)
      if result.status == 0 || ContinuousClock.now > deadline { return result }
      #expect(codes.contains(result.status), "\(result.errors)")
      #expect(result.output.isEmpty)
      try await Task.sleep(for: .milliseconds(300))
    }
  }
}

/// The programs as they were built.
enum Programs {
  /// `lanyard`, beside which lies `lanyard-full`.
  static var lanyard: String {
    get throws {
      let path = "\(repository)/.build/release/lanyard"
      let programs = [path, "\(path)-full"].compactMap { ProcessRunner.find($0) }
      try #require(programs.count == 2, "build lanyard and lanyard-full first: make build")
      return path
    }
  }

  /// `lanyard-lab`.
  static var lab: String {
    get throws {
      let path = "\(repository)/.build/release/lanyard-lab"
      return try #require(ProcessRunner.find(path), "build lanyard-lab first: make build")
    }
  }

  /// The folder that Package.swift lies in.
  static var repository: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
      .joined(separator: "/")
  }
}

extension Outcome {
  /// The one ExecCredential on stdout, as JSON.
  var credential: JSONValue {
    get throws {
      let value = try JSONValue.parse(output)
      try #require(value["kind"]?.string == "ExecCredential", "\(errors)")
      return value
    }
  }

  /// The token of the credential.
  var token: String {
    get throws { try #require(try credential["status"]?["token"]?.string) }
  }
}

extension String {
  /// The first word that begins with `prefix`: how a person finds the address to open.
  func url(of prefix: String) -> String? {
    split(whereSeparator: \.isWhitespace).first { $0.hasPrefix(prefix) }.map(String.init)
  }
}
