// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

extension GoogleExchange {
  /// A token of a workforce login, whose refresh token can be replaced by the answer.
  ///
  /// One process at a time: what lies there is read again inside, and what came is written before anybody else may
  /// look. Throws what asking gave.
  func token(_ user: WorkforceUser) async throws(CloudError) -> AccessToken {
    guard let file = writableFile else {
      let make: @Sendable () async throws(CloudError) -> KeptSecret = {
        () async throws(CloudError) -> KeptSecret in
        try await renewed(user, in: nil).kept
      }
      let parts = ["google-refresh-token", AccessToken.mark(of: user.refreshToken)]
      let identity = KeptIdentity(name: "Google sign-in \(origin.who)", parts: parts)
      return AccessToken(try await effects.alone(identity, nil, make))
    }
    let make: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      let (user, member) = try await origin.workforceUser(in: file, effects)
      return try await renewed(user, in: place(file, member)).kept
    }
    // Who waits less has something good that is kept, and gives up by itself.
    let outliving = Outliving(origin.renewal(of: file), hasGood: false)
    let identity = KeptIdentity(name: "Google file \(origin.who)", parts: ["google-file", file])
    return AccessToken(try await effects.alone(identity, outliving, make))
  }

  /// Where a successor can be written.
  private struct Place: Sendable {
    let file: String
    let member: JSONMember
  }

  /// The place in a file, proved before anything is spent; nil if nothing can be written there.
  private func place(_ file: String, _ member: JSONMember?) -> Place? {
    guard let member else { return nil }
    do throws(CloudError) {
      try effects.proveReplaceable(file)
      return Place(file: file, member: member)
    } catch {
      effects.trace("a successor of its refresh token will be kept elsewhere: \(error.what)")
      return nil
    }
  }

  /// Spends the latest refresh token that is known, and keeps what comes after it: in its place, else in our own store.
  private func renewed(_ user: WorkforceUser, in place: Place?) async throws(CloudError)
    -> AccessToken
  {
    let succession = Succession(of: user, origin, effects)
    var spent = user
    spent.refreshToken = await succession.latest() ?? user.refreshToken
    let known = spent.refreshToken
    var token: AccessToken
    do throws(CloudError) {
      token = try await sent(spent)
    } catch {
      // Whoever else uses the login may have ended our branch of it, and not the one that lies there.
      guard error.code == .loginNeeded, spent.refreshToken != user.refreshToken else { throw error }
      spent = user
      token = try await sent(spent)
    }
    token.mark = AccessToken.mark(of: user.refreshToken)
    let next = token.refreshToken ?? spent.refreshToken
    guard next != known else { return token }
    if let place, write(next, place) {
      token.mark = AccessToken.mark(of: next)
    } else {
      await keep(next, succession, isFirst: known == user.refreshToken)
    }
    return token
  }

  private func write(_ successor: Secret, _ place: Place) -> Bool {
    guard let changed = place.member.replaced(with: successor.expose()) else { return false }
    do throws(CloudError) {
      try effects.replaceFile(place.file, changed)
      return true
    } catch {
      effects.trace("\(origin.place) could not be written: \(error.what)")
      return false
    }
  }

  private func keep(_ successor: Secret, _ succession: Succession, isFirst: Bool) async {
    guard await succession.keep(successor) else {
      // The access token is good all the same; whoever comes next has to sign in.
      return effects.tell(
        "Google replaced the refresh token of \(origin.place), and the new one could not be kept; "
          + "once the old one is refused: \(origin.signIn)"
      )
    }
    guard isFirst else { return }
    effects.tell(
      "Google replaced the refresh token of \(origin.place), where lanyard does not write; it goes on with the new one, "
        + "but other programs, gcloud among them, may have to sign in again: \(origin.signIn)"
    )
  }

  private func sent(_ user: WorkforceUser) async throws(CloudError) -> AccessToken {
    let address = try HostRule(universe: nil, effects)
      .address(user.tokenURL, for: .workforce, named: "token_url", of: origin)
    return try await send(TokenCall.refresh(user, url: address.text), .person, to: address)
  }
}

extension Origin {
  /// The renewal of a workforce login in a file, for another process.
  fileprivate func renewal(of file: String) -> SignInRenewal {
    .workforce(file: file, place: place, signIn: signIn, who: who)
  }

  /// The workforce login in a file, and where its refresh token lies, if that can be replaced.
  ///
  /// Throws ``CloudError/Code/configuration`` if none is there.
  fileprivate func workforceUser(
    in file: String,
    _ effects: CloudEffects
  ) async throws(CloudError) -> (user: WorkforceUser, member: JSONMember?) {
    guard let (credential, bytes) = try await SecondLook.credential(file, self, effects) else {
      throw wrong("it is gone")
    }
    guard let (user, path) = credential.workforce else {
      throw wrong("it has become another credential meanwhile")
    }
    return (user, JSONMember(path, in: bytes))
  }
}

/// The renewal of a workforce login in the process that outlives its asker.
package enum WorkforceRenewal {
  /// Renews the login in a file; `place`, `signIn` and `who` are those of ``SignInRenewal``.
  ///
  /// Throws what asking gave, and ``CloudError/Code/configuration`` if no such login lies there any more.
  package static func renew(
    _ file: String,
    place: String,
    signIn: String,
    who: String,
    effects: CloudEffects
  ) async throws(CloudError) {
    let origin = Origin(place: place, signIn: signIn, who: who)
    let (user, _) = try await origin.workforceUser(in: file, effects)
    let exchange =
      GoogleExchange(effects: effects, scopes: [], origin: origin, writableFile: file)
    _ = try await exchange.token(user)
  }
}
