// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// As much of Google as gets a token for GKE: token endpoint, Security Token Service, impersonation, metadata server.
///
/// Its paths begin with `/google/`, but for those of the metadata server, which a client knows without being told.
package final class GoogleCloud: Sendable {
  /// A request as it came in, for tests that compare it with what official tools send.
  package struct Recorded: Sendable, Equatable {
    /// The method and the path with its query.
    package let line: String
    /// Every field but those of ``unrecorded``, by its name in lower case.
    package let headers: [String: String]
    /// The body as text.
    package let body: String

    /// Fields that belong to a connection.
    package static let unrecorded: Set = ["host", "content-length", "connection"]

    /// A request put together, for tests that read one elsewhere.
    package init(line: String, headers: [String: String], body: String) {
      (self.line, self.headers, self.body) = (line, headers, body)
    }

    /// The fields of a form body in their order.
    package var pairs: [(name: String, value: String)] { FormFields(decoding: body).pairs }

    /// The fields of a form body, by name.
    package var form: [String: String] {
      Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
    }
  }

  /// What an access token is good for.
  struct Issued: Sendable {
    let user: String
    let scopes: [String]
    let expiry: Date
  }

  /// A person's login.
  struct SignIn: Sendable {
    let email: String
    let client: String
    let secret: String
  }

  struct State: Sendable {
    var requests: [Recorded] = []
    var issued: [String: Issued] = [:]
    var signIns: [String: SignIn] = [:]
    var keys: [String: JSONValue] = [:]
    var refusals: [GoogleRefusal] = []
    var delay: Double = 0
    var rotates = false
    var denied: Set<String> = []
    var life = 3600
  }

  let clock: LabClock
  let assertionIssuer: AssertionIssuer
  let state = Mutex(State())

  init(clock: LabClock, assertionIssuer: AssertionIssuer) {
    self.clock = clock
    self.assertionIssuer = assertionIssuer
  }

  /// Answers a request; nil for a path that is none of Google's.
  func respond(to request: Request) async -> Response? {
    let path = request.uri.path
    guard path.hasPrefix("/google/") || path.hasPrefix("/computeMetadata/") else { return nil }
    var request = request
    guard let body = await request.bodyText(limit: 262_144) else { return .nothingHere }
    let (refusal, delay) = note(request, body)
    if delay > 0 { try? await Task.sleep(for: .seconds(delay)) }
    if let refusal { return refusal.response }
    let fields = FormFields(decoding: body)
    switch (request.method, path) {
    case (.post, "/google/token"): return await token(fields)
    case (.post, "/google/sts/v1/token"): return await exchange(fields)
    case (.post, "/google/sts/v1/oauthtoken"): return workforce(fields, request)
    case (.get, _) where path.hasPrefix(Self.metadataPrefix): return metadata(request)
    case (.post, _) where path.hasPrefix(Self.accountsPrefix):
      return impersonate(path, request, body)
    default: return .nothingHere
    }
  }

  private func note(_ request: Request, _ body: String) -> (GoogleRefusal?, Double) {
    var headers: [String: String] = [:]
    for field in request.headers where !Recorded.unrecorded.contains(field.name.canonicalName) {
      headers[field.name.canonicalName] = field.value
    }
    let recorded = Recorded(
      line: "\(request.method.rawValue) \(request.uri.description)",
      headers: headers,
      body: body
    )
    return state.withLock { state in
      state.requests.append(recorded)
      return (state.refusals.isEmpty ? nil : state.refusals.removeFirst(), state.delay)
    }
  }

  /// A new access token of somebody.
  func issue(_ user: String, scopes: [String]) -> (token: String, life: Int) {
    let token = Randomness.token("ya29.")
    let now = clock.now
    let life = state.withLock { state in
      let expiry = now.addingTimeInterval(Double(state.life))
      state.issued[token] = Issued(user: user, scopes: scopes, expiry: expiry)
      return state.life
    }
    return (token, life)
  }

  /// Whose a token is; nil for one that was not issued, was revoked or has expired.
  func issued(_ token: String) -> Issued? {
    let now = clock.now
    return state.withLock { state in
      state.issued[token].flatMap { $0.expiry > now ? $0 : nil }
    }
  }

  /// The bearer token of a request.
  static func bearer(_ request: Request) -> String? {
    guard let header = request.headers[.authorization], header.hasPrefix("Bearer ") else {
      return nil
    }
    return String(header.dropFirst(7))
  }
}

/// Something that Google says instead of giving a token.
package struct GoogleRefusal: Sendable, Equatable {
  /// The HTTP status.
  package var status: Int
  /// The body, JSON.
  package var body: JSONValue

  /// A refusal of the token endpoints.
  package init(status: Int = 400, _ error: String, _ description: String, subtype: String? = nil) {
    self.status = status
    var members: [String: JSONValue] = [
      "error": .string(error), "error_description": .string(description),
    ]
    members["error_subtype"] = subtype.map(JSONValue.string)
    body = .object(members)
  }

  /// A refusal of the newer interfaces (google.rpc.Status).
  init(code: Int, _ status: String, _ message: String) {
    self.status = code
    body = [
      "error": [
        "code": .int(code), "message": .string(message), "status": .string(status),
      ]
    ]
  }

  var response: Response { .json(body, status: .init(code: status)) }
}

/// A website with Google's paths in front of it.
struct GoogleDoor<Behind: LabWebsite>: LabWebsite {
  let google: GoogleCloud?
  let behind: Behind

  func respond(to request: Request, on connection: any Channel) async -> Response {
    if let answer = await google?.respond(to: request) { return answer }
    return await behind.respond(to: request, on: connection)
  }
}

extension Authenticator {
  /// The same, which takes the access tokens of Google too, as GKE does.
  func admitting(_ google: GoogleCloud?) -> Authenticator {
    var gate = self
    if let google { gate.outsider = { google.issued($0)?.user } }
    return gate
  }
}
