// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Temporary credentials as a JSON text, in the members that the AWS tools use for them.
enum CredentialsDocument {
  /// For the session store.
  static func kept(_ credentials: AWSCredentials, obtained: Date) -> KeptSecret {
    let expiry = Date(timeIntervalSince1970: Double(credentials.expiration ?? 0))
    var members: [String: StrictJSON] = [
      "AccessKeyId": .string(credentials.accessKeyID),
      "SecretAccessKey": .string(credentials.secretAccessKey.expose()),
      "Expiration": .string(AWSTime.text(expiry)),
    ]
    members["SessionToken"] = credentials.sessionToken.map { .string($0.expose()) }
    return KeptSecret(
      secret: Secret(StrictJSON.object(members).text),
      obtained: obtained,
      expiry: expiry
    )
  }

  /// From the session store; nil for a text that is no such document.
  static func credentials(_ kept: KeptSecret) -> AWSCredentials? {
    (try? StrictJSON(parsing: kept.secret.expose().utf8))?.members.flatMap(credentials)
  }

  /// From members with these names; nil unless all are there, with a time at which they end.
  static func credentials(_ members: [String: StrictJSON]) -> AWSCredentials? {
    guard let id = members["AccessKeyId"]?.string, let key = members["SecretAccessKey"]?.string,
      let end = members["Expiration"]?.string.flatMap(AWSTime.date)
    else { return nil }
    return AWSCredentials(
      accessKeyID: id,
      secretAccessKey: key,
      sessionToken: members["SessionToken"]?.string,
      expiration: Int64(end.timeIntervalSince1970)
    )
  }
}
