// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import HTTPTypes
import OAuth
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A machine for one test: files, variables, and a network that answers what the test says.
final class World: Sendable {
  static let now = Date(timeIntervalSince1970: 1_704_164_645)

  struct State: Sendable {
    var files: [String: [UInt8]] = [:]
    var answers: [HTTPAnswer] = []
    var calls: [HTTPCall] = []
    var direct: [HTTPCall] = []
    var rows: [String: [[[UInt8]?]]] = [:]
    var failures: [String: CloudError] = [:]
    var kept: [KeptIdentity: KeptSecret] = [:]
    var ran: [ProgramCall] = []
    var program = ProgramAnswer(status: 0, output: Secret(""), errors: "")
    var told: [String] = []
    var trusts: [TransportTrust] = []
    /// What the first requests come to before any is answered.
    var silences: [TransportFailure] = []
    /// Files as they are once somebody has waited.
    var later: [String: [UInt8]] = [:]
    /// Files that cannot be replaced.
    var fixed: Set<String> = []
    var locks: [KeptIdentity] = []
    var pauses: [Double] = []
  }

  let state = Mutex(State())
  let variables: [String: String]
  let allowed: Set<CloudPermission>
  let isRejected: Bool

  init(
    _ variables: [String: String] = [:],
    allowed: Set<CloudPermission> = [],
    isRejected: Bool = false,
    _ fill: (inout State) -> Void = { _ in }
  ) {
    self.variables = variables
    self.allowed = allowed
    self.isRejected = isRejected
    state.withLock { fill(&$0) }
  }

  var calls: [HTTPCall] { state.withLock { $0.calls } }
  var direct: [HTTPCall] { state.withLock { $0.direct } }
  var kept: [KeptIdentity] { state.withLock { Array($0.kept.keys) } }
  var ran: [ProgramCall] { state.withLock { $0.ran } }

  /// The effects; without an answer left, nobody can be reached.
  var effects: CloudEffects {
    var effects = CloudEffects(
      now: { Self.now },
      random: { [UInt8](repeating: 7, count: $0) },
      pause: { [self] seconds in
        state.withLock { state in
          state.pauses.append(seconds)
          state.files.merge(state.later) { $1 }
        }
      },
      environment: variables,
      home: "/home/me",
      accountHome: "/home/me",
      allows: { [allowed] in allowed.contains($0) },
      send: { [self] trust, call async throws(TransportFailure) in
        state.withLock { $0.trusts.append(trust) }
        return try answer(call, direct: false)
      },
      sendDirect: { [self] _, call async throws(TransportFailure) in
        try answer(call, direct: true)
      },
      readFile: { [self] path, _ throws(CloudError) in state.withLock { $0.files[path] } },
      replaceFile: { [self] path, bytes throws(CloudError) in
        state.withLock { $0.files[path] = bytes }
      },
      run: { [self] call async throws(CloudError) in
        state.withLock { state in
          state.ran.append(call)
          return state.program
        }
      },
      ask: { _, _ async throws(CloudError) in nil },
      tell: { [self] line in state.withLock { $0.told.append(line) } },
      trace: { _ in },
      kept: { [self] identity, terms, make async throws(CloudError) in
        try await kept(identity, terms, make)
      },
      alone: { [self] identity, _, body async throws(CloudError) in
        state.withLock { $0.locks.append(identity) }
        return try await body()
      }
    )
    effects.proveReplaceable = { [self] path throws(CloudError) in
      guard state.withLock({ $0.fixed.contains(path) }) else { return }
      throw CloudError(.store, "no", remedy: "none")
    }
    effects.query = { [self] query throws(CloudError) in try rows(query) }
    effects.isRejected = isRejected
    return effects
  }

