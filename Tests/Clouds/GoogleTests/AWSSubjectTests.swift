// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import OAuth
import ReadyCredential
import Testing

@testable import Google

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Subject tokens of AWS, equal to those that google-auth makes.
@Suite struct AWSSubjectTests {
  /// A row of Vectors/aws-subject-tokens.json, made by google-auth for Python at 2024-01-02T03:04:05Z.
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    let audience: String
    let region: String
    let sessionToken: String?
    let subject_token: String

    var testDescription: String { sessionToken == nil ? "lasting keys" : "temporary keys" }
  }

  static let vectors: [Vector] = {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let path = (folder + ["Vectors", "aws-subject-tokens.json"]).joined(separator: "/")
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
    return (try? JSONDecoder().decode([Vector].self, from: data)) ?? []
  }()

  static let url = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"

  @Test func `the vectors are there`() {
    #expect(Self.vectors.count == 2)
  }

  @Test(arguments: vectors) func `byte for byte`(vector: Vector) async throws {
    var variables = [
      "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
      "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      "AWS_REGION": vector.region,
    ]
    variables["AWS_SESSION_TOKEN"] = vector.sessionToken
    let subject = AWSSubject(effects: World(variables).effects, origin: .test)
    let token = try await subject.token(
      AWSSource(verificationURL: Self.url),
      account(vector.audience)
    )
    #expect(token.expose() == vector.subject_token)
  }

  private func account(_ audience: String) -> ExternalAccount {
    ExternalAccount(
      audience: audience,
      subjectTokenType: "urn:ietf:params:aws:token-type:aws4_request",
      tokenURL: "https://sts.googleapis.com/v1/token",
      source: .aws(AWSSource(verificationURL: Self.url))
    )
  }

  private static let metadata = AWSSource(
    regionURL: "http://169.254.169.254/latest/meta-data/placement/availability-zone",
    credentialsURL: "http://169.254.169.254/latest/meta-data/iam/security-credentials",
    sessionTokenURL: "http://169.254.169.254/latest/api/token",
    verificationURL: url
  )

  @Test func `keys and region of an instance, with a session for each question`() async throws {
    let keys = "{\"AccessKeyId\":\"AKIA\",\"SecretAccessKey\":\"s\",\"Token\":\"t\"}"
    let world = World {
      $0.answers = ["s1", "us-east-2b", "s2", "role", "s3", keys].map { .json($0) }
    }
    let token = try await AWSSubject(effects: world.effects, origin: .test)
      .token(Self.metadata, account("a"))
    #expect(token.expose().contains("sts.us-east-2.amazonaws.com"))
    #expect(
      world.direct.map(\.url.lastPart)
        == ["token", "availability-zone", "token", "security-credentials", "token", "role"]
    )
    #expect(world.direct.count == world.calls.count)
  }

  @Test(arguments: [
    AWSSource(credentialsURL: "http://evil.example/keys", verificationURL: url),
    AWSSource(regionURL: "https://169.254.169.254/zone", verificationURL: url),
    AWSSource(sessionTokenURL: "http://169.254.169.254.evil.example/", verificationURL: url),
    AWSSource(verificationURL: "https://sts.{region}.evil.example?Action=GetCallerIdentity"),
    AWSSource(verificationURL: "https://amazonaws.com.evil.example"),
    AWSSource(verificationURL: "https://sts.amazonaws.com/path?Action=GetCallerIdentity"),
  ]) func `an address that is not AWS's`(source: AWSSource) async throws {
    let world = World([
      "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-2",
    ])
    await #expect(throws: CloudError.self) {
      try await AWSSubject(effects: world.effects, origin: .test).token(source, account("a"))
    }
    #expect(world.calls.isEmpty)
  }

  @Test(arguments: ["us-east-2.evil.example/", "a b", "", "us-east-2?x="])
  func `a region that is none`(region: String) async throws {
    let world = World([
      "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": region,
    ])
    await #expect(throws: CloudError.self) {
      try await AWSSubject(effects: world.effects, origin: .test)
        .token(AWSSource(verificationURL: Self.url), account("a"))
    }
  }
}

extension String {
  /// What stands behind the last slash.
  fileprivate var lastPart: String { split(separator: "/").last.map(String.init) ?? "" }
}
