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

/// As much of AWS as gets a token for EKS: STS, the instance metadata service, a container's credentials service.
///
/// Its paths begin with `/aws/`. It checks signatures with code of its own, and verifies tokens as
/// aws-iam-authenticator does.
package final class AWSCloud: Sendable {
  /// The access key that is there from the start, the one of AWS's documentation.
  package static let accessKey = "AKIAIOSFODNN7EXAMPLE"
  /// Its secret.
  package static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  /// The id of the cluster that the lab's API server is.
  package static let cluster = "lab"
  /// The region that it all lies in.
  package static let region = "us-west-2"
  /// What the container's credentials service wants to see.
  package static let containerToken = "podtoken"

  /// A request as it came in, for tests that compare it with what official tools send.
  package struct Recorded: Sendable, Equatable {
    /// The method and the path with its query, without the `/aws/…` before it.
    package let line: String
    /// The fields that say something, by their lower-case names.
    package let headers: [String: String]
    /// The body as text.
    package let body: String

    /// The fields of a form body, each as `name=value`, in their order.
    package var form: [String] { FormFields(decoding: body).pairs.map { "\($0.name)=\($0.value)" } }
  }

  /// Keys, and whose they are.
  struct Keys: Sendable {
    let secret: String
    let sessionToken: String?
    /// `arn:aws:iam::111122223333:user/me`.
    let arn: String
    let end: Date
  }

  struct State: Sendable {
    var requests: [Recorded] = []
    var keys: [String: Keys] = [:]
    var refusals: [AWSRefusalAnswer] = []
    var life = 3600
    var devices: [String: String] = [:]
    var spentCodes: Set<String> = []
    var tokenStatus = 200
  }

  let clock: LabClock
  let state: Mutex<State>

  init(clock: LabClock) {
    self.clock = clock
    state = Mutex(State())
    add(
      Self.accessKey,
      secret: Self.secret,
      arn: "arn:aws:iam::111122223333:user/me"
    )
  }

  /// Every request so far.
  package var requests: [Recorded] { state.withLock(\.requests) }

  /// Every secret key and session token so far, for tests that look for them where they must not be.
  package var secrets: [String] {
    state.withLock { $0.keys.values.flatMap { [$0.secret] + [$0.sessionToken].compactMap(\.self) } }
  }

  /// Makes a user's access key known.
  package func add(_ id: String, secret: String, arn: String) {
    let keys = Keys(secret: secret, sessionToken: nil, arn: arn, end: .distantFuture)
    state.withLock { $0.keys[id] = keys }
  }

  /// Makes temporary credentials known that another service of AWS gave.
  func add(_ id: String, _ keys: Keys) {
    state.withLock { $0.keys[id] = keys }
  }

  /// Forgets an access key: tokens signed with it are refused from now on.
  package func remove(_ id: String) {
    state.withLock { $0.keys[id] = nil }
  }

  /// How long the credentials of roles live from now on, in seconds.
  package func setLife(_ seconds: Int) {
    state.withLock { $0.life = seconds }
  }

  /// A role that takes a code of this device; each code counts once.
  package func requireMFA(role: String, device: String) {
    state.withLock { $0.devices[role] = device }
  }

  /// What STS says the next time in place of an answer.
  package func refuseNext(_ code: String, _ message: String, status: Int = 403) {
    state.withLock {
      $0.refusals.append(AWSRefusalAnswer(status: status, code: code, message: message))
    }
  }

  /// The status that the instance's service answers to whoever wants a token; 404: it knows version 1 only.
  package func setMetadataTokenStatus(_ status: Int) {
    state.withLock { $0.tokenStatus = status }
  }

  /// The ARN that a token belongs to, as a cluster finds it out; nil for one that is not good.
  package func user(of token: String) -> String? { AWSTokenCheck(cloud: self).user(token) }

  /// Answers a request; nil for a path that is none of AWS's.
  func respond(to request: Request) async -> Response? {
    for (prefix, service) in Self.services where request.uri.path.hasPrefix(prefix) {
      var request = request
      guard let body = await request.bodyText(limit: 262_144) else { return .nothingHere }
      note(request, body, prefix)
      return service(self)(request, body, String(request.uri.path.dropFirst(prefix.count)))
    }
    return nil
  }

  private typealias Service = @Sendable (Request, String, String) -> Response

  private static let services: [(String, @Sendable (AWSCloud) -> Service)] = [
    ("/aws/sts", { cloud in { request, body, _ in cloud.sts(request, body) } }),
    ("/aws/imds", { cloud in { request, _, path in cloud.instance(request, path) } }),
    ("/aws/container", { cloud in { request, _, _ in cloud.container(request) } }),
  ]

  /// The fields that say something, by their lower-case names: all but those that every request has.
  static func telling(_ fields: HTTPFields) -> [String: String] {
    let plain: Set = ["content-length", "connection", "host"]
    let found = fields.filter { !plain.contains($0.name.canonicalName) }
    return Dictionary(found.map { ($0.name.canonicalName, $0.value) }) { $1 }
  }

  private func note(_ request: Request, _ body: String, _ prefix: String) {
    let path = request.uri.description.dropFirst(prefix.count)
    let recorded = Recorded(
      line: "\(request.method.rawValue) \(path.isEmpty ? "/" : path)",
      headers: Self.telling(request.headers),
      body: body
    )
    state.withLock { $0.requests.append(recorded) }
  }

  /// New keys of a role, with the time at which they end.
  func issue(_ arn: String) -> (id: String, keys: Keys) {
    let id =
      "ASIA"
      + Randomness.sha256(Randomness.token()).prefix(16).uppercased().map {
        $0.isLetter || $0.isNumber ? $0 : "X"
      }
    let token = Randomness.token("FwoGZXIvYXdz")
    let now = clock.now
    let keys = state.withLock { state in
      let keys = Keys(
        secret: Randomness.token(),
        sessionToken: token,
        arn: arn,
        end: now.addingTimeInterval(Double(state.life))
      )
      state.keys[id] = keys
      return keys
    }
    return (id, keys)
  }

  /// Keys that exist and have not ended.
  func keys(_ id: String) -> Keys? {
    let now = clock.now
    return state.withLock { $0.keys[id] }.flatMap { $0.end > now ? $0 : nil }
  }

  /// The time as AWS writes it.
  static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}

/// Something that STS says instead of giving credentials.
struct AWSRefusalAnswer: Sendable, Equatable {
  let status: Int
  let code: String
  let message: String

  var response: Response {
    let text = """
      <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error>
        <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
      </ErrorResponse>
      """
    return .text(text, type: "text/xml", status: .init(code: status))
  }
}

/// A website with AWS's paths in front of it.
struct AWSDoor<Behind: LabWebsite>: LabWebsite {
  let aws: AWSCloud?
  let behind: Behind

  func respond(to request: Request, on connection: any Channel) async -> Response {
    if let answer = await aws?.respond(to: request) { return answer }
    return await behind.respond(to: request, on: connection)
  }
}
