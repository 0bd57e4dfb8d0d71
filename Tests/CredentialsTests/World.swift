// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTypes
import OAuth
import SessionStore
import Synchronization

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

/// A real session store in a folder of its own, an issuer, a clock and a person, all of them in the test's hands.
final class World: Sendable {
  typealias Answer = @Sendable (World) throws(TransportFailure) -> HTTPAnswer

  /// What a renewal does once it is started.
  enum Renewals: Sendable { case run, neverReport, die, cannotStart }

  struct State {
    var now = Given.now
    var uptime = 0.0
    var random: UInt8 = 0
    var calls: [String] = []
    /// Every request but those for metadata and keys.
    var requests: [HTTPCall] = []
    var answers: [Answer] = []
    var onKeys: @Sendable (World) -> Void = { _ in }
    var onMetadata: Answer?
    /// What the userinfo endpoint answers, in order.
    var userinfo: [Answer] = []
    var onPause: @Sendable (World) -> Void = { _ in }
    var locks: Set<String> = []
    var holders: [String: LockHolder] = [:]
    var renewals = Renewals.run
    var redirectHost = "127.0.0.1"
    var personAnswers = true
    /// Whether the browser comes back to the listener; if not, the login can still be finished by pasting.
    var browserAnswers = true
    /// What the issuer sends the browser back with, beside the state.
    var redirect = "code=code-1"
    var terminal = true
    var secrets = CredentialSource.Secrets()
    var opened: [String] = []
    /// Whether a browser can be started.
    var browserOpens = true
    /// The page that the browser showed last.
    var page: String?
    /// Lines that the person will type; `STATE` stands for the state of the login.
    var typed: [String] = []
    /// What the person was asked, and whether what they type is shown.
    var questions: [(text: String, echoes: Bool)] = []
    var lines: [String] = []
    var sessionWrites = 0
    var failingSessionWrites: Set<Int> = []
    var ready: [UInt8]?
    /// What was printed last and is due, but still good.
    var old: [UInt8]?
    var rejected = false
    var written: [String] = []
  }

  let state = Mutex(State())
  let root: String
  var runtime: String { "\(root)/run" }

  init() throws {
    var generator = SystemRandomNumberGenerator()
    root = "/tmp/lanyard-credentials-" + String(generator.next(), radix: 36)
    try FileEffects.posix.makeFolder(root)
  }

  deinit { Self.removeTree(root) }

  private static func removeTree(_ path: String) {
    let files = FileEffects.posix
    for name in (try? files.list(path)) ?? [] {
      let inside = "\(path)/\(name)"
      if (try? files.status(inside))??.kind == .folder {
        removeTree(inside)
      } else {
        try? files.unlink(inside)
      }
    }
    _ = unsafe rmdir(path)
  }

  @discardableResult
  func edit<Value>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }
  func read<Value>(_ path: (State) -> Value) -> Value { state.withLock { path($0) } }
  func pass(_ seconds: Double) { edit { $0.now.addTimeInterval(seconds) } }

  var now: Date { read { $0.now } }
  var calls: [String] { read { $0.calls } }
  var lines: String { read { $0.lines.joined(separator: "\n") } }

  // MARK: the store

  /// Fails the writes of session files that `failingSessionWrites` names, counted from 1.
  private var files: FileEffects {
    var files = FileEffects.posix
    files.rename = { [weak self] from, to throws(FileFault) in
      let fails = self?.state.withLock { state in
        guard to.contains("/sessions/") else { return false }
        state.sessionWrites += 1
        return state.failingSessionWrites.contains(state.sessionWrites)
      }
      if fails == true { throw FileFault(ENOSPC) }
      try FileEffects.posix.rename(from, to)
    }
    return files
  }

  var store: SessionStore {
    SessionStore(folder: "\(root)/lanyard", hostID: nil, files: files) { [self] in random($0) }
  }

  /// Puts a session into the store, as a login would have.
  func seed(_ session: Session, _ request: CredentialRequest? = nil) throws {
    let store = SessionStore(folder: "\(root)/lanyard", hostID: nil) { [self] in random($0) }
    let id = try (try request ?? Given.request()).sessionID
    let (key, _) = try store.establish()
    _ = try store.commit(
      id,
      header: session.header(),
      payload: session.payload(),
      key: key,
      expecting: store.open(id, key: key)?.generation,
      using: nil
    )
  }

  /// The session on disk.
  func stored() throws -> Session? {
    try store.open(Given.request().sessionID, key: store.unlock()).map { try Session($0) }
  }

  func random(_ count: Int) -> [UInt8] {
    state.withLock { state in
      state.random &+= 1
      return (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) ^ state.random }
    }
  }

  // MARK: the issuer

  static func ok(_ body: String, nonce: String? = nil) -> HTTPAnswer {
    var headers: HTTPFields = [.contentType: "application/json"]
    if let nonce, let name = HTTPField.Name("DPoP-Nonce") { headers[name] = nonce }
    return HTTPAnswer(status: 200, headers: headers, body: Array(body.utf8))
  }

  /// The token endpoint's next answers, in order.
  func script(_ answers: Answer...) { edit { $0.answers += answers } }

  func send(_ call: HTTPCall) throws(TransportFailure) -> HTTPAnswer {
    switch call.url {
    case Given.issuer + "/.well-known/openid-configuration":
      edit { $0.calls.append("metadata" + Self.condition(of: call)) }
      return try read { $0.onMetadata }?(self) ?? Self.ok(Forge.metadata)
    case Given.issuer + "/keys":
      edit { $0.calls.append("keys" + Self.condition(of: call)) }
      read { $0.onKeys }(self)
      return Self.ok(Forge.keySet)
    case Given.issuer + "/userinfo":
      edit { state in
        state.calls.append("userinfo")
        state.requests.append(call)
      }
      let answer: Answer? = state.withLock { $0.userinfo.isEmpty ? nil : $0.userinfo.removeFirst() }
      guard let answer else { throw .notSent("the script has no more answers") }
      return try answer(self)
    default:
      let body = String(decoding: call.body, as: UTF8.self)
      edit { state in
        state.calls.append(Self.name(of: body))
        state.requests.append(call)
      }
      let answer: Answer? = state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() }
      guard let answer else { throw .notSent("the script has no more answers") }
      return try answer(self)
    }
  }

  /// ` unless "1"` for a request that wants the document only if it is another version.
  private static func condition(of call: HTTPCall) -> String {
    call.headers[.ifNoneMatch].map { " unless \($0)" } ?? ""
  }

  /// `refresh-1`, `refresh-1 openid` or `code`: what a token request spends.
  private static func name(of body: String) -> String {
    let fields = fields(of: body)
    guard let token = fields["refresh_token"] else { return fields["grant_type"] ?? body }
    return fields["scope"] == nil ? token : "\(token) with scope"
  }

  static func fields(of query: String) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      fields[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
    }
    return fields
  }
}
