// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth
import SessionStore

/// What became of a login.
package struct LoginOutcome: Sendable {
  /// The session, whether or not it could be kept.
  package let session: Session
  /// Why it could not be kept, of code `store`; nil if it was.
  package let notKept: CredentialsError?
  /// Whether this login made the data key, so that it is time to say what protects it.
  package let keyCreated: Bool
}

extension CredentialSource {
  /// Logs in now, whatever the store holds, and keeps the session.
  ///
  /// `switching`: another `sub` than the session's may take its place. Throws `CredentialsError`; a session that
  /// cannot be kept is not an error but told in the outcome.
  package func login(switching: Bool) async throws(CredentialsError) -> LoginOutcome {
    guard !request.grant.isUnattended else {
      throw CredentialsError(
        .configuration,
        "nobody logs in for \(request.grant.rawValue): the token is had anew whenever one is needed",
        remedy: "there is nothing to do; kubectl gets its token from lanyard get-token"
      )
    }
    let way = self.way
    guard way != .none else {
      let why = WhoMayBeAsked.why(options.preference)
      throw CredentialsError(.loginNeeded, why.what, remedy: why.remedy)
    }
    return try await logIn(way, switching: switching, explicit: true)
  }

  /// Logs in on behalf of `get-token`, if somebody is there, and gives the bytes to print.
  func logInAndHand(
    _ reason: LoginReason,
    _ slot: ReadySlot
  ) async throws(CredentialsError) -> [UInt8] {
    let way = try wayToAsk(reason)
    effects.tell(reason.words)
    let outcome = try await logIn(way, switching: false, explicit: false)
    guard let (token, times) = outcome.session.token(request.token) else {
      throw CredentialsError(
        .configuration,
        "the issuer gave no \(request.token.rawValue) token",
        remedy: "check the scopes and --token"
      )
    }
    if let error = outcome.notKept {
      effects.tell("you are logged in, but the session could not be kept: \(error.what)")
      effects.tell("  \(error.remedy); this token is good until it expires")
    }
    if outcome.keyCreated { KeyNotice.lines(folder: store.folder).forEach(effects.tell) }
    // The login has moved the store's epoch; looking again is how the slot learns of the new one.
    _ = slot.lookup(effects.now())
    guard outcome.notKept != nil || isStillThere(outcome.session) else {
      return slot.render(token.expose(), times.reported(at: effects.now()))
    }
    return hand(token, times, slot)
  }

  /// Whether a session that was kept a moment ago has not been logged out since; else nothing of it is kept ready.
  private func isStillThere(_ session: Session) -> Bool {
    let stored = (try? open())?.record?.session?.summary
    return stored?.loggedIn == session.summary.loggedIn
  }

  /// How `get-token` may ask; throws why it may not.
  private func wayToAsk(_ reason: LoginReason) throws(CredentialsError) -> LoginWay {
    let way = self.way
    guard way != .none else {
      if let holder = effects.lockHolder(loginLock) {
        throw CredentialsError(
          .loginInProgress,
          "\(reason.words), and a login is in progress (\(holder.words))",
          remedy: "finish that login, or \(logInAgain)"
        )
      }
      throw CredentialsError(.loginNeeded, reason.words, remedy: logInAgain)
    }
    try checkBackoff(reason.words)
    return way
  }

  /// Nobody is asked again shortly after a login that failed, also by those who had waited for it.
  private func checkBackoff(_ reason: String) throws(CredentialsError) {
    let backoff = LoginBackoff(store: store, digest: request.loginDigest)
    guard let pause = backoff.remaining(at: effects.now()) else { return }
    throw CredentialsError(
      .loginNeeded,
      "\(reason), and the last login failed; nobody is asked again for \(pause) s",
      remedy: logInAgain
    )
  }

  private var loginLock: String { store.lockPath(forLogin: request.loginDigest) }

  // MARK: the login lock

  private func logIn(
    _ way: LoginWay,
    switching: Bool,
    explicit: Bool
  ) async throws(CredentialsError) -> LoginOutcome {
    let began = effects.now()
    let lock: HeldLock?
    let share = { () throws(CredentialsError) -> Session? in
      switching ? nil : try loggedInMeanwhile(since: began, explicit: explicit)
    }
    switch try await loginTurn(explicit: explicit, share) {
    case .lock(let held):
      do throws(CredentialsError) {
        if let session = try share() {
          held.release()
          return LoginOutcome(session: session, notKept: nil, keyCreated: false)
        }
        if !explicit { try checkBackoff("nobody is logged in") }
      } catch {
        held.release()
        throw error
      }
      lock = held
    case .found(let session):
      return LoginOutcome(session: session, notKept: nil, keyCreated: false)
    case .late:
      throw CredentialsError(
        .loginInProgress,
        "another login is still in progress",
        remedy: "finish it, then try again"
      )
    case nil: lock = nil
    }
    defer { lock?.release() }
    return try await askAndKeep(way, switching: switching, explicit: explicit)
  }

  /// The login itself and its outcome on disk; notes one that somebody failed or refused.
  private func askAndKeep(
    _ way: LoginWay,
    switching: Bool,
    explicit: Bool
  ) async throws(CredentialsError) -> LoginOutcome {
    let backoff = LoginBackoff(store: store, digest: request.loginDigest)
    var login = Login(
      request: request,
      listenAddresses: options.listenAddresses,
      audience: options.audience,
      password: options.secrets.password,
      contextName: options.contextName,
      documents: documents,
      effects: effects
    )
    let opened = try? open()
    if let path = opened?.damaged, explicit { effects.tell(LoginReason.damaged(path: path).words) }
    login.request.takeUp(opened?.record?.session?.summary.challenge)
    // An issuer that is down before anybody was asked is no failed login: it must not keep the next one waiting.
    let metadata = try await login.metadata()
    do {
      let typed = try await login.askForClientSecret()
      var session = try await login.run(way, metadata)
      session.clientSecret = typed
      let outcome = try await keep(session, switching: switching, explicit: explicit)
      backoff.clear()
      return outcome
    } catch {
      // A busy port or an issuer that is down asked nobody anything.
      if [.refused, .verdict, .loginNeeded].contains(error.code) {
        backoff.failed(at: effects.now())
      }
      throw error
    }
  }

