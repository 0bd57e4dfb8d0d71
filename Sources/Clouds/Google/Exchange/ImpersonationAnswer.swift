// SPDX-License-Identifier: Apache-2.0

import Clouds
import HTTPTypes
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `generateAccessToken` answers (google.rpc.Status for errors).
enum ImpersonationAnswer {
  /// The token; throws what the answer means.
  ///
  /// `account` is the service account, for messages.
  static func token(
    _ answer: HTTPAnswer,
    account: String,
    host: String,
    now: Date,
    _ origin: Origin
  ) throws(CloudError) -> AccessToken {
    let json =
      answer.body.count <= Limits.tokenAnswer ? try? StrictJSON(parsing: answer.body) : nil
    guard answer.status == 200 else {
      throw refusal(answer, json, account: account, host: host, now: now, origin)
    }
    guard let token = json?["accessToken"]?.string, !token.isEmpty, Text.isVisibleASCII(token),
      let expiry = json?["expireTime"]?.string.flatMap(UTCTime.date)
    else { throw TokenAnswer.garbled(host, "200 without an access token in it") }
    return AccessToken(token: Secret(token), obtained: now, expiry: expiry)
  }

  private static func refusal(
    _ answer: HTTPAnswer,
    _ json: StrictJSON?,
    account: String,
    host: String,
    now: Date,
    _ origin: Origin
  ) -> CloudError {
    let status = json?["error"]?["status"]?.string.map { Text.line($0, limit: 60) }
    let message = json?["error"]?["message"]?.string.map {
      Text.line($0, limit: Limits.description)
    }
    let reason = TokenAnswer.words(answer.status, status, message)
    let name = Text.line(account)
    switch answer.status {
    case 408, 425, 429, 500...599:
      let later = RetryAfter.seconds(in: answer.headers, now: now)
      return TokenAnswer.unavailable(host, "\(reason), asked for \(name)", retryAfter: later)
    case 401:
      return CloudError(
        .loginNeeded,
        "\(host) does not accept the token of \(origin.place): \(reason)",
        remedy: origin.signIn
      )
    case 403, 404:
      return CloudError(
        .refused,
        "\(origin.who) may not act as \(name): \(reason)",
        remedy: "grant the role roles/iam.serviceAccountTokenCreator on the service account"
      )
    default:
      return CloudError(
        .refused,
        "\(host) issues no token of \(name): \(reason)",
        remedy: "check the service account's name, the scopes and the lifetime"
      )
    }
  }
}
