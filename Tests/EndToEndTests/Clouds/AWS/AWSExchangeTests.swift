// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the AWS CLI really sends, recorded from version 1.45.11, beside what lanyard sends for the same configuration.
///
/// The expected requests are those of `Wire/aws.txt`. Every difference stands in `differences`, and with its reason in
/// docs/clouds.md.
@Suite struct AWSExchangeTests {
  /// What lanyard is given to do what a recorded run of `aws eks get-token` did.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    var config = ""
    var variables: [String: String] = [:]
    var arguments: [String] = []
    /// Where a body differs on purpose: what was recorded, and what stands there instead.
    var differences: [String: String] = [:]
    /// Whom the cluster sees: the beginning of the ARN; nil for a run that gives no token.
    let user: String?
    var testDescription: String { name }
  }

  private static let me = "arn:aws:iam::111122223333:user/me"
  private static let assumed = "arn:aws:sts::111122223333:assumed-role/r/lanyard-session-"
  private static let roleARN = "role_arn = arn:aws:iam::111122223333:role/r\n"
  private static let sessionName = ["RoleSessionName=botocore-": "RoleSessionName=lanyard-"]
  private static let otherKeys = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "env"]
  /// What client-go says to a plugin that cannot ask anybody.
  static let info =
    #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}"#

  static let rows = [
    Row(
      name: "static + --role-arn",
      config: "[default]\n" + AWSDesk.keys,
      arguments: ["--role-arn", "arn:aws:iam::111122223333:role/r"],
      user: "arn:aws:sts::111122223333:assumed-role/r/EKSGetTokenAuth"
    ),
    Row(
      name: "profile assume-role",
      config: "[profile p]\n\(roleARN)source_profile = base\nexternal_id = ex/1\n"
        + "duration_seconds = 3600\n[profile base]\n\(AWSDesk.keys)",
      arguments: ["--profile", "p"],
      differences: sessionName,
      user: assumed
    ),
    Row(
      name: "web identity env",
      variables: [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "FOLDER/token",
        "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/r",
      ],
      differences: sessionName.merging(["WebIdentityToken=eyJ.a.b%0A": "WebIdentityToken=eyJ.a.b"])
      { $1 },
      user: assumed
    ),
    Row(
      name: "container full uri + token file",
      variables: [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "BASE/container/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "FOLDER/podtoken",
      ],
      user: "arn:aws:sts::111122223333:assumed-role/pod/eks-lab-pod"
    ),
    Row(
      name: "imds",
      variables: [
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "BASE/imds/", "AWS_EC2_METADATA_DISABLED": "",
      ],
      user: "arn:aws:sts::111122223333:assumed-role/myrole/i-0123456789abcdef0"
    ),
    Row(
      name: "credential_process",
      config: "[profile p]\ncredential_process = /bin/cat FOLDER/printed\n",
      arguments: ["--profile", "p"],
      user: me
    ),
    Row(name: "none", user: nil),
    Row(
      name: "KUBERNETES_EXEC_INFO v1",
      config: "[default]\n" + AWSDesk.keys,
      variables: ["KUBERNETES_EXEC_INFO": info],
      user: me
    ),
    Row(
      name: "default_profile vs explicit: AWS_PROFILE + env keys",
      config: "[profile p]\n\(roleARN)source_profile = p\n" + AWSDesk.keys,
      variables: otherKeys.merging(["AWS_PROFILE": "p"]) { $1 },
      user: "arn:aws:iam::111122223333:user/env"
    ),
    Row(
      name: "--profile + env keys",
      config: "[profile p]\n\(roleARN)credential_source = Environment\n",
      variables: otherKeys,
      arguments: ["--profile", "p"],
      differences: sessionName,
      user: assumed
    ),
  ]

  @Test func `every run that was recorded is compared`() throws {
    let recorded = try RecordedWire.all("aws.txt").map(\.name)
    #expect(recorded.count == 13)
    #expect(Set(recorded) == Set(Self.rows.map(\.name) + SSOExchangeTests.rows.map(\.name)))
  }

  @Test(arguments: rows)
  func `requests are those of the AWS CLI, but for the differences that are listed`(
    row: Row
  ) async throws {
    let recorded = try RecordedWire.named(row.name, in: "aws.txt")
    try await AWSDesk.with { desk in
      let result = try await run(row, desk)
      let found = desk.aws.requests
      #expect(found.map(\.line) == recorded.requests.map(\.line))
      for (request, expected) in zip(found, recorded.requests) {
        #expect(
          request.headers.mapValues(Self.withoutTimes)
            == expected.headers.mapValues(Self.withoutTimes)
        )
        let body = row.differences.reduce(expected.body) { $0.replacing($1.key, with: $1.value) }
        #expect(Self.withoutTimes(request.body) == Self.withoutTimes(body))
      }
      #expect((result.status == 0) == (recorded.status == 0), "\(result.errors)")
      guard let user = row.user else {
        #expect(result.status == 7)
        #expect(result.output.isEmpty)
        return
      }
      #expect(try desk.user(of: result).hasPrefix(user))
      #expect(try result.reportedLife == 14 * 60)
      if row.variables["KUBERNETES_EXEC_INFO"] != nil {
        let version = try JSONValue.parse(recorded.output)["apiVersion"]
        #expect(try result.credential["apiVersion"] == version)
      }
      #expect(!FileManager.default.fileExists(atPath: "\(desk.desk.folder)/home/.aws/cli"))
    }
  }

  private func run(_ row: Row, _ desk: AWSDesk) async throws -> Outcome {
    let folder = desk.desk.folder
    desk.aws.add("AKIAENV", secret: "env", arn: "arn:aws:iam::111122223333:user/env")
    try PrivateFile.write("eyJ.a.b\n", to: "\(folder)/token")
    try PrivateFile.write("podtoken", to: "\(folder)/podtoken")
    try PrivateFile.write(
      #"{"Version":1,"AccessKeyId":"\#(AWSCloud.accessKey)","SecretAccessKey":"\#(AWSCloud.secret)"}"#,
      to: "\(folder)/printed"
    )
    let filled = { (text: String) in
      text.replacing("FOLDER", with: folder)
        .replacing("BASE", with: "\(desk.desk.lab.issuer)/aws")
    }
    if !row.config.isEmpty { try desk.write(filled(row.config)) }
    return try await desk.getToken(row.arguments, row.variables.mapValues(filled))
  }

  @Test func `--role-arn is assumed once for two clusters, and nothing is left for the AWS CLI`()
    async throws
  {
    try await AWSDesk.with { desk in
      try desk.write("[default]\n" + AWSDesk.keys)
      let role = ["--role-arn", "arn:aws:iam::111122223333:role/r"]
      for cluster in [AWSCloud.cluster, "other"] {
        let result = try await desk.desk.lanyard(
          ["get-token", "eks", "--cluster-name", cluster, "--region", AWSCloud.region] + role,
          desk.surroundings()
        )
        #expect(result.status == 0, "\(result.errors)")
      }
      #expect(desk.actions == ["AssumeRole"])
      #expect(!FileManager.default.fileExists(atPath: "\(desk.desk.folder)/home/.aws/cli"))
    }
  }

  /// Dates, signatures and the second in a session's name, which are others each time; STS has checked the signature.
  static func withoutTimes(_ text: String) -> String {
    var text = text
    if let signature = text.firstRange(of: "Signature=") {
      text.replaceSubrange(signature.upperBound..., with: "…")
    }
    if let session = text.firstRange(of: "-session-") {
      let second = text[session.upperBound...].prefix { $0.isNumber }
      text.replaceSubrange(second.startIndex..<second.endIndex, with: "…")
    }
    if let scope = text.firstRange(of: "Credential=") {
      let day = text[scope.upperBound...].drop { $0 != "/" }.dropFirst().prefix { $0.isNumber }
      text.replaceSubrange(day.startIndex..<day.endIndex, with: "…")
    }
    let isTime =
      text.count == 16 && text.hasSuffix("Z")
      && text.dropLast().allSatisfy { $0.isNumber || $0 == "T" }
    return isTime ? "…" : text
  }
}
