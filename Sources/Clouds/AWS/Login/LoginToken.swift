// SPDX-License-Identifier: Apache-2.0

package import EKSToken
package import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the console's token service gives: credentials that live for 15 minutes, and what renews them.
package struct LoginGrant: Sendable {
  /// The credentials, with their end.
  package let credentials: AWSCredentials
  /// The next refresh token; it replaces the one that was spent.
  package let refreshToken: Secret
  /// Says who signed in; at the sign-in only.
  package let idToken: Secret?
  /// `aws_sigv4`.
  let tokenType: String
}

/// The session of a console sign-in (`aws login`), as it lies in the cache of the AWS tools.
///
/// What is not known here stays in the file when it is written again.
package struct LoginToken: SignInToken {
  private var members: [String: StrictJSON]
  /// The credentials, with their end.
  package let credentials: AWSCredentials
  /// What renews them, once.
  let refreshToken: Secret
  /// Which of the two ways the sign-in was made.
  let clientID: String
  /// The key that the refresh token is bound to.
  let key: DPoPKey

  /// Reads the members of a file; nil unless everything is there that botocore's `LoginCredentialFetcher` wants.
  package init?(_ members: [String: StrictJSON]) {
    guard let refreshToken = members["refreshToken"]?.string, !refreshToken.isEmpty,
      let clientID = members["clientId"]?.string, !clientID.isEmpty,
      let pem = members["dpopKey"]?.string, let key = LoginKey.key(pem: Secret(pem)),
      let access = members["accessToken"]?.members, let credentials = Self.credentials(access)
    else { return nil }
    self.members = members
    self.credentials = credentials
    self.refreshToken = Secret(refreshToken)
    self.clientID = clientID
    self.key = key
  }

  private static func credentials(_ access: [String: StrictJSON]) -> AWSCredentials? {
    guard let id = access["accessKeyId"]?.string, let secret = access["secretAccessKey"]?.string,
      let token = access["sessionToken"]?.string,
      let end = access["expiresAt"]?.string.flatMap(AWSTime.date)
    else { return nil }
    return AWSCredentials(
      accessKeyID: id,
      secretAccessKey: secret,
      sessionToken: token,
      expiration: Int64(end.timeIntervalSince1970)
    )
  }

  /// A new session, as the AWS tools write one after a sign-in; nil for a grant without an ID token.
  init?(_ grant: LoginGrant, clientID: String, key: DPoPKey, account: String) {
    guard let idToken = grant.idToken else { return nil }
    let members: [String: StrictJSON] = [
      "accessToken": .object(
        Self.access(grant.credentials, kept: ["accountId": .string(account)])
      ),
      "tokenType": .string(grant.tokenType),
      "clientId": .string(clientID),
      "refreshToken": .string(grant.refreshToken.expose()),
      "idToken": .string(idToken.expose()),
      "dpopKey": .string(LoginKey.pem(key).expose()),
    ]
    self.init(members)
  }

  private static func access(
    _ credentials: AWSCredentials,
    kept: [String: StrictJSON]
  ) -> [String: StrictJSON] {
    var access = kept
    let end = Date(timeIntervalSince1970: Double(credentials.expiration ?? 0))
    access["accessKeyId"] = .string(credentials.accessKeyID)
    access["secretAccessKey"] = .string(credentials.secretAccessKey.expose())
    access["sessionToken"] = credentials.sessionToken.map { .string($0.expose()) }
    access["expiresAt"] = .string(AWSTime.text(end))
    return access
  }

  /// The session after a renewal; the account and everything else stay.
  func renewed(by grant: LoginGrant) -> LoginToken? {
    var members = members
    members["accessToken"] = .object(
      Self.access(grant.credentials, kept: members["accessToken"]?.members ?? [:])
    )
    members["refreshToken"] = .string(grant.refreshToken.expose())
    return LoginToken(members)
  }

  /// When the credentials end.
  var expiry: Date { Date(timeIntervalSince1970: Double(credentials.expiration ?? 0)) }

  /// The whole file, secret.
  package var document: Secret { Secret(StrictJSON.object(members).text) }
}
