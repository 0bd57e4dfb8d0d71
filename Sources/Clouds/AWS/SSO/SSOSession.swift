// SPDX-License-Identifier: Apache-2.0

package import Clouds
import Crypto
package import EKSToken
import OAuth

/// A sign-in at IAM Identity Center, as the AWS configuration names it.
///
/// Source of the rules: botocore 1.43, `SSOProvider._resolve_sso_session_reference`.
package struct SSOSession: Sendable, Equatable {
  /// The name of its `[sso-session]` section; nil for a profile that has the start URL itself, as the AWS CLI made them
  /// before version 2.9.
  package let name: String?
  /// The address of the organization's access portal.
  package let startURL: String
  /// The region of the instance, in which the sign-in services are asked.
  package let region: String
  /// What a new sign-in asks for.
  package let scopes: [String]

  /// The session that a profile takes part in.
  ///
  /// Throws ``CloudError/Code/configuration`` for one that is not there, says another thing than the profile, or lacks
  /// its start URL or region.
  package init(
    of profile: AWSProfile,
    in configuration: AWSConfiguration
  ) throws(CloudError) {
    let name = profile["sso_session"]
    let section = name.flatMap { configuration.ssoSessions[$0] }
    if let name, section == nil {
      throw CloudError(
        .configuration,
        "profile \"\(profile.name)\" names the sso-session \"\(name)\", which is not in the AWS configuration",
        remedy: "make it: aws configure sso-session"
      )
    }
    func value(_ key: String) throws(CloudError) -> String {
      let shared = section?[key]
      if let own = profile[key], let shared, own != shared {
        throw Self.flaw(profile, "and its sso-session have different values of \(key)")
      }
      guard let value = shared ?? profile[key] else {
        throw Self.flaw(profile, "has no \(key), which IAM Identity Center needs")
      }
      guard value.utf8.count <= 2048, Text.isVisibleASCII(value) else {
        throw Self.flaw(profile, "has a \(key) with characters that it cannot have")
      }
      return value
    }
    self.name = name
    startURL = try value("sso_start_url")
    region = try value("sso_region")
    scopes = Self.scopes(section?["sso_registration_scopes"])
  }

  private static func scopes(_ list: String?) -> [String] {
    let words = (list ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
    return words.isEmpty ? ["sso:account:access"] : words
  }

  private static func flaw(_ profile: AWSProfile, _ what: String) -> CloudError {
    CloudError(
      .configuration,
      "profile \"\(profile.name)\" \(what)",
      remedy: "set the profile up again: aws configure sso --profile \(profile.name)"
    )
  }

  /// What people call it.
  package var shownName: String { name ?? startURL }

  /// Whether the AWS tools renew its token: not that of a profile with the start URL in it.
  package var isRenewable: Bool { name != nil }

  /// Where the AWS tools keep its token: `~/.aws/sso/cache/`, and the SHA-1 of its name or start URL.
  ///
  /// Throws ``CloudError/Code/configuration`` without a home folder.
  package func tokenPath(_ environment: AWSEnvironment) throws(CloudError) -> String {
    try Self.cacheFolder(environment) + "/\(FileDigest.sha1(shownName)).json"
  }

  /// The folder of those files.
  static func cacheFolder(_ environment: AWSEnvironment) throws(CloudError) -> String {
    guard let path = environment.expanded("~/.aws/sso/cache") else { throw NoHome.error }
    return path
  }

  /// Names whoever writes the token's file, which one process at a time may do.
  func writer(_ path: String) -> KeptIdentity {
    KeptIdentity(
      name: "AWS sign-in at IAM Identity Center \(shownName)",
      parts: ["aws-sso-token", path]
    )
  }
}

/// Digests that the AWS tools name files by.
enum FileDigest {
  /// SHA-1 of the text's UTF-8 bytes, in hexadecimal.
  static func sha1(_ text: String) -> String {
    hexadecimal(Insecure.SHA1.hash(data: Array(text.utf8)))
  }

  /// SHA-256 of the text's UTF-8 bytes, in hexadecimal.
  static func sha256(_ text: String) -> String {
    hexadecimal(Crypto.SHA256.hash(data: Array(text.utf8)))
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

/// There is no home folder, and so no file of the AWS tools.
enum NoHome {
  static let error = CloudError(
    .configuration,
    "there is no home folder to look for the files of the AWS tools in",
    remedy: "set HOME"
  )
}
