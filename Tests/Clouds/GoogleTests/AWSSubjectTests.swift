// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Workloads of AWS, whose subject tokens are equal to those that google-auth makes.
@Suite struct AWSSubjectTests {
  /// A row of Vectors/aws-subject-tokens.json, made by google-auth for Python at 2024-01-02T03:04:05Z.
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    let audience: String
    let region: String
    let sessionToken: String?
    let token: String

    enum CodingKeys: String, CodingKey {
      case audience, region, sessionToken
      case token = "subject_token"
    }

    var testDescription: String { sessionToken == nil ? "lasting keys" : "temporary keys" }
  }

  static let vectors: [Vector] = {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let path = (folder + ["Vectors", "aws-subject-tokens.json"]).joined(separator: "/")
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
    return (try? JSONDecoder().decode([Vector].self, from: data)) ?? []
  }()

  private static let verification =
    #""https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15""#
  private static let keys = [
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  ]

  private func credential(_ more: String = "", url: String = verification) -> String {
    Credential.external(
      #"{"environment_id":"aws1","regional_cred_verification_url":\#(url)\#(more)}"#,
      type: "urn:ietf:params:aws:token-type:aws4_request"
    )
  }

  @Test func `the vectors are there`() {
    #expect(Self.vectors.count == 2)
  }

  @Test(arguments: vectors) func `byte for byte`(vector: Vector) async throws {
    var variables = Self.keys
    variables["AWS_REGION"] = vector.region
    variables["AWS_SESSION_TOKEN"] = vector.sessionToken
    let text = credential().replacing("\"aud\"", with: "\"\(vector.audience)\"")
    let world = World.adc(text, variables, [.token("t")])
    #expect(try await world.token().token == Secret("t"))
    #expect(world.calls.first?.form["subject_token"] == vector.token)
  }

  private static let metadata =
    #","region_url":"http://169.254.169.254/zone","url":"http://169.254.169.254/role","#
    + #""imdsv2_session_token_url":"http://169.254.169.254/token""#

  @Test func `keys and region of an instance, with a session for each question`() async throws {
    let document = #"{"AccessKeyId":"AKIA","SecretAccessKey":"s","Token":"t"}"#
    let answers = ["s1", "us-east-2b", "s2", "name", "s3", document].map { HTTPAnswer.json($0) }
    let world = World.adc(credential(Self.metadata), [:], answers + [.token("t")])
    #expect(try await world.token().token == Secret("t"))
    let paths = world.direct.map { $0.url.replacing("http://169.254.169.254", with: "") }
    #expect(paths == ["/token", "/zone", "/token", "/role", "/token", "/role/name"])
    #expect(world.calls.count == 7)
    let subject = world.calls.last?.form["subject_token"] ?? ""
    #expect(subject.contains("sts.us-east-2.amazonaws.com") && subject.contains("AKIA"))
  }

  @Test(arguments: [
    #","url":"http://evil.example/keys""#, #","region_url":"https://169.254.169.254/zone""#,
    #","imdsv2_session_token_url":"http://169.254.169.254.evil.example/""#,
  ]) func `a metadata service that is not AWS's`(more: String) async {
    let variables = Self.keys.merging(["AWS_REGION": "us-east-2"]) { $1 }
    let world = World.adc(credential(more), variables, [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test(arguments: [
    #""https://sts.{region}.evil.example?Action=GetCallerIdentity""#,
    #""https://amazonaws.com.evil.example""#, #""http://sts.amazonaws.com""#,
    #""https://sts.{region}.amazonaws.com/path?Action=GetCallerIdentity""#, #""""#,
    #""http://127.0.0.1:8080?Action=GetCallerIdentity&Version=2011-06-15""#,
    #""https://127.0.0.1?Action=GetCallerIdentity&Version=2011-06-15""#,
    #""https://iam.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15""#,
    #""https://sts.eu-west-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15""#,
    #""https://mine.s3.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15""#,
    #""https://sts.{region}.amazonaws.com.cn?Action=GetCallerIdentity&Version=2011-06-15""#,
    #""https://sts.{region}.amazonaws.com:443?Action=GetCallerIdentity&Version=2011-06-15""#,
    #""https://sts.{region}.amazonaws.com?Action=AssumeRole&Version=2011-06-15""#,
    #""https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15&X=1""#,
    #""https://sts.{region}.amazonaws.com""#,
  ]) func `a request for somebody else is not signed`(url: String) async {
    let variables = Self.keys.merging(["AWS_REGION": "us-east-2"]) { $1 }
    let world = World.adc(credential(url: url), variables, [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test(arguments: ["us-east-2.evil.example/", "a b", "us-east-2?x=", "-"])
  func `a region that is none`(region: String) async {
    let variables = Self.keys.merging(["AWS_REGION": region]) { $1 }
    let world = World.adc(credential(), variables, [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }
}
