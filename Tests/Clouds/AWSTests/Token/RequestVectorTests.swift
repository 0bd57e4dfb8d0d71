// SPDX-License-Identifier: Apache-2.0

import Testing

import EKSToken

/// Requests to STS that botocore signed at a frozen time.
@Suite struct RequestVectorTests {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    let url: String
    let region: String
    let sessionToken: String?
    let body: String
    let headers: [String: String]
    var testDescription: String { url }
  }

  static func vectors() throws -> [Vector] { try Vectors.cloudRequests().stsHeaderAuth }

  @Test func `all vectors are here`() throws {
    let all = try Vectors.cloudRequests()
    #expect(all.stsHeaderAuth.count == 3)
    #expect(all.assumeRoleCliCacheKeys.count == 6)
    #expect(all.ssoTokenCacheFiles.count == 4)
    #expect(all.loginTokenCacheFiles.count == 2)
    #expect(all.ssoRoleCredentials.count == 2)
  }

  @Test(arguments: try RequestVectorTests.vectors())
  func `the headers of a signed form are those of botocore`(vector: Vector) throws {
    let credentials = try #require(
      AWSCredentials(
        accessKeyID: vector.sessionToken == nil ? "AKIAIOSFODNN7EXAMPLE" : Self.key(vector),
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        sessionToken: vector.sessionToken
      )
    )
    let seconds = try #require(AWSTime.seconds("2024-01-02T03:04:05Z"))
    let scope = try #require(
      SignatureV4.Scope(at: seconds, region: vector.region, service: "sts")
    )
    let host = vector.url.dropFirst("https://".count).dropLast()
    let headers = SignatureV4.formHeaders(
      host: String(host),
      body: Array(vector.body.utf8),
      scope: scope,
      credentials: credentials
    )
    let expected = Dictionary(
      uniqueKeysWithValues: vector.headers.map { ($0.key.lowercased(), $0.value) }
    )
    let found = Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value.expose()) })
    #expect(found == expected)
  }

  /// The access key that the vector was made with, as its own header names it.
  private static func key(_ vector: Vector) -> String {
    let after = vector.headers["Authorization"]?.split(separator: "Credential=").last ?? ""
    return String(after.prefix { $0 != "/" })
  }
}
