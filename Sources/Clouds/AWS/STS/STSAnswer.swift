// SPDX-License-Identifier: Apache-2.0

package import EKSToken

/// The answers of STS that say yes.
package enum STSAnswer {
  /// The credentials in an answer; nil unless all parts are there, with the time at which they end.
  package static func credentials(in body: [UInt8], of action: String) -> AWSCredentials? {
    guard let root = XMLElement(parsing: body), root.name == action + "Response",
      let found = root[action + "Result", "Credentials"],
      let id = found["AccessKeyId"]?.text, let secret = found["SecretAccessKey"]?.text,
      let token = found["SessionToken"]?.text, !token.isEmpty,
      let end = found["Expiration"].flatMap({ EKSToken.AWSTime.seconds($0.text) })
    else { return nil }
    return AWSCredentials(
      accessKeyID: id,
      secretAccessKey: secret,
      sessionToken: token,
      expiration: end
    )
  }
}