  /// Waits for the login lock, and shares what another login gave meanwhile.
  ///
  /// nil: there can be no lock here, which must not keep anybody from getting a token. Whoever asked for the login
  /// itself is told at once, because the session is all that it would give.
  private func loginTurn(
    explicit: Bool,
    _ share: () throws(CredentialsError) -> Session?
  ) async throws(CredentialsError) -> LockQueue.Taken<Session>? {
    do {
      try store.prepareFolders()
    } catch {
      guard !explicit else { throw CredentialsError(error) }
      effects.trace("the session store cannot be prepared: \(error.words)")
      return nil
    }
    if let holder = effects.lockHolder(loginLock) {
      let limit = Int(Numbers.login / 60)
      effects.tell(
        "a login at this issuer is in progress (\(holder.words)); waiting for it, at most \(limit) min"
      )
    }
    do {
      return try await queue.take(
        loginLock,
        why: "login",
        seconds: Numbers.login,
        meanwhile: share
      )
    } catch {
      guard error.code == .store, !explicit else { throw error }
      effects.trace("no login lock: \(error.what)")
      return nil
    }
  }

  /// What a login gave that ended before we got its lock; a login that a person asked for only shares one that
  /// was made since then.
  ///
  /// Throws where that login trusted other certificates than this request, which only a login of its own confirms.
  private func loggedInMeanwhile(
    since began: Date,
    explicit: Bool
  ) throws(CredentialsError) -> Session? {
    guard let record = (try? open())?.record, let session = record.session else { return nil }
    switch decide(record, rejected: false) {
    case .hand(_, let times) where !times.isDue(at: effects.now()):
      return explicit && session.summary.loggedIn <= began ? nil : session
    case .otherAuthorities where !explicit:
      throw otherAuthorities
    default: return nil
    }
  }

  // MARK: keeping the session

  private func keep(
    _ session: Session,
    switching: Bool,
    explicit: Bool
  ) async throws(CredentialsError) -> LoginOutcome {
    do {
      let created = try await commit(session, switching: switching, explicit: explicit)
      return LoginOutcome(session: session, notKept: nil, keyCreated: created)
    } catch {
      guard error.code == .store else { throw error }
      return LoginOutcome(session: session, notKept: error, keyCreated: false)
    }
  }

  /// Commits under the session lock, after reading the store again.
  ///
  /// Whether the data key was made just now.
  private func commit(
    _ session: Session,
    switching: Bool,
    explicit: Bool
  ) async throws(CredentialsError) -> Bool {
    try prepareFolders()
    let sessionLock = try await queue.hold(
      store.lockPath(forSession: try request.sessionID),
      why: "login"
    )
    defer { sessionLock.release() }
    let storeLock = try await queue.hold(store.storeLockPath, why: "login")
    defer { storeLock.release() }
    do {
      let (key, created) = try store.establish()
      var record = try recordToReplace(key, explicit: explicit)
      if let old = record.session {
        try refuseStrangers(old.summary, session.summary, switching: switching, explicit: explicit)
      }
      // Before it, lest the end of this process between the two leave the old token ready; and after it, for what
      // others have made ready of the old session meanwhile.
      try store.advanceEpoch()
      try record.commit(session)
      if let folder = options.runtimeFolder { store.discardOrphan(record.id, in: folder) }
      try? store.advanceEpoch()
      store.sweep(untouchedSince: Int64(effects.now().timeIntervalSince1970 - Numbers.leftover))
      return created
    } catch let error as StoreError {
      throw CredentialsError(error)
    } catch let error as CredentialsError {
      throw error
    } catch {
      throw CredentialsError(.failed, "the session could not be kept", remedy: "", cause: error)
    }
  }

  /// The session as it is now; a damaged one has been set aside by the first look, and the second finds none.
  ///
  /// One whose key is gone would be in the way of every login to come: whoever asks for a login sets it aside.
  private func recordToReplace(_ key: DataKey, explicit: Bool) throws -> Record {
    let id = try request.sessionID
    do throws(StoreError) {
      return try Record(store: store, id: id, key: key)
    } catch {
      switch error.code {
      case .corrupt: break
      case .unknownKey where explicit:
        let path = try store.setAside(id)
        effects.tell("the session before was encrypted under another key; it is kept as \(path)")
      default: throw error
      }
      return try Record(store: store, id: id, key: key)
    }
  }

  /// Another person's or another trust's session is not overwritten behind anybody's back.
  private func refuseStrangers(
    _ old: Session.Summary,
    _ new: Session.Summary,
    switching: Bool,
    explicit: Bool
  ) throws(CredentialsError) {
    if old.subject != new.subject, !switching {
      let names = (old.name ?? old.subject, new.name ?? new.subject)
      throw CredentialsError(
        .refused,
        "you logged in as \(names.1), but this session belongs to \(names.0)",
        remedy: "to change who it belongs to: \(options.loginCommand()) --switch"
      )
    }
    if old.authoritiesDigest != new.authoritiesDigest, !explicit { throw otherAuthorities }
  }
}

extension LockHolder {
  /// Who and since when, for a message.
  fileprivate var words: String {
    "process \(process), since \(since.formatted(.iso8601))"
  }
}
