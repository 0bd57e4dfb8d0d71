// SPDX-License-Identifier: Apache-2.0

import Clouds
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
    return AccessToken(try await effects.alone(identity, make))
  }

  private func renewWriting(_ file: String) async throws(CloudError) -> AccessToken {
    guard let bytes = try effects.readFile(file, CredentialFile.limit) else {
      throw origin.wrong("it is gone")
    }
    guard case .workforceUser(let user) = try CredentialFile.parse(bytes, origin) else {
      throw origin.wrong("it has become another credential meanwhile")
    }
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
