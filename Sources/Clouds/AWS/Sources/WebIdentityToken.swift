// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import OAuth

/// The token of an identity provider that a role is assumed with, as it lies in a file.
struct WebIdentityToken: Sendable {
  /// STS takes no more than 20,000 characters (API reference of AssumeRoleWithWebIdentity).
  private static let limit = 20_000

  /// What is sent.
  let text: Secret
  /// Whose it is: issuer and subject as the token names them, unverified; texts of a kept identity.
  let identity: [String]

  /// Reads the file; the kubelet replaces it, so this is done for each request.
  ///
  /// The text must look like a JWT, so that a variable that names another file of the user's does not send that one.
  /// Throws ``CloudError/Code/configuration``.
  init(of role: WebIdentityRole, in context: AWSContext) throws(CloudError) {
    let path = context.environment.expanded(role.tokenFile) ?? role.tokenFile
    guard let bytes = try context.effects.readFile(path, Self.limit) else {
      throw CloudError(
        .configuration,
        "there is no web identity token in \(Text.line(path))",
        remedy:
          "check AWS_WEB_IDENTITY_TOKEN_FILE, and that the service account has a role annotation"
      )
    }
    let text = TokenFile.trimmed(String(decoding: bytes, as: UTF8.self))
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isBase64URL = { (part: Substring) in
      part.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45
          || $0 == 95
      }
    }
    guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty, parts.allSatisfy(isBase64URL)
    else {
      throw CloudError(
        .configuration,
        "what lies in \(Text.line(path)) is not a JSON web token",
        remedy: "check AWS_WEB_IDENTITY_TOKEN_FILE"
      )
    }
    self.text = Secret(text)
    identity = Self.holder(of: text)
  }

  /// Whose a token is: the issuer and the subject that it names, unverified, else the SHA-256 of it.
  static func holder(of token: String) -> [String] {
    subject(of: token) ?? [FileDigest.sha256(token)]
  }

  private static func subject(of token: String) -> [String]? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3,
      let claims = Base64URL.decode(parts[1].utf8).flatMap({ try? StrictJSON(parsing: $0) })
    else { return nil }
    let names = [claims["iss"]?.string, claims["sub"]?.string]
    return names == [nil, nil] ? nil : names.map { $0 ?? "" }
  }
}
