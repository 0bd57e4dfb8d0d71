// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import Crypto
import HTTPTypes
import OAuth
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A world in which everything that happens is scripted, and everything that is done is seen.
final class AzureWorld: Sendable {
  static let now = Date(timeIntervalSince1970: 1_795_467_744)
  static let tenant = "11111111-1111-1111-1111-111111111111"
  static let aks = ServerApplication.aks

  /// One request as it was sent.
  struct Sent: Sendable {
    let method: String
    let url: String
    let headers: HTTPFields
    let body: String
    let isDirect: Bool
    let authorities: [UInt8]
    let addresses: [String: String]
    let thumbprint: String?

    /// The pairs of the body.
    var form: [String: String] {
      let pairs = FormEncoding.decode(Array(body.utf8)) ?? []
      return Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
    }
  }

  private struct State {
    var answers: [Result<HTTPAnswer, TransportFailure>] = []
    var sent: [Sent] = []
    var files: [String: [[UInt8]]] = [:]
    var programs: [ProgramAnswer] = []
    var ran: [ProgramCall] = []
    var kept: [[String]: KeptSecret] = [:]
    var pauses: [Double] = []
    var said: [String] = []
    var now = AzureWorld.now
  }

  private let state: Shared
  let environment: [String: String]
  let allowed: Set<CloudPermission>
  let home: String

  init(
    _ environment: [String: String] = [:],
    allowed: Set<CloudPermission> = [],
    home: String = "/home/me"
  ) {
    self.environment = environment
    self.allowed = allowed
    self.home = home
    state = Shared()
  }

  /// The same world with other variables.
  func with(_ variables: [String: String]) -> AzureWorld {
    AzureWorld(self, environment.merging(variables) { $1 })
  }

  private init(_ other: AzureWorld, _ environment: [String: String]) {
    self.environment = environment
    (allowed, home, state) = (other.allowed, other.home, other.state)
  }

  /// What worlds with other variables share.
  private final class Shared: Sendable {
    private let state = Mutex(State())

    func withLock<Value: Sendable>(_ body: (inout sending State) -> Value) -> Value {
      state.withLock { body(&$0) }
    }
  }

  // MARK: scripting

  /// Answers the next requests, in this order.
  func answer(_ answers: HTTPAnswer...) {
    state.withLock { $0.answers += answers.map { .success($0) } }
  }

  /// Fails the next request.
  func fail(_ failure: TransportFailure) {
    state.withLock { $0.answers.append(.failure(failure)) }
  }

  /// Puts a file there; several contents are what it holds at one look after the other, the last from then on.
  func file(_ path: String, _ contents: String...) {
    state.withLock { $0.files[path] = contents.map { Array($0.utf8) } }
  }

  /// The same in bytes.
  func file(_ path: String, bytes: [UInt8]) {
    state.withLock { $0.files[path] = [bytes] }
  }

  /// What the next program leaves.
  func program(_ output: String, status: Int32 = 0, errors: String = "") {
    let answer = ProgramAnswer(status: status, output: Secret(output), errors: errors)
    state.withLock { $0.programs.append(answer) }
  }

  /// Lets time pass.
  func wait(_ seconds: Double) { state.withLock { $0.now += seconds } }

  // MARK: looking

  var sent: [Sent] { state.withLock { $0.sent } }
  var ran: [ProgramCall] { state.withLock { $0.ran } }
  var pauses: [Double] { state.withLock { $0.pauses } }
  var said: [String] { state.withLock { $0.said } }
  var keptParts: [[String]] { state.withLock { Array($0.kept.keys) } }

  // MARK: answers

  static func token(
    _ token: String = "AT",
    type: String = "Bearer",
    life: Int = 4800
  ) -> HTTPAnswer {
    json(
      #"{"token_type":"\#(type)","expires_in":\#(life),"ext_expires_in":\#(life),"access_token":"\#(token)"}"#
    )
  }

  static func json(_ text: String, status: Int = 200, headers: HTTPFields = [:]) -> HTTPAnswer {
    HTTPAnswer(status: status, headers: headers, body: Array(text.utf8))
  }

  static func refusal(_ number: Int, _ error: String = "invalid_grant", status: Int = 400)
    -> HTTPAnswer
  {
    json(
      #"{"error":"\#(error)","error_description":"AADSTS\#(number): words of Entra. Trace ID: t Correlation ID: c Timestamp: 2026-11-23 20:00:00Z","error_codes":[\#(number)]}"#,
      status: status
    )
  }

