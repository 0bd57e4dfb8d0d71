// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Requests, sessions and times that the tables vary.
enum Given {
  static let now = Date(timeIntervalSince1970: 1_700_000_000)
  static let issuer = "https://issuer.test/realms/one"

  static func request(
    issuer: String = Given.issuer,
    clientID: String = "kube",
    secret: String? = nil,
    scopes: [String] = ["openid", "offline_access"],
    audience: String? = nil,
    account: String? = nil,
    token: TokenKind = .id,
    authorities: String = ""
  ) throws -> CredentialRequest {
    CredentialRequest(
      issuer: try Issuer(issuer),
      client: OAuthClient(id: clientID, secret: secret.map { Secret($0) }),
      scopes: scopes,
      audience: audience,
      account: account,
      token: token,
      authorities: Array(authorities.utf8)
    )
  }

  /// A token of 1000 s that was received so many seconds before `now`.
  static func times(age: Double) -> TokenTimes {
    TokenTimes(life: .lasting(1000), received: now.addingTimeInterval(-age))
  }

  static func session(
    age: Double = 0,
    refresh: String? = "refresh-1",
    id: String? = "id-1",
    access: String? = "access-1",
    change: (inout Session.Summary) -> Void = { _ in }
  ) -> Session {
    var summary = Session.Summary(
      issuer: issuer,
      clientID: "kube",
      account: nil,
      subject: "alice",
      name: "Alice",
      authoritiesDigest: "",
      loggedIn: now.addingTimeInterval(-age),
      state: .active,
      renewable: refresh != nil,
      nonce: nil,
      idTimes: times(age: age),
      accessTimes: times(age: age),
      intent: nil,
      uncertain: false,
      outage: nil,
      rejectionRenewed: nil
    )
    change(&summary)
    return Session(
      summary: summary,
      refreshToken: refresh.map { Secret($0) },
      idToken: id.map { Secret($0) },
      accessToken: access.map { Secret($0) }
    )
  }

  static func outage(
    until seconds: Double,
    code: CredentialsError.Code = .temporary,
    failures: Int = 1
  ) -> Session.Outage {
    Session.Outage(
      code: code,
      failures: failures,
      until: now.addingTimeInterval(seconds),
      what: "the issuer is away",
      remedy: "wait"
    )
  }
}

/// The error of `Credentials` that a call throws, or nil.
func credentialsError<Value>(
  _ body: () async throws(CredentialsError) -> Value
) async -> CredentialsError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error
  }
}
