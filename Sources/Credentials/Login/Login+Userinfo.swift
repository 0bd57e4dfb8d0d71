// SPDX-License-Identifier: Apache-2.0

import OAuth

extension Login {
  /// A name to show: the ID token's, else the one that the userinfo endpoint gives (OpenID Connect Core §5.3).
  ///
  /// Throws if that endpoint speaks about somebody else, because then the access token is another person's; any other
  /// failure only leaves the person without a name.
  func name(
    of claims: IDTokenClaims,
    _ tokens: TokenResponse,
    _ metadata: ProviderMetadata,
    _ binding: DPoPBinding?
  ) async throws(CredentialsError) -> String? {
    if let name = claims.preferredUsername ?? claims.email ?? claims.name { return name }
    guard let endpoint = metadata.userinfoEndpoint, let accessToken = tokens.accessToken else {
      return nil
    }
    do {
      let info = try await userinfo(
        endpoint,
        accessToken,
        claims.subject,
        tokens.isBound ? binding : nil
      )
      return info.preferredUsername ?? info.email ?? info.name
    } catch let error as OAuthError where error.code == .tokenRejected {
      throw CredentialsError(error)
    } catch {
      effects.trace("the issuer does not say who that is")
      return nil
    }
  }

  private func userinfo(
    _ endpoint: Endpoint,
    _ accessToken: Secret,
    _ subject: String,
    _ binding: DPoPBinding?
  ) async throws -> Userinfo {
    let plain = Userinfo.call(
      at: endpoint,
      accessToken: accessToken,
      scheme: binding == nil ? .bearer : .dpop
    )
    var nonce = DPoPNonce(remembered: binding?.nonce)
    while true {
      let call =
        try binding?.prove(plain, nonce: nonce.value, accessToken: accessToken, effects) ?? plain
      let answer = try await effects.sender(request.trust)(call)
      if nonce.wantsAnother(after: answer), binding != nil { continue }
      return try Userinfo(answer, subject: subject, from: request.issuer.host)
    }
  }
}
