// SPDX-License-Identifier: Apache-2.0

import EKSToken
import HTTPTypes
package import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The requests to the console's token service.
///
/// Source: the AWS API reference of `CreateOAuth2Token` (2023-01-01), and botocore 1.43 (`LoginCredentialFetcher`).
package enum LoginCall {
  /// `POST /v1/token`, with a proof by the key (RFC 9449).
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` if no proof can be made.
  static func token(
    _ base: Issuer,
    _ members: [String: StrictJSON],
    key: DPoPKey,
    proof: DPoPProof
  ) throws(OAuthError) -> HTTPCall {
    try proof.prove(SSOCall.post(base, "/v1/token", members), with: key)
  }

  /// The same with a refresh token.
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` if no proof can be made.
  package static func refresh(
    _ base: Issuer,
    _ token: LoginToken,
    proof: DPoPProof
  ) throws(OAuthError) -> HTTPCall {
    try Self.token(
      base,
      [
        "clientId": .string(token.clientID), "grantType": .string("refresh_token"),
        "refreshToken": .string(token.refreshToken.expose()),
      ],
      key: token.key,
      proof: proof
    )
  }
}

/// What the answers of the console's token service say.
package enum LoginAnswer {
  /// The credentials and the next refresh token.
  ///
  /// Throws ``AWSRefusal``, also for an answer with something missing.
  package static func grant(_ answer: HTTPAnswer, now: Date) throws(AWSRefusal) -> LoginGrant {
    let members = try SSOAnswer.members(answer, now: now)
    let access = members["accessToken"]
    guard let id = access?["accessKeyId"]?.string,
      let secret = access?["secretAccessKey"]?.string,
      let token = access?["sessionToken"]?.string,
      let seconds = members["expiresIn"]?.integer, (1...86_400).contains(seconds),
      let refreshToken = members["refreshToken"]?.string, !refreshToken.isEmpty,
      let credentials = AWSCredentials(
        accessKeyID: id,
        secretAccessKey: secret,
        sessionToken: token,
        expiration: Int64(now.timeIntervalSince1970) + seconds
      )
    else { throw AWSRefusal(answer, now: now) }
    return LoginGrant(
      credentials: credentials,
      refreshToken: Secret(refreshToken),
      idToken: members["idToken"]?.string.map { Secret($0) },
      tokenType: members["tokenType"]?.string ?? "aws_sigv4"
    )
  }
}
