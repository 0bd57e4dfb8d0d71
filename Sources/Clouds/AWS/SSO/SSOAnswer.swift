// SPDX-License-Identifier: Apache-2.0

package import EKSToken
package import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What the answers of IAM Identity Center say.
package enum SSOAnswer {
  /// The largest answer that is read, in bytes.
  private static let limit = 256 * 1024

  /// The members of a success; throws ``AWSRefusal`` for an answer that says no, or has no JSON object in it.
  static func members(_ answer: HTTPAnswer, now: Date) throws(AWSRefusal) -> [String: StrictJSON] {
    guard (200..<300).contains(answer.status), answer.body.count <= limit,
      let members = (try? StrictJSON(parsing: answer.body))?.members
    else { throw AWSRefusal(answer, now: now) }
    return members
  }

  /// The tokens of an answer of `POST /token`; throws ``AWSRefusal``.
  package static func grant(_ answer: HTTPAnswer, now: Date) throws(AWSRefusal) -> SSOGrant {
    let members = try members(answer, now: now)
    guard let token = members["accessToken"]?.string, SSOToken.fits(token),
      let seconds = members["expiresIn"]?.integer, (1...31_536_000).contains(seconds)
    else { throw AWSRefusal(answer, now: now) }
    let refreshToken = members["refreshToken"]?.string
    return SSOGrant(
      accessToken: Secret(token),
      expiresIn: Int(seconds),
      refreshToken: refreshToken.flatMap { $0.isEmpty ? nil : Secret($0) }
    )
  }

  /// A role's credentials; `expiration` is in milliseconds since 1970.
  ///
  /// Throws ``AWSRefusal``, also for credentials that cannot stand in a request.
  package static func credentials(
    _ answer: HTTPAnswer,
    now: Date
  ) throws(AWSRefusal) -> AWSCredentials {
    let role = try members(answer, now: now)["roleCredentials"]
    guard let id = role?["accessKeyId"]?.string, let key = role?["secretAccessKey"]?.string,
      let token = role?["sessionToken"]?.string, let end = role?["expiration"]?.integer,
      let credentials = AWSCredentials(
        accessKeyID: id,
        secretAccessKey: key,
        sessionToken: token,
        expiration: end / 1000
      )
    else { throw AWSRefusal(answer, now: now) }
    return credentials
  }

  /// A client that was registered just now; throws ``AWSRefusal``.
  package static func client(_ answer: HTTPAnswer, now: Date) throws(AWSRefusal) -> SSOClient {
    let members = try members(answer, now: now)
    guard let id = members["clientId"]?.string, !id.isEmpty,
      let secret = members["clientSecret"]?.string,
      let expiry = members["clientSecretExpiresAt"]?.integer,
      Double(expiry) > now.timeIntervalSince1970
    else { throw AWSRefusal(answer, now: now) }
    return SSOClient(
      id: id,
      secret: Secret(secret),
      expiry: Date(timeIntervalSince1970: Double(min(expiry, 253_402_300_799)))
    )
  }
}