  // MARK: effects

  var effects: CloudEffects {
    CloudEffects(
      now: { self.state.withLock { $0.now } },
      random: { count in (0..<count).map { UInt8(truncatingIfNeeded: $0) } },
      pause: { seconds in
        self.state.withLock { $0.pauses.append(seconds) }
      },
      environment: environment.filter { !$0.value.isEmpty },
      home: home,
      accountHome: "/home/me",
      allows: { self.allowed.contains($0) },
      send: { trust, call async throws(TransportFailure) in
        try self.send(call, isDirect: false, trust)
      },
      sendDirect: { _, call async throws(TransportFailure) in
        try self.send(call, isDirect: true, TransportTrust(authorities: []))
      },
      readFile: { path, limit throws(CloudError) in self.read(path, limit) },
      replaceFile: { path, _ throws(CloudError) in
        throw CloudError(.failed, "\(path) is never written", remedy: "")
      },
      run: { call async throws(CloudError) in try self.run(call) },
      ask: { _, _ async throws(CloudError) in nil },
      tell: { line in self.state.withLock { $0.said.append(line) } },
      trace: { _ in },
      kept: { identity, terms, make async throws(CloudError) in
        try await self.keep(identity, terms, make)
      },
      alone: { _, _, body async throws(CloudError) in try await body() }
    )
  }

  private func send(
    _ call: HTTPCall,
    isDirect: Bool,
    _ trust: TransportTrust
  ) throws(TransportFailure) -> HTTPAnswer {
    let sent = Sent(
      method: call.method.rawValue,
      url: call.url,
      headers: call.headers,
      body: String(decoding: call.body, as: UTF8.self),
      isDirect: isDirect,
      authorities: trust.authorities,
      addresses: trust.addresses,
      thumbprint: trust.thumbprint
    )
    let next = state.withLock { state -> Result<HTTPAnswer, TransportFailure> in
      state.sent.append(sent)
      return state.answers.isEmpty
        ? .failure(.notSent("no answer is scripted")) : state.answers.removeFirst()
    }
    return try next.get()
  }

  private func read(_ path: String, _ limit: Int) -> [UInt8]? {
    state.withLock { state in
      guard let contents = state.files[path], let first = contents.first else { return nil }
      if contents.count > 1 { state.files[path]?.removeFirst() }
      return first.count <= limit ? first : nil
    }
  }

  private func run(_ call: ProgramCall) throws(CloudError) -> ProgramAnswer {
    if call.words.first == "/usr/bin/test" {
      let isThere = state.withLock { $0.files[call.words.last ?? ""] != nil }
      return ProgramAnswer(status: isThere ? 0 : 1, output: Secret(""), errors: "")
    }
    let next = state.withLock { state -> ProgramAnswer? in
      state.ran.append(call)
      return state.programs.isEmpty ? nil : state.programs.removeFirst()
    }
    guard let next else {
      throw CloudError(.configuration, "no program \(call.words.first ?? "")", remedy: "install it")
    }
    return next
  }

  private func keep(
    _ identity: KeptIdentity,
    _ terms: KeptTerms,
    _ make: @Sendable () async throws(CloudError) -> KeptSecret
  ) async throws(CloudError) -> KeptSecret {
    let found = state.withLock { state -> KeptSecret? in
      guard let kept = state.kept[identity.parts] else { return nil }
      return kept.expiry.timeIntervalSince(state.now) > terms.enough ? kept : nil
    }
    if let found { return found }
    let made = try await make()
    state.withLock { $0.kept[identity.parts] = made }
    return made
  }
}

extension AzureWorld {
  /// The settings that options and this world's variables make.
  func settings(_ change: (inout AzureOptions) -> Void = { _ in }) throws -> AzureSettings {
    var options = AzureOptions()
    options.tenantID = Self.tenant
    change(&options)
    return try AzureSettings(options, effects)
  }

  /// The token that they give.
  func token(_ change: (inout AzureOptions) -> Void = { _ in }) async throws -> CloudToken {
    try await AzureTokens(try settings(change), effects, openPFX: Self.noPFX).token()
  }

  static let noPFX: CertificateFile.OpenPFX = { _, _ throws(RSAKey.Flaw) in
    throw RSAKey.Flaw(reason: "no PFX here")
  }
}
