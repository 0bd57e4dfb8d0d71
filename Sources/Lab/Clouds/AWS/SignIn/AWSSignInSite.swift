// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A stand-in for the services of AWS that people sign in at: IAM Identity Center and the console.
///
/// It lets everybody in, as a browser with an open session does; it is strict about everything that a program sends.
/// Refresh tokens work once: one that comes again ends its sign-in.
package final class AWSSignInSite: LabWebsite, Sendable {
  /// A request as it came.
  package struct Received: Sendable {
    package let method: String
    /// Path and query.
    package let target: String
    package let headers: HTTPFields
    package let body: String

    /// The fields that say something, by their lower-case names.
    package var fields: [String: String] { AWSCloud.telling(headers) }
  }

  /// What tests change while it runs.
  package struct Settings: Sendable {
    /// Seconds that access tokens of IAM Identity Center live.
    package var accessLifetime = 3600
    /// Seconds that a role's credentials live.
    package var roleLifetime = 3600
    /// Seconds that credentials of a console sign-in live.
    package var consoleLifetime = 900
    /// Seconds between the arrival of a request for tokens and its answer.
    package var tokenDelay = 0.0
    /// How many answers with tokens are lost on the way from now on.
    package var lostAnswers = 0
    /// Whether a lost answer may be asked for again, as the console's service lets one.
    package var repeatsLostAnswers = true
    /// The roles that exist, as `account/role`.
    package var roles: Set<String> = ["111122223333/Dev", "444455556666/Dev"]
    /// Who signs in at the console.
    package var person = "arn:aws:iam::111122223333:user/me"
    /// Whether the person approves devices.
    package var approvesDevices = true
    /// What every request for tokens is refused with, if with anything.
    package var refusal: String?
  }

  struct State {
    var settings = Settings()
    var received: [Received] = []
    var clients: [String: Client] = [:]
    var codes: [String: Code] = [:]
    var devices: [String: Device] = [:]
    var signIns: [SignIn] = []
    var proofs: Set<String> = []
    var replays = 0
    var issued = 0
  }

  struct Client {
    let secret: String
    let grants: [String]
    let redirectURIs: [String]
  }

  struct Code {
    let client: String
    let redirectURI: String
    let challenge: String
  }

  struct Device {
    let client: String
    let userCode: String
  }

  /// One sign-in and its tokens.
  struct SignIn {
    let client: String
    /// The key that its refresh token is bound to; the console's only.
    let key: String?
    var access: String
    var accessEnds: Date
    /// All refresh tokens so far; the last works.
    var refreshTokens: [String]
    /// The last answer, if it was lost and may be asked for again.
    var lost: JSONValue?
    var hasEnded = false
  }

  let state = Mutex(State())
  private let address = Mutex("")
  let clock = LabClock()
  private let cloud: AWSCloud?

  init(cloud: AWSCloud?) { self.cloud = cloud }

  /// `http://127.0.0.1:PORT`.
  package internal(set) var url: String {
    get { address.withLock(\.self) }
    set { address.withLock { $0 = newValue } }
  }

  /// Changes what it does from now on.
  package func change(_ change: (inout Settings) -> Void) {
    state.withLock { change(&$0.settings) }
  }

  /// Every request so far.
  package var received: [Received] { state.withLock(\.received) }

  /// How many requests there were to a path.
  package func count(_ path: String) -> Int {
    received.count { $0.target.prefix { $0 != "?" } == path }
  }

  /// How many spent refresh tokens came again.
  package var replays: Int { state.withLock(\.replays) }

  func respond(to request: Request, on connection: any Channel) async -> Response {
    var request = request
    guard let body = await request.bodyText() else {
      return Self.refusal(413, "InvalidRequestException", "invalid_request")
    }
    let received = Received(
      method: request.method.rawValue,
      target: request.uri.string,
      headers: request.headers,
      body: body
    )
    state.withLock { $0.received.append(received) }
    let answer = await self.answer(received, request)
    guard answer.isLost else { return answer.response }
    try? await connection.close()
    return answer.response
  }

  struct Answer {
    let response: Response
    var isLost = false
  }

  private func answer(_ received: Received, _ request: Request) async -> Answer {
    switch (request.method, request.uri.path) {
    case (.post, "/client/register"): return Answer(response: register(received))
    case (.get, "/authorize"): return Answer(response: authorize(request.queryFields))
    case (.post, "/device_authorization"): return Answer(response: beginDevice(received))
    case (.get, "/device"): return Answer(response: devicePage(request.queryFields))
    case (.post, "/token"): return await token(received)
    case (.get, "/federation/credentials"):
      return Answer(response: roleCredentials(received, request.queryFields))
    case (.post, "/logout"): return Answer(response: logout(received))
    case (.get, "/v1/authorize"): return Answer(response: authorizeConsole(request.queryFields))
    case (.post, "/v1/token"): return await consoleToken(received)
    default: return Answer(response: .nothingHere)
    }
  }

  /// The JSON object of a body.
  static func members(_ received: Received) -> [String: JSONValue] {
    guard received.headers[.contentType] == "application/json" else { return [:] }
    return (try? JSONValue.parse(received.body))?.object ?? [:]
  }

  /// A refusal as these services write one.
  static func refusal(
    _ status: Int,
    _ exception: String,
    _ error: String,
    _ words: String = "no"
  ) -> Response {
    .json(
      ["error": .string(error), "error_description": .string(words), "message": .string(words)],
      status: .init(code: status),
      headers: [(name: "x-amzn-errortype", value: "\(exception):http://internal.amazon.com/")]
    )
  }

  /// New credentials of a principal, as the three members that all these services write.
  func credentials(_ id: String, of arn: String, lifetime: Int) -> [String: JSONValue] {
    let keys = AWSCloud.Keys(
      secret: Randomness.token("lab-key-"),
      sessionToken: Randomness.token("lab-session-"),
      arn: arn,
      end: clock.now.addingTimeInterval(Double(lifetime))
    )
    cloud?.add(id, keys)
    return [
      "accessKeyId": .string(id), "secretAccessKey": .string(keys.secret),
      "sessionToken": .string(keys.sessionToken ?? ""),
    ]
  }

  /// Waits as the settings say, before tokens are given.
  func delay() async {
    let seconds = state.withLock(\.settings.tokenDelay)
    if seconds > 0 { try? await Task.sleep(for: .seconds(seconds)) }
  }
}
