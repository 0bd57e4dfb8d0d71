// SPDX-License-Identifier: Apache-2.0

import Clouds
import Crypto
import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The credentials of roles that the AWS CLI keeps in `~/.aws/cli/cache`; read, never written.
///
/// Source: botocore's `BaseAssumeRoleCredentialFetcher._create_cache_key` and the AWS CLI's `JSONFileCache`.
package struct CLIRoleCache: Sendable {
  /// Seconds that credentials must have left to be taken, as in botocore.
  private static let enough = 15.0 * 60

  private let context: AWSContext

  /// The cache of the home folder.
  package init(_ context: AWSContext) {
    self.context = context
  }

  /// The credentials kept for a role; nil if there are none that last.
  ///
  /// A torn file is read once more, and then counts as absent.
  func credentials(of file: String) async throws(CloudError) -> AWSCredentials? {
    guard let folder = context.environment.expanded("~/.aws/cli/cache") else { return nil }
    let document = CacheDocument(path: folder + "/" + file, effects: context.effects)
    guard let members = try await document.read().members?["Credentials"]?.members,
      let credentials = CredentialsDocument.credentials(members), let end = credentials.expiration,
      Double(end) - context.effects.now().timeIntervalSince1970 > Self.enough
    else { return nil }
    context.effects.trace("using the credentials that the AWS CLI keeps in \(document.path)")
    return credentials
  }

  /// The name of the file for an assumed role.
  package static func file(of role: AssumedRole) -> String {
    name([
      ("DurationSeconds", role.duration.map(String.init)),
      ("ExternalId", role.externalID.map(quoted)), ("RoleArn", quoted(role.arn)),
      ("RoleSessionName", role.sessionName.map(quoted)),
      ("SerialNumber", role.mfaSerial.map(quoted)),
    ])
  }

  /// The name of the file for a role that is assumed with a web identity.
  package static func file(of role: WebIdentityRole) -> String {
    name([
      ("RoleArn", quoted(role.arn)), ("RoleSessionName", role.sessionName.map(quoted)),
    ])
  }

  /// The SHA-1 of what Python's `json.dumps(…, sort_keys=True)` writes.
  private static func name(_ members: [(String, String?)]) -> String {
    let json = members.compactMap { name, value in value.map { "\"\(name)\": \($0)" } }
      .joined(separator: ", ")
    let digits = Array("0123456789abcdef".utf8)
    let hex = Insecure.SHA1.hash(data: Array("{\(json)}".utf8))
      .flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: hex, as: UTF8.self) + ".json"
  }

  /// A text as Python writes it: everything outside printable ASCII as UTF-16 escapes.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: result += "\\\""
      case 0x5C: result += "\\\\"
      case 0x08: result += "\\b"
      case 0x09: result += "\\t"
      case 0x0A: result += "\\n"
      case 0x0C: result += "\\f"
      case 0x0D: result += "\\r"
      case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let hex = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      }
    }
    return result + "\""
  }
}