  private func answer(_ call: HTTPCall, direct: Bool) throws(TransportFailure) -> HTTPAnswer {
    let silence = state.withLock { state -> TransportFailure? in
      guard !state.silences.isEmpty else { return nil }
      state.calls.append(call)
      return state.silences.removeFirst()
    }
    if let silence { throw silence }
    let answer = state.withLock { state -> HTTPAnswer? in
      state.calls.append(call)
      if direct { state.direct.append(call) }
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
    guard let answer else { throw .notSent("nobody is there") }
    return answer
  }

  private func rows(_ query: DatabaseQuery) throws(CloudError) -> [[[UInt8]?]]? {
    let (failure, rows) = state.withLock { ($0.failures[query.path], $0.rows[query.path]) }
    if let failure { throw failure }
    guard let rows else { return nil }
    return rows.filter { $0.first == Array(query.parameters[0].utf8) }.map { Array($0.dropFirst()) }
  }

  private func kept(
    _ identity: KeptIdentity,
    _ terms: KeptTerms,
    _ make: @Sendable () async throws(CloudError) -> KeptSecret
  ) async throws(CloudError) -> KeptSecret {
    let old = state.withLock { $0.kept[identity] }
    if let old, old.expiry.timeIntervalSince(Self.now) > terms.enough { return old }
    do throws(CloudError) {
      let made = try await make()
      state.withLock { $0.kept[identity] = made }
      return made
    } catch {
      // As in the store: what is good serves on while nothing newer can be had.
      guard [.temporary, .loginNeeded].contains(error.code), let old, old.expiry > Self.now else {
        throw error
      }
      return old
    }
  }
}

extension HTTPAnswer {
  /// An answer of JSON text.
  static func json(_ text: String, status: Int = 200, _ headers: HTTPFields = [:]) -> HTTPAnswer {
    HTTPAnswer(status: status, headers: headers, body: Array(text.utf8))
  }

  /// A token as the token endpoints give it.
  static func token(_ token: String, _ life: Int = 3599) -> HTTPAnswer {
    json("{\"access_token\":\"\(token)\",\"expires_in\":\(life),\"token_type\":\"Bearer\"}")
  }
}

extension HTTPCall {
  /// The fields of a form body.
  var form: [String: String] {
    let pairs = FormEncoding.decode(body) ?? []
    return Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
  }
}

extension World {
  /// The name of the credential file in these tests.
  static let file = "/adc.json"

  /// A machine whose Application Default Credentials are this text.
  static func adc(
    _ text: String,
    _ variables: [String: String] = [:],
    allowed: Set<CloudPermission> = [],
    _ answers: [HTTPAnswer] = [],
    _ fill: (inout State) -> Void = { _ in }
  ) -> World {
    let named = variables.merging(["GOOGLE_APPLICATION_CREDENTIALS": file]) { $1 }
    return World(named, allowed: allowed) { state in
      state.files[file] = Array(text.utf8)
      state.answers = answers
      fill(&state)
    }
  }

  /// The token of the Application Default Credentials.
  func token(scopes: [String] = []) async throws(CloudError) -> CloudToken {
    try await GoogleCredentials.token(
      GoogleRequest(scopes: scopes, usesApplicationDefault: true),
      effects
    )
  }

  /// The failure that asking gives; nil if it gives a token.
  func failure() async -> CloudError? {
    do throws(CloudError) {
      _ = try await token()
      return nil
    } catch {
      return error
    }
  }
}

/// Credential files as texts.
enum Credential {
  /// Something that looks like a JWT.
  static let jwt = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
  /// Where Google gives tokens of a service account.
  static let impersonation =
    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/sa@p:generateAccessToken"

  /// A person, with more members if wanted.
  static func person(_ more: String = "") -> String {
    #"{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"\#(more)}"#
  }

  /// An external account of a pool, with more members if wanted.
  static func external(
    _ source: String,
    type: String = "urn:ietf:params:oauth:token-type:jwt",
    _ more: String = ""
  ) -> String {
    #"{"type":"external_account","audience":"aud","subject_token_type":"\#(type)","#
      + #""token_url":"https://sts.googleapis.com/v1/token","credential_source":\#(source)\#(more)}"#
  }

  /// A service account that another credential acts as.
  static func impersonating(_ source: String) -> String {
    #"{"type":"impersonated_service_account","service_account_impersonation_url":"#
      + #""\#(impersonation)","source_credentials":\#(source)}"#
  }

  /// A workforce login.
  static let workforce = """
    { "unknown": [1.50, {"refresh_token": "x"}], "type": "external_account_authorized_user",
      "client_id": "c", "client_secret": "s", "refresh_token" : "r", "z": "\\"refresh_token\\":\\"x\\"" }

    """
}
