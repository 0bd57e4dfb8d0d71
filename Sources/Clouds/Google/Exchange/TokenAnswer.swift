// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What Google's token endpoints answer.
enum TokenAnswer {
  /// Who is asked, and for what kind of credential: what an error means depends on it.
  enum Kind: Sendable {
    /// A person's refresh token.
    case person
    /// A service account's assertion.
    case serviceAccount
    /// Another issuer's token, at the Security Token Service.
    case federation
  }

  /// The token in an answer; throws what the answer means.
  static func token(
    _ answer: HTTPAnswer,
    _ kind: Kind,
    host: String,
    now: Date,
    _ origin: Origin
  ) throws(CloudError) -> AccessToken {
    let outcome = TokenOutcome(answer, now: now)
    switch outcome {
    case .tokens(let response):
      guard let token = response.accessToken else {
        throw garbled(host, "a token of a type that is not Bearer")
      }
      let life = response.expiresIn ?? Lives.usual
      return AccessToken(
        token: token,
        obtained: now,
        expiry: now.addingTimeInterval(Double(life)),
        refreshToken: response.refreshToken
      )
    case .garbled(let status):
      throw garbled(host, "\(status) without a token in it")
    case .error(let status, let code, let description, let retryAfter):
      let reason = words(status, code, description)
      if outcome.isTemporary { throw unavailable(host, reason, retryAfter: retryAfter) }
      let json = try? StrictJSON(parsing: answer.body)
      let refusal = Refusal(
        status: status,
        code: code,
        description: description,
        subtype: json?["error_subtype"]?.string
      )
      throw refusal.error(kind, host: host, origin)
    }
  }

  /// An answer that says "not now".
  static func unavailable(_ host: String, _ reason: String, retryAfter: Int?) -> CloudError {
    CloudError(
      .temporary,
      "\(host) cannot issue tokens now: \(reason)",
      remedy: "try again in a moment",
      retryAfter: retryAfter
    )
  }

  /// An answer in which a token should be and is not.
  static func garbled(_ host: String, _ what: String) -> CloudError {
    CloudError(
      .failed,
      "\(host) answers \(what)",
      remedy: "check whether a proxy answers in its place"
    )
  }

  /// The parts of an error that are there.
  static func words(_ status: Int, _ code: String?, _ description: String?) -> String {
    let reason = [code, description].compactMap(\.self).joined(separator: ": ")
    return reason.isEmpty ? "\(status)" : "\(status), \(reason)"
  }
}

/// A refusal of a token endpoint, and what to do about it.
struct Refusal: Sendable, Equatable {
  var status: Int
  var code: String?
  var description: String?
  var subtype: String?

  /// Whether an organisation's session control wants the person to sign in again
  /// (support.google.com/a/answer/9368756): Google names it in `error_subtype`, or only in words.
  var wantsSignIn: Bool {
    if let subtype { return ["invalid_rapt", "rapt_required"].contains(subtype) }
    return description?.contains("invalid_rapt") == true
      || description?.contains("rapt_required") == true
  }

  /// The failure for people.
  func error(_ kind: TokenAnswer.Kind, host: String, _ origin: Origin) -> CloudError {
    let reason = TokenAnswer.words(status, code, description)
    if wantsSignIn {
      let name = subtype ?? "invalid_rapt"
      return CloudError(
        .loginNeeded,
        "your organisation wants you to sign in to Google again (\(name)): \(origin.place)",
        remedy: origin.signIn
      )
    }
    switch (kind, code) {
    case (.person, "invalid_grant"):
      return CloudError(
        .loginNeeded,
        "Google does not accept \(origin.place) any more: \(reason)",
        remedy: origin.signIn
      )
    case (.serviceAccount, "invalid_grant"): return assertionRefused(reason, origin)
    case (.federation, "invalid_grant"), (.federation, "invalid_target"):
      return CloudError(
        .refused,
        "Google does not accept the token of \(origin.place): \(reason)",
        remedy:
          "check the pool's provider (issuer, audience, attribute condition) and that the token is fresh"
      )
    case (_, "invalid_client"), (_, "invalid_scope"), (_, "deleted_client"), (_, "disabled_client"):
      return CloudError(
        .configuration,
        "\(host) refuses the client or the scopes of \(origin.place): \(reason)",
        remedy: origin.signIn
      )
    default:
      return CloudError(
        .refused,
        "\(host) issues no token for \(origin.place): \(reason)",
        remedy: "check the account's permissions"
      )
    }
  }

  private func assertionRefused(_ reason: String, _ origin: Origin) -> CloudError {
    let text = description ?? ""
    if text.contains("reasonable timeframe") {
      return CloudError(
        .configuration,
        "Google takes the signature of \(origin.place) for one of another time: \(reason)",
        remedy: "set this machine's clock"
      )
    }
    return CloudError(
      .refused,
      "Google does not accept the key of \(origin.place): \(reason)",
      remedy: "check that account and key exist; a new key: gcloud iam service-accounts keys create"
    )
  }
}
