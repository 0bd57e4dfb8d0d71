// SPDX-License-Identifier: Apache-2.0

package import OAuth

/// The exchange of a refresh token, as a pure flow from event to action.
///
/// The shell (`Renewal`) performs the actions. The order is the point: a successor is kept before it is judged, an
/// unknown outcome is tried once more with the same token, and a dead token is compared with the store before
/// it counts.
package struct RenewalFlow: Sendable {
  /// What has happened.
  package enum Event: Sendable {
    /// The token endpoint answered.
    case answered(TokenOutcome)
    /// The request failed on the way.
    case unanswered(TransportFailure)
    /// The request could not be made, so nothing was sent.
    case unmade(OAuthError)
    /// The store was read again after a dead answer; whether it holds another refresh token than the one spent.
    case reread(another: Bool)
    /// The successor is on disk.
    case kept
  }

  /// What to do next.
  package enum Action: Sendable, Equatable {
    /// Send the refresh token that the store holds; with the scope `openid` if the last answer had no ID token.
    case send(openID: Bool)
    /// Read the store again and say whether it holds another refresh token.
    case reread
    /// Persist the successor now, then say `kept`.
    case keep(TokenResponse)
    /// Judge the tokens and finish.
    case judge(TokenResponse)
    /// Finish without tokens.
    case stop(End)
  }

  /// How a renewal ends without tokens.
  package enum End: Sendable, Equatable {
    /// The refresh token is dead.
    case dead(String)
    /// The issuer answered twice without the ID token that is wanted, or does not give the scope for it.
    case noIDToken
    /// The configuration is wrong.
    case configuration(String)
    /// The issuer refused.
    case refused(String)
    /// Not processed; the session is as it was.
    case temporary(String, retryAfter: Int?)
    /// Nobody knows whether the request was processed.
    case uncertain(String, retryAfter: Int?)
  }

  private let issuer: Classification.IssuerKind?
  private let needsIDToken: Bool
  private var lostBefore: Bool
  private var triedAgain = false
  private var triedAnother = false
  private var askedForOpenID = false
  private var response: TokenResponse?

  /// Starts a flow.
  ///
  /// `lostBefore`: an earlier renewal was sent and its answer never arrived (an intent without outcome, or an
  /// `uncertain` mark), so that a dead token has that reason.
  package init(issuer: Classification.IssuerKind?, needsIDToken: Bool, lostBefore: Bool) {
    self.issuer = issuer
    self.needsIDToken = needsIDToken
    self.lostBefore = lostBefore
  }

  /// Whether a request was sent whose answer nobody has seen.
  package var answerLost: Bool { lostBefore }

  /// The first action.
  package func start() -> Action { .send(openID: false) }

  /// Takes an event and says what to do.
  package mutating func next(_ event: Event) -> Action {
    switch event {
    case .answered(.tokens(let tokens)):
      // What comes from here on is about a refresh token that this very answer gave.
      lostBefore = false
      triedAgain = false
      response = tokens
      return .keep(tokens)
    case .answered(.error(_, "invalid_scope", _, _)) where askedForOpenID:
      // The same request without scopes was answered a moment ago, so that nothing else is wrong.
      return .stop(.noIDToken)
    case .answered(let outcome):
      guard let verdict = Classification.judge(outcome, issuer: issuer) else {
        return .stop(.refused("the answer could not be classified"))
      }
      return failed(verdict)
    case .unanswered(let failure):
      return failed(Classification.judge(failure))
    case .unmade(let error): return .stop(.configuration(error.what))
    case .reread(let another):
      guard another, !triedAnother else { return .stop(.dead(deadWords)) }
      triedAnother = true
      return .send(openID: askedForOpenID)
    case .kept:
      guard let response else { return .stop(.refused("nothing was kept")) }
      // Tokens of a type that cannot be used are a fault to tell, and no sign that the issuer gives no ID tokens.
      guard needsIDToken, response.idToken == nil, response.refusedTokenType == nil else {
        return .judge(response)
      }
      guard !askedForOpenID else { return .stop(.noIDToken) }
      askedForOpenID = true
      return .send(openID: true)
    }
  }

  private var deadReason: String = ""

  private var deadWords: String {
    lostBefore
      ? "the answer to an earlier renewal was lost on the way, and the issuer does not give it twice"
      : deadReason
  }

  private mutating func failed(_ verdict: RenewalVerdict) -> Action {
    switch verdict {
    case .dead(let why):
      deadReason = why
      return .reread
    case .configuration(let why): return .stop(.configuration(why))
    case .refused(let why): return .stop(.refused(why))
    case .temporary(let why, let retryAfter):
      return .stop(
        lostBefore
          ? .uncertain(why, retryAfter: retryAfter) : .temporary(why, retryAfter: retryAfter)
      )
    case .unknown(let why):
      lostBefore = true
      guard !triedAgain else { return .stop(.uncertain(why, retryAfter: nil)) }
      triedAgain = true
      return .send(openID: askedForOpenID)
    }
  }
}
