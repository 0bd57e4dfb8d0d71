// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Testing

/// The expected values beside these tests.
enum Vectors {
  private struct Missing: Error {}

  private static let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast().joined(separator: "/")

  /// `cloud-requests.json`, as far as it is about AWS.
  struct CloudRequests: Decodable {
    struct Named: Decodable, Sendable, CustomTestStringConvertible {
      let key: String
      let file: String
      var testDescription: String { key }
    }

    struct Session: Decodable, Sendable, CustomTestStringConvertible {
      let login_session: String
      let file: String
      var testDescription: String { login_session }
    }

    /// A key of `~/.aws/cli/cache`: the JSON text that its file is named after.
    struct Key: Decodable, Sendable, CustomTestStringConvertible {
      let json: String
      let file: String
      var testDescription: String { json }
    }

    let stsHeaderAuth: [RequestVectorTests.Vector]
    let assumeRoleCliCacheKeys: [CLIRoleCacheTests.Vector]
    let ssoRoleCredentials: [Key]
    let ssoTokenCacheFiles: [Named]
    let loginTokenCacheFiles: [Session]

    enum CodingKeys: String, CodingKey {
      case stsHeaderAuth, assumeRoleCliCacheKeys, ssoTokenCacheFiles, loginTokenCacheFiles
      case ssoRoleCredentials = "ssoRoleCredentialsCliCacheKeys(v2 only)"
    }
  }

  /// The requests and file names; throws if they are missing or in another form.
  static func cloudRequests() throws -> CloudRequests {
    try decoded(CloudRequests.self, from: "cloud-requests.json")
  }

  /// A file of `Vectors/`, decoded; throws if it is missing or in another form.
  static func decoded<Value: Decodable>(_ type: Value.Type, from name: String) throws -> Value {
    guard let data = FileManager.default.contents(atPath: folder + "/Vectors/" + name) else {
      throw Missing()
    }
    return try JSONDecoder().decode(type, from: data)
  }
}
