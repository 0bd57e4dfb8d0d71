// SPDX-License-Identifier: Apache-2.0

import EKSToken
import OAuth

/// Credentials as metadata services and programs write them: a JSON object.
enum MetadataCredentials {
  /// Reads `AccessKeyId`, `SecretAccessKey`, the token under the given name, and `Expiration`.
  ///
  /// Nil unless the keys are there and the expiration, if there is one, is a time.
  static func credentials(_ json: StrictJSON, token: String) -> AWSCredentials? {
    guard let id = json["AccessKeyId"]?.string, let secret = json["SecretAccessKey"]?.string else {
      return nil
    }
    var expiration: Int64?
    if let text = json["Expiration"]?.string, !text.isEmpty {
      expiration = EKSToken.AWSTime.seconds(text)
      if expiration == nil { return nil }
    }
    return AWSCredentials(
      accessKeyID: id,
      secretAccessKey: secret,
      sessionToken: json[token]?.string,
      expiration: expiration
    )
  }
}
