// SPDX-License-Identifier: Apache-2.0

import EKSToken
package import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// A client that is registered with the token service of IAM Identity Center.
package struct SSOClient: Sendable, Equatable {
  /// Its id.
  package let id: String
  /// Its secret, which the service gives to anybody who registers.
  package let secret: Secret
  /// When the registration ends; it is made anew, nobody renews one.
  package let expiry: Date

  /// Describes a client.
  package init(id: String, secret: Secret, expiry: Date) {
    self.id = id
    self.secret = secret
    self.expiry = expiry
  }
}

/// What the token service of IAM Identity Center gives.
package struct SSOGrant: Sendable, Equatable {
  /// What the portal takes.
  package let accessToken: Secret
  /// For how long, in seconds.
  package let expiresIn: Int
  /// What renews it; nil if there is no new one.
  package let refreshToken: Secret?
}

/// The token of a sign-in at IAM Identity Center, as it lies in the cache of the AWS tools.
///
/// What is not known here stays in the file when it is written again.
package struct SSOToken: SignInToken {
  private var members: [String: StrictJSON]
  /// What the portal takes.
  package let accessToken: Secret
  /// When that ends.
  package let expiry: Date
  /// What renews it.
  let refreshToken: Secret?
  /// For whom it was issued.
  let client: SSOClient?

  /// A new token, as the AWS tools write one after a sign-in.
  init(_ grant: SSOGrant, session: SSOSession, client: SSOClient, now: Date) {
    self.init(
      [
        "startUrl": .string(session.startURL),
        "region": .string(session.region),
        "clientId": .string(client.id),
        "clientSecret": .string(client.secret.expose()),
        "registrationExpiresAt": .string(AWSTime.text(client.expiry)),
      ],
      grant,
      client,
      now
    )
  }

  private init(
    _ rest: [String: StrictJSON],
    _ grant: SSOGrant,
    _ client: SSOClient?,
    _ now: Date
  ) {
    accessToken = grant.accessToken
    expiry = now.addingTimeInterval(Double(grant.expiresIn))
    refreshToken = grant.refreshToken
    self.client = client
    members = rest
    members["accessToken"] = .string(grant.accessToken.expose())
    members["expiresAt"] = .string(AWSTime.text(expiry))
    members["refreshToken"] = grant.refreshToken.map { .string($0.expose()) }
  }

  /// Reads the members of a file; nil without a usable access token and its time.
  package init?(_ members: [String: StrictJSON]) {
    guard let token = members["accessToken"]?.string, Self.fits(token),
      let expiry = members["expiresAt"]?.string.flatMap(AWSTime.date)
    else { return nil }
    self.members = members
    self.expiry = expiry
    accessToken = Secret(token)
    refreshToken = members["refreshToken"]?.string.flatMap { $0.isEmpty ? nil : Secret($0) }
    client = Self.client(members)
  }

  private static func client(_ members: [String: StrictJSON]) -> SSOClient? {
    guard let id = members["clientId"]?.string, !id.isEmpty,
      let secret = members["clientSecret"]?.string,
      let expiry = members["registrationExpiresAt"]?.string.flatMap(AWSTime.date)
    else { return nil }
    return SSOClient(id: id, secret: Secret(secret), expiry: expiry)
  }

  /// It goes into a header field: visible ASCII, and no more than servers take.
  static func fits(_ token: String) -> Bool {
    (1...16_384).contains(token.utf8.count) && Text.isVisibleASCII(token)
  }

  /// The token after a renewal; without a new refresh token the old one stays.
  func renewed(by grant: SSOGrant, now: Date) -> SSOToken {
    let kept = SSOGrant(
      accessToken: grant.accessToken,
      expiresIn: grant.expiresIn,
      refreshToken: grant.refreshToken ?? refreshToken
    )
    return SSOToken(members, kept, client, now)
  }

  /// What renews it at a time; nil if it cannot be renewed, or the client's registration has ended.
  func renewal(at now: Date) -> (client: SSOClient, refreshToken: Secret)? {
    guard let client, client.expiry > now, let refreshToken else { return nil }
    return (client, refreshToken)
  }

  /// The whole file, secret.
  package var document: Secret { Secret(StrictJSON.object(members).text) }
}
