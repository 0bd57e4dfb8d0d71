// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth
package import SessionStore

/// The detached renewal: exchanges the refresh token, persists the successor, judges the tokens, reports.
///
/// It runs in a process of its own that nothing the user does can end, and holds the session lock throughout
/// (docs/life-of-a-credential.md, "a renewal outlives its asker").
package struct Renewal {
  private let order: RenewalOrder
  private let effects: Effects
  private let store: SessionStore
  private let documents: Documents

  /// Prepares a renewal; the session lock must be held.
  package init(order: RenewalOrder, store: SessionStore, effects: Effects) {
    self.order = order
    self.effects = effects
    self.store = store
    documents = Documents(request: order.request, store: store, effects: effects)
  }

  /// Renews, and returns once the outcome is on disk.
  package func run() async -> RenewalReport {
    do {
      return try await underLock()
    } catch let error as StoreError {
      return .store(error)
    } catch let error as CredentialsError {
      if let cause = error.cause as? StoreError { return .store(cause) }
      return .failed(error.code, what: error.what, remedy: error.remedy)
    } catch {
      return .failed(.failed, what: "the renewal failed", remedy: "try again")
    }
  }

  private func underLock() async throws -> RenewalReport {
    let id = try order.request.sessionID
    if let folder = order.runtimeFolder {
      _ = try? store.adoptOrphan(id, key: order.dataKey, from: folder)
    }
    var record = try Record(store: store, id: id, key: order.dataKey)
    let step = NextStep.decide(
      session: record.session,
      request: order.request,
      rejected: order.rejected,
      now: effects.now()
    )
    switch step {
    case .hand: return .renewed
    case .renew, .share: return try await renew(&record)
    case .logIn(let reason): return .ended(why: reason.words)
    case .otherAuthorities:
      let error = CredentialsError.otherAuthorities(loginCommand: "lanyard login")
      return .failed(error.code, what: error.what, remedy: error.remedy)
    }
  }

  private func renew(_ record: inout Record) async throws(StoreError) -> RenewalReport {
    guard var session = record.session, session.refreshToken != nil else {
      return .ended(why: LoginReason.notRenewable.words)
    }
    let lostBefore = session.summary.intent != nil || session.summary.uncertain
    session.summary.uncertain = lostBefore
    let metadata: ProviderMetadata
    do {
      metadata = try await documents.metadata()
    } catch {
      return try stop(&record, CredentialsError(error), lostBefore: lostBefore)
    }
    // Space first: an intent says that a token was sent, and nothing is sent without space for its successor.
    let reservation = try store.reserve(record.id, capacity: Numbers.reservedBytes)
    session.summary.intent = effects.now()
    do throws(StoreError) {
      try record.commit(session)
    } catch {
      reservation.discard()
      throw error
    }
    var successor = Successor(record: record, reservation: reservation)
    defer { successor.discardReservation() }
    let flow = RenewalFlow(
      issuer: Classification.kind(of: metadata, provider: order.request.manner.provider),
      needsIDToken: order.request.token == .id,
      lostBefore: lostBefore
    )
    return try await drive(flow, &successor, metadata)
  }

  /// Does what the flow says until it ends.
  private func drive(
    _ start: RenewalFlow,
    _ successor: inout Successor,
    _ metadata: ProviderMetadata
  ) async throws(StoreError) -> RenewalReport {
    var flow = start
    var action = flow.start()
    while true {
      switch action {
      case .send(let openID):
        try successor.announce(at: effects.now())
        action = flow.next(await exchange(&successor, metadata, openID: openID))
      case .reread:
        action = flow.next(.reread(another: try successor.reread()))
      case .keep(let tokens):
        do {
          try successor.keep(tokens)
        } catch {
          return await orphan(successor, tokens, metadata, error)
        }
        action = flow.next(.kept)
      case .judge(let tokens):
        return try await judge(successor, tokens, metadata)
      case .stop(let end):
        var record = successor.record
        return try settle(
          &record,
          end,
          answerLost: flow.answerLost,
          challenge: successor.challenge
        )
      }
    }
  }

  private func exchange(
    _ successor: inout Successor,
    _ metadata: ProviderMetadata,
    openID: Bool
  ) async -> RenewalFlow.Event {
    guard let token = successor.refreshToken else {
      return .unanswered(.notSent("there is no refresh token"))
    }
    var request = order.request
    request.client.secret = request.client.secret ?? successor.record.session?.clientSecret
    var exchange = GrantExchange(
      calls: ClientCalls(request: request, metadata: metadata, effects: effects),
      binding: successor.record.session?.binding
    )
    effects.trace("sending the refresh token to the issuer")
    do {
      let outcome = try await exchange.send(
        .refreshToken(token, scopes: openID ? exchange.calls.scopes : nil)
      )
      successor.binding = exchange.binding
      successor.skew = exchange.skew
      successor.challenge = exchange.challenge
      return .answered(outcome)
    } catch {
      switch error {
      case .unusable(let error): return .unmade(error)
      case .unanswered(let failure): return .unanswered(failure)
      }
    }
  }

  // MARK: outcomes

  /// Judges what is already on disk, and makes it the current token if it passes.
  private func judge(
    _ kept: Successor,
    _ tokens: TokenResponse,
    _ metadata: ProviderMetadata
  ) async throws(StoreError) -> RenewalReport {
    var record = kept.record
    guard var session = record.session else { return .ended(why: LoginReason.noSession.words) }
    do {
      try await accept(tokens, into: &session, metadata, skew: kept.skew)
    } catch {
      return try stop(&record, error)
    }
    do {
      try record.commit(session)
    } catch {
      // The refresh token is on disk already; only this token is not, and it is good.
      guard let current = session.token(order.request.token) else { throw error }
      return .notKept(token: current.token, times: current.times, why: error.words)
    }
    return .renewed
  }

  /// Puts judged tokens into the session; throws the verdict if they fail it.
  private func accept(
    _ tokens: TokenResponse,
    into session: inout Session,
    _ metadata: ProviderMetadata,
    skew: ClockSkew?
  ) async throws(CredentialsError) {
    let received = effects.now()
    try Acceptance.checkType(of: tokens)
    if let idToken = tokens.idToken {
      let claims = try await documents.claims(
        of: idToken,
        in: tokens,
        metadata,
        nonce: .absentOrEqual(session.summary.nonce),
        renewing: session,
        received: received,
        skew: skew
      )
      session.summary.idTimes = Acceptance.times(of: claims, received: received)
      session.idToken = idToken
    }
    if let accessToken = tokens.accessToken {
      session.accessToken = accessToken
      session.summary.accessTimes = Acceptance.accessTimes(tokens, received: received)
    }
    session.summary.outage = nil
    if order.rejected { session.summary.rejectionRenewed = received }
  }

  /// Persisting failed after the refresh token was spent: the encrypted record becomes an orphan, and the token,
  /// if it passes its verdict, is still handed out.
  private func orphan(
    _ successor: Successor,
    _ tokens: TokenResponse,
    _ metadata: ProviderMetadata,
    _ error: StoreError
  ) async -> RenewalReport {
    guard var session = successor.next else {
      return .store(error)
    }
    let writeOrphan = { (session: Session) in
      guard let folder = order.runtimeFolder else { return }
      try? successor.record.writeOrphan(session, into: folder)
    }
    writeOrphan(session)
    do {
      try await accept(tokens, into: &session, metadata, skew: successor.skew)
    } catch {
      return .failed(error.code, what: error.what, remedy: error.remedy)
    }
    writeOrphan(session)
    guard let current = session.token(order.request.token) else {
      return .store(error)
    }
    return .notKept(token: current.token, times: current.times, why: error.words)
  }

  private func settle(
    _ record: inout Record,
    _ end: RenewalFlow.End,
    answerLost: Bool,
    challenge: String?
  ) throws(StoreError) -> RenewalReport {
    switch end {
    case .dead(let why):
      try update(&record) { summary in
        summary.state = .ended(at: effects.now(), why: why)
        summary.outage = nil
        summary.challenge = challenge
      }
      return .ended(why: why)
    case .noIDToken:
      try update(&record) { $0.renewable = false }
      return .noToken(why: "the issuer renews without an ID token")
    case .configuration(let why):
      try update(&record) { $0.uncertain = answerLost }
      return .failed(
        .configuration,
        what: why,
        remedy: CredentialsError.remedy(of: why)
          ?? "check the client id, its secret and the scopes in the kubeconfig"
      )
    case .refused(let why):
      try update(&record) { $0.uncertain = answerLost }
      return .failed(
        .refused,
        what: why,
        remedy: CredentialsError.remedy(of: why)
          ?? "ask whoever runs the issuer what it means; the session is kept"
      )
    case .temporary(let why, let retryAfter):
      return try shareOutage(&record, .temporary, why, retryAfter: retryAfter)
    case .uncertain(let why, let retryAfter):
      try update(&record) { $0.uncertain = true }
      return try shareOutage(&record, .temporary, why, retryAfter: retryAfter)
    }
  }

  /// Ends on an error that leaves the refresh token as it is.
  ///
  /// What may pass by itself is shared for a while.
  private func stop(
    _ record: inout Record,
    _ error: CredentialsError,
    lostBefore: Bool = false
  ) throws(StoreError) -> RenewalReport {
    if lostBefore { try update(&record) { $0.uncertain = true } }
    switch error.code {
    case .temporary, .verdict:
      return try shareOutage(
        &record,
        error.code,
        error.what,
        retryAfter: error.retryAfter,
        error.remedy
      )
    default:
      try update(&record) { _ in }
      return .failed(error.code, what: error.what, remedy: error.remedy)
    }
  }

  private func shareOutage(
    _ record: inout Record,
    _ code: CredentialsError.Code,
    _ why: String,
    retryAfter: Int?,
    _ remedy: String? = nil
  ) throws(StoreError) -> RenewalReport {
    let failures = (record.session?.summary.outage?.failures ?? 0) + 1
    let outage = Session.Outage(
      code: code,
      failures: failures,
      until: effects.now().addingTimeInterval(
        Backoff.outage(failures: failures, retryAfter: retryAfter)
      ),
      what: why,
      remedy: remedy ?? "the session is kept"
    )
    try update(&record) { $0.outage = outage }
    let shared = outage.shared(at: effects.now())
    return .failed(code, what: shared.what, remedy: shared.remedy)
  }

  /// Commits a changed summary; the intent ends with every outcome that is known or marked uncertain.
  private func update(
    _ record: inout Record,
    _ change: (inout Session.Summary) -> Void
  ) throws(StoreError) {
    guard var session = record.session else { return }
    session.summary.intent = nil
    change(&session.summary)
    try record.commit(session)
  }
}
