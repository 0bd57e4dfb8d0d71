// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

extension GoogleExchange {
  /// A token of a workforce login, whose refresh token can be replaced by the answer.
  ///
  /// One process at a time: the file is read again inside, and what came is written before anybody else may look.
  /// Throws what asking or writing gave.
  func token(_ user: WorkforceUser) async throws(CloudError) -> AccessToken {
    guard let file = writableFile else {
      let token = try await renewed(user)
      if let successor = token.refreshToken, successor != user.refreshToken {
        effects.tell(
          "Google replaced the refresh token of \(origin.place), which only gcloud may write; "
            + "if gcloud cannot use the old one: gcloud auth login"
        )
      }
      return token
    }
    let make: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try await renewWriting(file).kept
    }
    let identity = KeptIdentity(name: "Google file \(origin.who)", parts: ["google-file", file])
    return AccessToken(try await effects.alone(identity, origin.renewal(of: file), make))
  }

  private func renewWriting(_ file: String) async throws(CloudError) -> AccessToken {
    let (user, bytes) = try origin.workforceUser(in: file, effects)
    var token = try await renewed(user)
    token.mark = AccessToken.mark(of: token.refreshToken ?? user.refreshToken)
    guard let successor = token.refreshToken, successor != user.refreshToken else { return token }
    guard let changed = JSONMember.replace("refresh_token", with: successor.expose(), in: bytes)
    else { throw origin.wrong("its refresh_token cannot be replaced") }
    do {
      try effects.replaceFile(file, changed)
    } catch {
      // The token is good all the same; whoever comes next has to sign in.
      effects.tell("\(origin.place) could not be written: \(error.what); then \(origin.signIn)")
    }
    return token
  }

  private func renewed(_ user: WorkforceUser) async throws(CloudError) -> AccessToken {
    let address = try HostRule(universe: nil, effects)
      .address(user.tokenURL, named: "token_url", of: origin)
    return try await send(TokenCall.refresh(user, url: address.text), .person, to: address)
  }
}

extension Origin {
  /// The renewal of a workforce login in a file, for another process.
  fileprivate func renewal(of file: String) -> SignInRenewal {
    .workforce(file: file, place: place, signIn: signIn, who: who)
  }

  /// The workforce login in a file, and the file's bytes; throws ``CloudError/Code/configuration`` if none is there.
  fileprivate func workforceUser(
    in file: String,
    _ effects: CloudEffects
  ) throws(CloudError) -> (user: WorkforceUser, bytes: [UInt8]) {
    guard let bytes = try effects.readFile(file, CredentialFile.limit) else {
      throw wrong("it is gone")
    }
    guard case .workforceUser(let user) = try CredentialFile.parse(bytes, self) else {
      throw wrong("it has become another credential meanwhile")
    }
    return (user, bytes)
  }
}

/// The renewal of a workforce login in the process that outlives its asker.
package enum WorkforceRenewal {
  /// Renews the login in a file; `place`, `signIn` and `who` are those of ``SignInRenewal``.
  ///
  /// Throws what asking or writing gave, and ``CloudError/Code/configuration`` if no such login lies there any more.
  package static func renew(
    _ file: String,
    place: String,
    signIn: String,
    who: String,
    effects: CloudEffects
  ) async throws(CloudError) {
    let origin = Origin(place: place, signIn: signIn, who: who)
    let (user, _) = try origin.workforceUser(in: file, effects)
    let exchange =
      GoogleExchange(effects: effects, scopes: [], origin: origin, writableFile: file)
    _ = try await exchange.token(user)
  }
}
