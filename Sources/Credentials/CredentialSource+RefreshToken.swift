// SPDX-License-Identifier: Apache-2.0

package import OAuth
import SessionStore

extension CredentialSource {
  /// The refresh token of the session, after a renewal that is due and a login that is needed; for tokens of a shape
  /// that a session does not keep, at issuers that leave a refresh token valid when it is used (Entra ID).
  ///
  /// Throws `CredentialsError`.
  package func refreshToken() async throws(CredentialsError) -> Secret {
    // Nothing is printed or kept ready: only the session's state is wanted.
    let nowhere = ReadySlot(
      lookup: { _ in .miss(rejected: false) },
      write: { _, _, _ in },
      render: { _, _ in [] }
    )
    _ = try await credential(nowhere)
    let session = try open().record?.session
    if case .ended(let moment, let why)? = session?.summary.state {
      // Its access token may be good still, but the refresh token is what is wanted.
      let reason = LoginReason.ended(at: moment, why: why)
      throw CredentialsError(.loginNeeded, reason.words, remedy: logInAgain)
    }
    if let token = session?.refreshToken { return token }
    throw CredentialsError(
      .configuration,
      "the session has no refresh token, or could not be kept",
      remedy: "log in again, with a client that may have one: \(options.loginCommand())"
    )
  }

  /// Ends the session whose refresh token the issuer has refused outside of a renewal, so that the next login asks for
  /// what the issuer wants (``ClaimsChallenge``).
  ///
  /// A session that cannot be written stays as it is: then the same refusal comes again.
  package func end(_ token: Secret, because why: String, asking challenge: String) async {
    guard let lock = await sessionLock() else { return }
    defer { lock.release() }
    guard var record = (try? open())?.record, var session = record.session,
      session.refreshToken == token
    else { return }
    session.summary.state = .ended(at: effects.now(), why: why)
    session.summary.challenge = challenge
    try? record.commit(session)
  }

  private func sessionLock() async -> HeldLock? {
    let nothing: () throws(CredentialsError) -> Never? = { nil }
    guard let id = try? request.sessionID else { return nil }
    let taken: LockQueue.Taken<Never>? = try? await queue.take(
      store.lockPath(forSession: id),
      why: "renewal",
      seconds: Numbers.commitWait,
      meanwhile: nothing
    )
    guard case .lock(let lock)? = taken else { return nil }
    return lock
  }
}
