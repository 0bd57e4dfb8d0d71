// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import EKSToken
import HTTPTypes
import OAuth
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A machine in memory with a clock that stands, and a service that answers as a test wants.
final class World: Sendable {
  /// What was sent: method, URL, the fields that matter and the body.
  struct Sent: Sendable {
    let method: String
    let url: String
    let headers: HTTPFields
    let body: String

    /// The body, which has to be a JSON object.
    var members: [String: StrictJSON] {
      (try? StrictJSON(parsing: body.utf8))?.members ?? [:]
    }
  }

  typealias Service = @Sendable (Sent) throws(TransportFailure) -> HTTPAnswer

  struct State {
    var files: [String: [UInt8]] = [:]
    var sent: [Sent] = []
    var told: [String] = []
    var pauses: [Double] = []
    var kept: [KeptIdentity: KeptSecret] = [:]
    var keptNames: [KeptIdentity] = []
    var made = 0
    var uptime = 0.0
    var now = Date(timeIntervalSince1970: 1_795_467_239)  // 2026-11-23T20:53:59Z
    var drawn: UInt8 = 0
    var writes = 0
    var proofs = 0
    var refusesWrites = false
    /// Done at every request.
    var duringRequest: (@Sendable (inout [String: [UInt8]]) -> Void)?
    /// Done once, before the second look at a file.
    var meanwhile: (@Sendable (inout [String: [UInt8]]) -> Void)?
  }

  let state = Mutex(State())
  private let service: Service

  init(_ service: @escaping Service = { _ throws(TransportFailure) in HTTPAnswer(status: 500) }) {
    self.service = service
  }

  var now: Date { state.withLock(\.now) }
  var sent: [Sent] { state.withLock(\.sent) }
  var told: [String] { state.withLock(\.told) }

  func file(_ path: String) -> String? {
    state.withLock { $0.files[path] }.map { String(decoding: $0, as: UTF8.self) }
  }

  func put(_ text: String, at path: String) {
    state.withLock { $0.files[path] = Array(text.utf8) }
  }

  func members(_ path: String) -> [String: StrictJSON] {
    (try? StrictJSON(parsing: (file(path) ?? "").utf8))?.members ?? [:]
  }

  private func send(_ call: HTTPCall) throws(TransportFailure) -> HTTPAnswer {
    let sent = Sent(
      method: call.method.rawValue,
      url: call.url,
      headers: call.headers,
      body: String(decoding: call.body, as: UTF8.self)
    )
    state.withLock { state in
      state.sent.append(sent)
      state.duringRequest?(&state.files)
    }
    return try service(sent)
  }

  private func replace(_ path: String, _ bytes: [UInt8]) throws(CloudError) {
    let refuses = state.withLock { state in
      if !state.refusesWrites {
        state.files[path] = bytes
        state.writes += 1
      }
      return state.refusesWrites
    }
    if refuses { throw CloudError(.store, "the disk is full", remedy: "make room") }
  }

  private func prove() throws(CloudError) {
    let refuses = state.withLock { state in
      state.proofs += 1
      return state.refusesWrites
    }
    if refuses { throw CloudError(.store, "the disk is full", remedy: "make room") }
  }

  private func kept(
    _ identity: KeptIdentity,
    _ terms: KeptTerms,
    _ make: @Sendable () async throws(CloudError) -> KeptSecret
  ) async throws(CloudError) -> KeptSecret {
    let now = self.now
    state.withLock { $0.keptNames.append(identity) }
    if let found = state.withLock({ $0.kept[identity] }),
      found.expiry.timeIntervalSince(now) > terms.enough
    {
      return found
    }
    let made = try await make()
    state.withLock {
      $0.kept[identity] = made
      $0.made += 1
    }
    return made
  }

  func effects(
    _ environment: [String: String] = [:],
    allows: Set<CloudPermission> = []
  ) -> CloudEffects {
    var effects = CloudEffects(
      now: { self.now },
      random: { count in
        self.state.withLock { state in
          state.drawn += 1
          return [UInt8](repeating: state.drawn, count: count)
        }
      },
      pause: { seconds in try await self.pause(seconds) },
      environment: environment,
      home: "/home/me",
      accountHome: "/home/me",
      allows: { allows.contains($0) },
      send: { _, call throws(TransportFailure) in try self.send(call) },
      sendDirect: { _, call throws(TransportFailure) in try self.send(call) },
      readFile: { path, limit in
        self.state.withLock { $0.files[path] }.flatMap { $0.count <= limit ? $0 : nil }
      },
      replaceFile: { path, bytes throws(CloudError) in try self.replace(path, bytes) },
      run: { _ throws(CloudError) in
        throw CloudError(.failed, "nothing is run here", remedy: "")
      },
      ask: { _, _ in nil },
      tell: { line in self.state.withLock { $0.told.append(line) } },
      trace: { _ in },
      kept: { identity, terms, make async throws(CloudError) in
        try await self.kept(identity, terms, make)
      },
      alone: { _, _, body async throws(CloudError) in try await body() }
    )
    effects.proveReplaceable = { _ throws(CloudError) in try self.prove() }
    return effects
  }

  /// Time passes at once, but for what a person is given: that is waited for until somebody cancels it.
  private func pause(_ seconds: Double) async throws {
    if seconds >= 600 { return try await Task.sleep(for: .seconds(3600)) }
    state.withLock { state in
      state.pauses.append(seconds)
      state.uptime += seconds
      let meanwhile = state.meanwhile
      state.meanwhile = nil
      meanwhile?(&state.files)
    }
  }

  /// What is given to a source of credentials; `config` is the text of `~/.aws/config`.
  func context(
    _ config: String,
    _ variables: [String: String] = [:],
    allows: Set<CloudPermission> = []
  ) throws -> AWSContext {
    AWSContext(
      effects: effects(variables, allows: allows),
      environment: AWSEnvironment(home: "/home/me", variable: { variables[$0] }),
      configuration: AWSConfiguration(
        config: try INIText(parsing: Array(config.utf8)),
        credentials: nil
      ),
      profileOption: nil,
      regionOption: nil
    )
  }
}

extension AWSContext {
  /// A profile that the test's configuration has.
  func profile(_ name: String) -> AWSProfile {
    configuration.profile(name) ?? AWSProfile(name: "missing")
  }
}

extension HTTPAnswer {
  /// An answer with a JSON text.
  static func json(_ text: String, status: Int = 200) -> HTTPAnswer {
    HTTPAnswer(status: status, body: Array(text.utf8))
  }
}

/// What an action gave, or the error that it threw.
func outcome<Value>(
  _ action: () async throws -> Value
) async -> Result<Value, any Error> {
  do {
    return .success(try await action())
  } catch {
    return .failure(error)
  }
}

extension Result where Failure == any Error {
  /// The error of a cloud, if that is what it is.
  var cloudError: CloudError? {
    if case .failure(let error) = self { error as? CloudError } else { nil }
  }
}
