// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What IAM Identity Center answers when a sign-in on another device begins (RFC 8628, in its dialect).
struct SSODevice: Sendable {
  let deviceCode: Secret
  /// What the person compares or types.
  let userCode: String
  let verificationURI: Endpoint
  let verificationURIComplete: Endpoint
  /// Seconds between polls.
  let interval: Int
  /// Seconds until the code ends.
  let expiresIn: Int

  /// `POST /device_authorization`.
  static func call(_ base: Issuer, _ client: SSOClient, startURL: String) -> HTTPCall {
    SSOCall.post(
      base,
      "/device_authorization",
      [
        "clientId": .string(client.id), "clientSecret": .string(client.secret.expose()),
        "startUrl": .string(startURL),
      ]
    )
  }

  /// Reads the answer; throws ``AWSRefusal``, also for one that nobody could follow.
  init(_ answer: HTTPAnswer, from base: Issuer, now: Date) throws(AWSRefusal) {
    let members = try SSOAnswer.members(answer, now: now)
    guard let deviceCode = members["deviceCode"]?.string, !deviceCode.isEmpty,
      let userCode = members["userCode"]?.string, (1...64).contains(userCode.utf8.count),
      userCode.utf8.allSatisfy({ (0x20...0x7E).contains($0) }),
      let plain = members["verificationUri"]?.string,
      let uri = try? Endpoint(plain, named: "verificationUri", of: base)
    else { throw AWSRefusal(answer, now: now) }
    let complete = members["verificationUriComplete"]?.string
    self.deviceCode = Secret(deviceCode)
    self.userCode = userCode
    verificationURI = uri
    verificationURIComplete =
      complete.flatMap { try? Endpoint($0, named: "verificationUriComplete", of: base) } ?? uri
    interval = Int(min(max(members["interval"]?.integer ?? 5, 1), 60))
    expiresIn = Int(min(max(members["expiresIn"]?.integer ?? 600, 1), 1800))
  }

  /// What a poll without tokens says, in the words of the RFC.
  static func outcome(_ refusal: AWSRefusal) -> TokenOutcome {
    let names = [
      "AuthorizationPendingException": "authorization_pending", "SlowDownException": "slow_down",
      "ExpiredTokenException": "expired_token", "AccessDeniedException": "access_denied",
    ]
    return .error(
      status: refusal.status,
      code: refusal.code.map { names[$0] ?? $0 },
      description: refusal.message,
      retryAfter: refusal.retryAfter
    )
  }
}
