// SPDX-License-Identifier: Apache-2.0

import OAuth
import SessionStore

/// What became of a logout.
package enum ForgetOutcome: Sendable, Equatable {
  /// There was no session.
  case nothingToForget
  /// Forgotten here and revoked at the issuer.
  case revoked
  /// Forgotten here; the issuer has no revocation endpoint, or there was nothing to revoke.
  case forgotten
  /// Forgotten here, but the issuer could not be told.
  case notRevoked(String)
}

extension CredentialSource {
  /// Revokes the refresh token at the issuer (RFC 7009), then removes the session here, even if the issuer is away.
  ///
  /// With `unable`, which says why the issuer cannot be asked as the login asked it, the session is removed only here.
  package func forget(unable: String? = nil) async throws(CredentialsError) -> ForgetOutcome {
    guard !request.grant.isUnattended else { return .nothingToForget }
    let id = try request.sessionID
    guard try open().record?.session != nil else { return .nothingToForget }
    let taken: LockQueue.Taken<Never> = try await queue.take(
      store.lockPath(forSession: id),
      why: "logout",
      seconds: Numbers.commitWait
    ) { () throws(CredentialsError) -> Never? in nil }
    guard case .lock(let lock) = taken else {
      throw CredentialsError(
        .store,
        "another process holds the lock of the session",
        remedy: "try again in a moment"
      )
    }
    defer { lock.release() }
    guard let record = try open().record, let session = record.session else {
      return .nothingToForget
    }
    guard unable != nil || session.summary.authoritiesDigest == request.authoritiesDigest else {
      throw CredentialsError(
        .configuration,
        "\(options.certificatesFrom()) trusts other certificates than the login did",
        remedy: "log in with it first, or put the old ones back"
      )
    }
    let outcome = if let unable { ForgetOutcome.notRevoked(unable) } else { await revoke(session) }
    do {
      try store.remove(id, expecting: record.generation)
      if let folder = options.runtimeFolder { store.discardOrphan(id, in: folder) }
      try store.advanceEpoch()
    } catch {
      throw CredentialsError(error)
    }
    return outcome
  }

  private func revoke(_ session: Session) async -> ForgetOutcome {
    guard let token = session.refreshToken else { return .forgotten }
    do {
      let metadata = try await documents.metadata()
      var request = request
      request.client.secret = request.client.secret ?? session.clientSecret
      let calls = ClientCalls(request: request, metadata: metadata, effects: effects)
      guard let call = try calls.revocation(of: token) else { return .forgotten }
      effects.trace("revoking the refresh token at the issuer")
      let answer = try await effects.sender(request.trust)(call)
      guard case .revoked = Revocation.Outcome(answer, now: effects.now()) else {
        return .notRevoked("the issuer answered \(answer.status)")
      }
      return .revoked
    } catch {
      return .notRevoked(
        CredentialsError(error, fetching: "the revocation", from: request.issuer.host).what
      )
    }
  }
}
