// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What an answer of the token endpoint says.
///
/// That no answer came is a ``TransportFailure`` instead.
///
/// What an error means for the session is not decided here: that table is the business of whoever
/// keeps the session.
package enum TokenOutcome: Sendable, Equatable {
  /// There are tokens. Whoever spent a refresh token keeps the new one before looking any closer.
  case tokens(TokenResponse)
  /// An answer that says no. `code` is RFC 6749's `error`, nil if there is none; `description` has
  /// at most 500 characters and no control characters; `retryAfter` is in seconds.
  case error(status: Int, code: String?, description: String?, retryAfter: Int?)
  /// A success without tokens in it: an HTML page, a cut answer, more than 1 MiB.
  case garbled(status: Int)

  /// Interprets an answer.
  ///
  /// `now` is for a `Retry-After` that is a date; `withProof` says that the request had a DPoP
  /// proof, so that a token of that type may be used.
  package init(_ answer: HTTPAnswer, now: Date?, withProof: Bool = false) {
    let isSuccess = (200..<300).contains(answer.status)
    guard answer.body.count <= Limits.tokenAnswer else {
      self = isSuccess ? .garbled(status: answer.status) : Self.error(answer, nil, now)
      return
    }
    let json = try? StrictJSON(parsing: answer.body)
    guard isSuccess else {
      self = Self.error(answer, json, now)
      return
    }
    if let response = json.flatMap({ TokenResponse($0, withProof: withProof) }) {
      self = .tokens(response)
    } else if json?["error"]?.string != nil {
      self = Self.error(answer, json, now)
    } else {
      self = .garbled(status: answer.status)
    }
  }

  private static func error(_ answer: HTTPAnswer, _ json: StrictJSON?, _ now: Date?) -> Self {
    .error(
      status: answer.status,
      code: json?["error"]?.string.map { Text.line($0, limit: 100) },
      description: json?["error_description"]?.string.map {
        Text.line($0, limit: Limits.description)
      },
      retryAfter: RetryAfter.seconds(in: answer.headers, now: now)
    )
  }
}

extension TokenOutcome {
  /// True for an answer that says "not now": 408, 425, 429 and every 5xx, or the codes that say so
  /// (RFC 6749 4.1.2.1).
  package var isTemporary: Bool {
    guard case .error(let status, let code, _, _) = self else { return false }
    return [408, 425, 429].contains(status) || (500..<600).contains(status)
      || code == "temporarily_unavailable" || code == "server_error"
  }

  /// The same as an error for people; nil for tokens.
  ///
  /// `host` is the issuer's.
  package func refusal(from host: String) -> OAuthError? {
    switch self {
    case .tokens:
      return nil
    case .garbled(let status):
      return OAuthError(
        .garbled,
        what: "\(host) answers \(status) without a token in it",
        remedy: "check the issuer URL, and whether a proxy answers in its place"
      )
    case .error(let status, let code, let description, let retryAfter):
      let reason = [code, description].compactMap(\.self).joined(separator: ": ")
      let what = "\(status)\(reason.isEmpty ? "" : ", \(reason)")"
      if isTemporary {
        return OAuthError(
          .unavailable,
          what: "\(host) cannot issue tokens now: \(what)",
          remedy: "try again in a moment",
          retryAfter: retryAfter
        )
      }
      return OAuthError(
        (300..<400).contains(status) ? .redirected : .refused,
        what: "\(host) issues no token: \(what)",
        remedy: "check client id, client secret, scopes and redirect URI at the issuer",
        retryAfter: retryAfter
      )
    }
  }
}
