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
  /// Forgotten here, but the issuer could not be told, and why.
  case notRevoked(String)
}

extension CredentialSource {
  /// Revokes the refresh token at the issuer (RFC 7009), then removes the session here, even if the issuer is away.
  ///
  /// With `unable`, which says why the issuer cannot be asked as the login asked it, the session is removed only here.
  package func forget(unable: String? = nil) async throws(CredentialsError) -> ForgetOutcome {
    guard !request.grant.isUnattended else { return .nothingToForget }
    let id = try request.sessionID
    guard try isThere(id) else {
      // A token that was printed while its session could not be kept is ready all the same.
      if !store.epoch().isEmpty { try? store.advanceEpoch() }
      return .nothingToForget
    }
    try prepareFolders()
    let lock = try await queue.hold(store.lockPath(forSession: id), why: "logout")
    defer { lock.release() }
    let record: Record
    switch try find(id) {
    case .session(let found): record = found
    case .lost(let why):
      try? store.advanceEpoch()
      return .notRevoked(why)
    case .none: return .nothingToForget
    }
    guard let session = record.session else { return .nothingToForget }
    guard unable != nil || session.summary.authoritiesDigest == request.authoritiesDigest else {
      throw CredentialsError(
        .configuration,
        "\(options.certificatesFrom()) trusts other certificates than the login did",
        remedy: "log in with it first, or put the old ones back"
      )
    }
    let outcome = if let unable { ForgetOutcome.notRevoked(unable) } else { await revoke(session) }
    do {
      // Before and after it, as at a login.
      try store.advanceEpoch()
      try store.remove(id, expecting: record.generation)
      if let folder = options.runtimeFolder { store.discardOrphan(id, in: folder) }
      try? store.advanceEpoch()
    } catch {
      throw CredentialsError(error)
    }
    return outcome
  }

  /// Whether there is a file, in whatever state.
  private func isThere(_ id: SessionID) throws(CredentialsError) -> Bool {
    do throws(StoreError) {
      return try store.peek(id) != nil
    } catch {
      if case .corrupt = error.code { return true }
      throw CredentialsError(error)
    }
  }

  private enum Found {
    case none
    case session(Record)
    /// It cannot be opened, has been set aside, and this is what to say of it.
    case lost(String)
  }

  private func find(_ id: SessionID) throws(CredentialsError) -> Found {
    do throws(CredentialsError) {
      let (record, damaged) = try open()
      if let path = damaged { return .lost(LoginReason.damaged(path: path).words) }
      return record.map { .session($0) } ?? .none
    } catch {
      guard (error.cause as? StoreError)?.code == .unknownKey else { throw error }
      do throws(StoreError) {
        let path = try store.setAside(id)
        return .lost("it is encrypted under a key that is not here, and kept as \(path)")
      } catch {
        throw CredentialsError(error)
      }
    }
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
