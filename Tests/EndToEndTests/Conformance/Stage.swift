// SPDX-License-Identifier: Apache-2.0

import Lab

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A desk with a client that is ready to log in.
struct Stage: Sendable {
  /// A login as far as it came.
  struct Attempt: Sendable {
    let outcome: Outcome
    /// What the browser was told to open; nil if it did not come to that.
    let url: String?
    /// What the browser showed at the end.
    let page: BrowserDriver.Page?
  }

  let desk: Desk
  /// The options that say which issuer, and as which client.
  let options: [String]
  let variables: [String: String]

  var lab: RunningLab { desk.lab }

  /// The number of the latest event of the lab.
  var now: Int { lab.log().last?.sequence ?? 0 }

  /// Asks for a credential without anybody at the desk.
  func ask(_ more: [String] = []) async throws -> Outcome {
    try await desk.lanyard(["get-token", "oidc"] + options + more, variables)
  }

  func start(_ more: [String] = []) throws -> Conversation {
    try desk.startLanyard(
      ["get-token", "oidc"] + options + more + ["--login", "browser"],
      variables
    )
  }

  /// Logs in as alice with the browser, if it comes to that.
  func logIn(_ more: [String] = []) async throws -> Attempt {
    try await finish(try start(more))
  }

  /// Plays the person in front of the browser for a program that was started, and waits for its end.
  func finish(_ conversation: Conversation) async throws -> Attempt {
    guard let url = try await url(conversation) else {
      return Attempt(outcome: try await conversation.result(), url: nil, page: nil)
    }
    let page = try await BrowserDriver.with(caPEM: lab.caPEM) { browser in
      try await browser.logIn(at: url, as: Desk.alice)
    }
    return Attempt(outcome: try await conversation.result(), url: url, page: page)
  }

  /// The address that the browser shall open; nil if the program ended without naming one.
  func url(_ conversation: Conversation) async throws -> String? {
    let found = try await eventually("an address to open") { () -> String?? in
      if let url = conversation.errors.url(of: "\(lab.issuer)/authorize") { return .some(url) }
      return conversation.outcome() == nil ? nil : .some(nil)
    }
    return found
  }

  /// Misbehaves at every request from now on, until `behave`.
  func misbehave(_ ways: [Misbehaviour], grant: String = "authorization_code") throws {
    for way in ways { lab.faults.set(try way.fault(lab, grant: grant)) }
  }

  /// Ends all misbehaviour, and the pause after a failed login.
  func behave() {
    lab.faults.clear()
    forgetFailedLogin()
  }

  /// Ends the pause that a failed login imposes, which is not what rows are about.
  func forgetFailedLogin() {
    let folder = "\(desk.folder)/state/lanyard/cache"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix("login-failed-") {
      PrivateFile.removeFolder("\(folder)/\(name)")
    }
  }

  /// Every file of the store that says anything of a session, with its bytes.
  ///
  /// Locks are empty, and the cache holds public documents and pauses.
  func store() -> [String: [UInt8]] {
    let folder = "\(desk.folder)/state/lanyard"
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    var files: [String: [UInt8]] = [:]
    for path in paths where !path.hasPrefix("cache") && !path.hasPrefix("locks") {
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { continue }
      files[path] = Array(data)
    }
    return files
  }

  /// The endpoints that were asked after the last answer that a fault spoilt; nil if there was no such answer.
  ///
  /// Without any fault, the last answer with tokens counts as the spoilt one: then its keys are.
  func requestsAfterBadAnswer(since start: Int) -> [String]? {
    let events = lab.log(after: start)
    let answers = events.filter { $0.kind == .requestAnswered || $0.kind == .requestDropped }
    let bad =
      answers.last { $0.faults != nil }
      ?? (lab.faults.pending.isEmpty ? answers.last { $0.endpoint == "token" } : nil)
    guard let bad else { return nil }
    return events.filter { $0.kind == .requestArrived && $0.sequence > bad.sequence }
      .map { $0.endpoint ?? "?" }
  }
}
