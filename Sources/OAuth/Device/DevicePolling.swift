// SPDX-License-Identifier: Apache-2.0

/// When to poll for the end of a device login, and when to stop (RFC 8628 sections 3.4 and 3.5).
package struct DevicePolling: Sendable {
  /// What happened.
  package enum Event: Sendable {
    /// The codes are on the screen.
    case started
    /// The wait is over.
    case waited
    /// The token endpoint answered.
    case answered(TokenOutcome)
    /// It did not.
    case failed(TransportFailure)
  }

  /// What to do next.
  package enum Action: Sendable {
    /// Wait so many seconds, at least one.
    case wait(seconds: Int)
    /// Ask the token endpoint with the device code.
    case poll
    /// The person logged in.
    case done(TokenResponse)
    /// The person logged in, but there is no ID token: some issuers grant openid and give one only
    /// for the refresh token that came along. The error is for whoever needs one and cannot get it
    /// so.
    case withoutIDToken(TokenResponse, OAuthError)
    /// The login ended without tokens.
    case failed(OAuthError)
  }

  private let host: String
  private let expiresIn: Int
  private var interval: Int
  /// Polls in a row that got no usable answer.
  private var failures = 0
  /// The last poll may have been answered with the tokens, which nobody received.
  private var mayHaveLostTokens = false

  /// `interval` and `expiresIn` are seconds, from ``DeviceAuthorization``; `host` is the issuer's,
  /// for messages.
  package init(interval: Int, expiresIn: Int, host: String) {
    self.interval = min(max(interval, Limits.devicePoll.least), Limits.devicePoll.most)
    self.expiresIn = min(expiresIn, Limits.deviceCodeLife)
    self.host = host
  }

  /// The next step.
  ///
  /// `elapsed` is the time since the codes were issued, in seconds, on a clock that only goes
  /// forward.
  package mutating func next(_ event: Event, elapsed: Int) -> Action {
    switch event {
    case .started:
      return wait(interval, elapsed)
    case .waited:
      return elapsed < expiresIn ? .poll : .failed(expired())
    case .failed(let failure):
      if case .tooLarge = failure {
        return .failed(OAuthError(failure, fetching: "the token", from: host))
      }
      if case .noAnswer = failure { mayHaveLostTokens = true }
      return backOff(nil, elapsed)
    case .answered(.tokens(let response)):
      // Of a token type that nobody can use there is none to miss.
      return response.idToken != nil || response.refusedTokenType != nil
        ? .done(response) : .withoutIDToken(response, idTokenMissing(response))
    case .answered(let outcome):
      return answered(outcome, elapsed)
    }
  }

  private mutating func answered(_ outcome: TokenOutcome, _ elapsed: Int) -> Action {
    guard case .error(_, let code, _, let retryAfter) = outcome else { return refused(outcome) }
    switch code {
    case "authorization_pending":
      failures = 0
      mayHaveLostTokens = false
      return wait(interval, elapsed)
    case "slow_down":
      failures = 0
      mayHaveLostTokens = false
      interval = min(interval + Limits.deviceSlowDown.step, Limits.deviceSlowDown.most)
      return wait(interval, elapsed)
    case "expired_token":
      return .failed(expired())
    case "access_denied":
      return .failed(
        OAuthError(
          .refused,
          what: "the login was refused at \(host)",
          remedy: "log in again and accept, or ask the issuer's administrator for access"
        )
      )
    case "invalid_grant" where mayHaveLostTokens:
      return .failed(
        OAuthError(
          .refused,
          what: "\(host) says that the code is used up; its answer was probably lost on the way",
          remedy: "log in again to get a new code"
        )
      )
    default:
      return outcome.isTemporary ? backOff(retryAfter, elapsed) : refused(outcome)
    }
  }

  private func idTokenMissing(_ response: TokenResponse) -> OAuthError {
    // Without a scope in the answer, all that was asked for was granted (RFC 6749 section 5.1).
    let isGranted = response.scope?.split(separator: " ").contains("openid") ?? true
    return OAuthError(
      .idTokenMissing,
      what: isGranted
        ? "\(host) gives no ID token to a device login, although it granted the scope openid"
        : "\(host) gives no ID token to a device login: it did not grant the scope openid",
      remedy: isGranted
        ? "log in with a browser instead" : "allow the scope openid for this client at the issuer"
    )
  }

  private func refused(_ outcome: TokenOutcome) -> Action {
    .failed(outcome.refusal(from: host) ?? expired())
  }

  /// RFC 8628 section 3.5: after a connection timeout, poll less often, doubling.
  private mutating func backOff(_ retryAfter: Int?, _ elapsed: Int) -> Action {
    failures = min(failures + 1, 6)
    let doubled = min(interval << failures, Limits.deviceSlowDown.most)
    return wait(max(doubled, retryAfter ?? 0), elapsed)
  }

  private func wait(_ seconds: Int, _ elapsed: Int) -> Action {
    let left = expiresIn - elapsed
    guard left > 0 else { return .failed(expired()) }
    return .wait(seconds: max(1, min(seconds, left)))
  }

  private func expired() -> OAuthError {
    OAuthError(
      .deviceCodeExpired,
      what: "the code was not entered within \(expiresIn) seconds",
      remedy: "log in again to get a new code"
    )
  }
}
