// SPDX-License-Identifier: Apache-2.0

package import Clouds
import HTTPTypes
package import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// An access token of Entra ID, and its end by this machine's clock.
package struct EntraToken: Sendable, Equatable {
  /// The token.
  package let token: Secret
  /// When it ends.
  package let expiry: Date

  /// Puts them together.
  package init(token: Secret, expiry: Date) {
    self.token = token
    self.expiry = expiry
  }
}

/// What Entra ID wants of the next login, beside a refusal (``ClaimsChallenge``).
package struct EntraChallenge: Error, Sendable, Equatable, CustomStringConvertible {
  /// A claims request, as the login is to send it.
  package let claims: String

  /// What `-v` shows.
  package var description: String { "the next login is asked for \(Text.line(claims))" }
}

/// What an answer of the token endpoint says.
package struct EntraAnswer: Sendable {
  /// The host that answers, for messages.
  let host: String
  /// The command by which this person or robot logs in, for messages.
  let logIn: String

  /// A reader of a host's answers.
  package init(host: String, logIn: String) {
    self.host = host
    self.logIn = logIn
  }

  /// The most bytes of an answer: tokens with many groups have some 100 KB.
  private static let limit = 1 << 20
  /// A token of unknown life serves for as long as one that lives short does.
  private static let unknownLife = 300

  /// The token; throws what the refusal means: `loginNeeded` if a person can help it, `temporary` if it passes.
  package func token(
    _ answer: HTTPAnswer,
    bound: Bool = false,
    now: Date
  ) throws(CloudError) -> EntraToken {
    guard answer.body.count <= Self.limit, let json = try? StrictJSON(parsing: answer.body),
      json.members != nil
    else { throw garbled(answer.status) }
    guard answer.status == 200, json["error"] == nil else { throw refusal(answer, json, now) }
    let type = json["token_type"]?.string?.lowercased()
    guard type == (bound ? "pop" : "bearer") else {
      throw CloudError(
        .refused,
        "\(host) gave a token of type \"\(Text.line(type ?? "none", limit: 40))\", not \(bound ? "pop" : "bearer")",
        remedy: bound ? "ask without --pop-enabled, if the cluster takes that" : "check --server-id"
      )
    }
    guard let text = json["access_token"]?.string, let token = VendorText.token(Array(text.utf8))
    else { throw garbled(answer.status) }
    let life = Self.number(json["expires_in"]).map { min(max($0, 0), 10 * 86_400) }
    return EntraToken(
      token: Secret(token),
      expiry: now.addingTimeInterval(Double(life ?? Int64(Self.unknownLife)))
    )
  }

  /// A number, or a string of digits, as Microsoft's services write either.
  static func number(_ value: StrictJSON?) -> Int64? {
    if let text = value?.string {
      return text.utf8.count <= 15 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        ? Int64(text) : nil
    }
    return value?.integer
  }

  private func garbled(_ status: Int) -> CloudError {
    CloudError(
      status >= 500 || status == 429 ? .temporary : .refused,
      "\(host) answers \(status) without a token in it",
      remedy: status >= 500 || status == 429
        ? "try again in a moment" : "check the authority, and whether a proxy answers in its place"
    )
  }

  private func refusal(_ answer: HTTPAnswer, _ json: StrictJSON, _ now: Date) -> CloudError {
    let code = json["error"]?.string ?? ""
    let description = json["error_description"]?.string ?? ""
    let numbers = json["error_codes"]?.elements?.compactMap(\.integer) ?? []
    let fault =
      EntraFault.named(in: description)
      ?? numbers.lazy.compactMap { EntraFault.numbered(Int($0)) }.first
    let words = fault?.words ?? Self.firstLine(of: description)
    let reason = [Text.line(code, limit: 60), words].filter { !$0.isEmpty }
      .joined(separator: ": ")
    let kind = Self.kind(answer.status, code, fault)
    let challenge = kind == .loginNeeded ? ClaimsChallenge.read(answer) : nil
    return CloudError(
      kind,
      "\(host) gives no token: \(answer.status)\(reason.isEmpty ? "" : " \(reason)")",
      remedy: remedy(fault, kind, challenge),
      cause: challenge.map { EntraChallenge(claims: $0) },
      retryAfter: RetryAfter.seconds(in: answer.headers, now: now)
    )
  }

  private func remedy(
    _ fault: EntraFault?,
    _ kind: CloudError.Code,
    _ challenge: String?
  ) -> String {
    let logIn = challenge.map { self.logIn(asking: $0) } ?? logIn
    return fault?.remedy(logIn: logIn) ?? Self.remedy(kind, logIn)
  }

  /// The Azure CLI takes a challenge in base64, from version 2.76 on (`az login --claims-challenge`).
  private func logIn(asking challenge: String) -> String {
    guard logIn.hasPrefix("az login ") else { return logIn }
    return "\(logIn) --claims-challenge \(Data(challenge.utf8).base64EncodedString())"
  }

  /// What Entra ID writes before its trace ids.
  private static func firstLine(of description: String) -> String {
    let end = description.firstRange(of: " Trace ID:")?.lowerBound ?? description.endIndex
    return Text.line(String(description[..<end]))
  }

  private static func kind(_ status: Int, _ code: String, _ fault: EntraFault?) -> CloudError.Code {
    if [408, 429].contains(status) || status >= 500 || code == "temporarily_unavailable" {
      return .temporary
    }
    switch fault?.cure {
    case .later: return .temporary
    case .logIn, .browser: return .loginNeeded
    case .administrator: return .refused
    case .clientSecret, .settings, .federation: return .configuration
    case nil: break
    }
    switch code {
    case "interaction_required", "invalid_grant", "login_required", "consent_required":
      return .loginNeeded
    case "invalid_client", "unauthorized_client", "invalid_scope", "invalid_resource",
      "invalid_target", "unsupported_grant_type":
      return .configuration
    default: return .refused
    }
  }

  private static func remedy(_ kind: CloudError.Code, _ logIn: String) -> String {
    switch kind {
    case .loginNeeded: "log in: \(logIn)"
    case .temporary: "try again in a moment"
    case .configuration:
      "check --tenant-id, --client-id, --server-id and what the client proves itself with"
    default: "ask an administrator of the tenant"
    }
  }
}
