// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
package import OAuth

/// What an asker does with the session as it stands: the pure rule behind `get-token`.
package enum NextStep: Sendable, Equatable {
  /// Hand out this token; nothing else.
  case hand(Secret, TokenTimes)
  /// Renew. The old token, if one is still good, is handed out when that takes too long.
  case renew(stillGood: Good?)
  /// Somebody failed to renew a moment ago; share that instead of asking again.
  case share(Session.Outage, stillGood: Good?)
  /// A login is needed, for this reason.
  case logIn(LoginReason)
  /// The request trusts other certificates than the session's login did: exit 7 until a login confirms.
  case otherAuthorities

  /// A token that is due for renewal but still good.
  package struct Good: Sendable, Equatable {
    /// The token.
    package let token: Secret
    /// Its times.
    package let times: TokenTimes

    /// Puts a token and its times together.
    package init(token: Secret, times: TokenTimes) {
      self.token = token
      self.times = times
    }
  }

  /// Decides what to do at `now`.
  ///
  /// `rejected` says that the API server seems to have refused the current token although it is not expired;
  /// that renews once, and at most once in ten minutes per session.
  package static func decide(
    session: Session?,
    request: CredentialRequest,
    rejected: Bool,
    now: Date
  ) -> NextStep {
    guard let session else { return .logIn(.noSession) }
    let summary = session.summary
    guard summary.authoritiesDigest == request.authoritiesDigest else { return .otherAuthorities }
    if request.token == .access, session.binding != nil { return .logIn(.bound) }
    let current = session.token(request.token)
    let rejectionCounts = rejected && !renewedForRejection(summary, now: now)
    if let current, !current.times.isDue(at: now), !rejectionCounts {
      return .hand(current.token, current.times)
    }
    let good = current.flatMap { token, times in
      times.isGood(at: now) ? Good(token: token, times: times) : nil
    }
    if case .ended(let at, let why) = summary.state {
      if let good { return .hand(good.token, good.times) }
      return .logIn(.ended(at: at, why: why))
    }
    guard summary.renewable else {
      if let good { return .hand(good.token, good.times) }
      return .logIn(.notRenewable)
    }
    if let outage = summary.outage, now < outage.until,
      // A mark from the future is what a clock that was set back leaves; it must not park the session.
      outage.until.timeIntervalSince(now) <= Numbers.retryAfterMost
    {
      return .share(outage, stillGood: good)
    }
    return .renew(stillGood: good)
  }

  private static func renewedForRejection(_ summary: Session.Summary, now: Date) -> Bool {
    guard let last = summary.rejectionRenewed else { return false }
    return abs(now.timeIntervalSince(last)) < Numbers.rejectionPause
  }
}

/// Why a login is needed.
package enum LoginReason: Sendable, Equatable {
  /// There is no session.
  case noSession
  /// The refresh token is dead.
  case ended(at: Date, why: String)
  /// The access token has expired and the issuer gave no refresh token.
  case notRenewable
  /// The session's access token is bound to a key, and the API server is to get an access token.
  case bound
  /// The file of the session was damaged and set aside.
  case damaged(path: String)

  /// The reason in one line, for a message.
  package var words: String {
    switch self {
    case .noSession: "nobody is logged in"
    case .ended(_, let why): "the session has ended: \(why)"
    case .notRenewable: "the token has expired and the issuer gave nothing to renew it with"
    case .bound: "the session's access token is bound to a key, which no API server takes"
    case .damaged(let path): "the file of the session was damaged; it is kept as \(path)"
    }
  }
}
