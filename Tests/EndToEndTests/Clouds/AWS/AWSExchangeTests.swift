// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// What the AWS CLI really sends, recorded from version 1.45.11, beside what lanyard sends for the same configuration.
///
/// Every difference stands in `differences`, and with its reason in docs/clouds.md.
@Suite struct AWSExchangeTests {
  /// One request as it was recorded.
  struct Request: Sendable {
    let line: String
    var headers: [String: String] = [:]
    /// The fields of the form, in order.
    var form: [String] = []
  }

  /// A recorded run of `aws eks get-token`.
  struct Exchange: Sendable, CustomTestStringConvertible {
    let name: String
    var config = ""
    var variables: [String: String] = [:]
    var arguments: [String] = []
    let requests: [Request]
    /// Where lanyard differs on purpose: the recorded field, and what stands there instead.
    var differences: [String: String] = [:]
    var testDescription: String { name }
  }

  private static let form = ["content-type": "application/x-www-form-urlencoded; charset=utf-8"]
  private static let signed = form.merging([
    "x-amz-date": "20261123T205356Z",
    "authorization":
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/us-west-2/sts/aws4_request, "
      + "SignedHeaders=content-type;host;x-amz-date, Signature=…",
  ]) { $1 }
  private static let role = "RoleArn=arn:aws:iam::111122223333:role/r"
  private static let sessionName = [
    "RoleSessionName=botocore-session-…": "RoleSessionName=lanyard-session-…"
  ]

  static let exchanges = [
    Exchange(
      name: "static + --role-arn",
      config: "[default]\n" + AWSDesk.keys,
      arguments: ["--role-arn", "arn:aws:iam::111122223333:role/r"],
      requests: [
        Request(
          line: "POST /",
          headers: signed,
          form: [
            "Action=AssumeRole", "Version=2011-06-15", role, "RoleSessionName=EKSGetTokenAuth",
          ]
        )
      ]
    ),
    Exchange(
      name: "profile assume-role",
      config: """
        [profile p]
        role_arn = arn:aws:iam::111122223333:role/r
        source_profile = base
        external_id = ex/1
        duration_seconds = 3600
        [profile base]
        \(AWSDesk.keys)
        """,
      arguments: ["--profile", "p"],
      requests: [
        Request(
          line: "POST /",
          headers: signed,
          form: [
            "Action=AssumeRole", "Version=2011-06-15", "ExternalId=ex/1", "DurationSeconds=3600",
            role,
            "RoleSessionName=botocore-session-…",
          ]
        )
      ],
      differences: sessionName
    ),
    Exchange(
      name: "web identity env",
      variables: [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/r",
      ],
      requests: [
        Request(
          line: "POST /",
          headers: form,
          form: [
            "Action=AssumeRoleWithWebIdentity", "Version=2011-06-15", role,
            "RoleSessionName=botocore-session-…", "WebIdentityToken=eyJ.a.b\n",
          ]
        )
      ],
      differences: sessionName.merging(["WebIdentityToken=eyJ.a.b\n": "WebIdentityToken=eyJ.a.b"]) {
        $1
      }
    ),
    Exchange(
      name: "container full uri + token file",
      variables: [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "BASE/container/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "PODTOKEN",
      ],
      requests: [
        Request(
          line: "GET /v1/credentials",
          headers: ["accept": "application/json", "authorization": "podtoken"]
        )
      ]
    ),
    Exchange(
      name: "imds",
      variables: [
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "BASE/imds/", "AWS_EC2_METADATA_DISABLED": "",
      ],
      requests: [
        Request(
          line: "PUT /latest/api/token",
          headers: ["x-aws-ec2-metadata-token-ttl-seconds": "21600"]
        ),
        Request(
          line: "GET /latest/meta-data/iam/security-credentials/",
          headers: ["x-aws-ec2-metadata-token": "IMDSTOKEN"]
        ),
        Request(
          line: "GET /latest/meta-data/iam/security-credentials/myrole",
          headers: ["x-aws-ec2-metadata-token": "IMDSTOKEN"]
        ),
      ]
    ),
    Exchange(
      name: "default_profile vs explicit: AWS_PROFILE + env keys",
      config: "[profile p]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = p\n"
        + AWSDesk.keys,
      variables: AWSDesk.keyVariables.merging(["AWS_PROFILE": "p"]) { $1 },
      requests: []
    ),
    Exchange(
      name: "--profile + env keys",
      config:
        "[profile p]\nrole_arn = arn:aws:iam::111122223333:role/r\ncredential_source = Environment\n",
      variables: AWSDesk.keyVariables,
      arguments: ["--profile", "p"],
      requests: [
        Request(
          line: "POST /",
          headers: signed,
          form: [
            "Action=AssumeRole", "Version=2011-06-15", role, "RoleSessionName=botocore-session-…",
          ]
        )
      ],
      differences: sessionName
    ),
  ]

  @Test(arguments: exchanges)
  func `requests are those of the AWS CLI, but for the differences that are listed`(
    exchange: Exchange
  ) async throws {
    try await AWSDesk.with { desk in
      let folder = desk.desk.folder
      try PrivateFile.write("eyJ.a.b\n", to: "\(folder)/token")
      try PrivateFile.write("podtoken", to: "\(folder)/podtoken")
      if !exchange.config.isEmpty { try desk.write(exchange.config) }
      let variables = exchange.variables.mapValues {
        $0.replacing("PODTOKEN", with: "\(folder)/podtoken").replacing(
          "TOKEN",
          with: "\(folder)/token"
        )
        .replacing("BASE", with: "\(desk.desk.lab.issuer)/aws")
      }
      let result = try await desk.getToken(exchange.arguments, variables)
      #expect(result.status == 0, "\(result.errors)")
      let found = desk.aws.requests
      #expect(found.map(\.line) == exchange.requests.map(\.line))
      for (request, expected) in zip(found, exchange.requests) {
        compare(request, expected, exchange.differences)
      }
    }
  }

  private func compare(
    _ found: AWSCloud.Recorded,
    _ expected: Request,
    _ differences: [String: String]
  ) {
    let headers = found.headers.mapValues { Self.withoutTimes($0) }
    #expect(headers == expected.headers.mapValues { Self.withoutTimes($0) })
    let form = found.form.map { Self.withoutTimes($0) }
    #expect(form == expected.form.map { differences[$0] ?? $0 })
  }

  /// Dates, signatures and the second in a session's name, which are others each time; STS has checked the signature.
  static func withoutTimes(_ text: String) -> String {
    var text = text
    if let signature = text.firstRange(of: "Signature=") {
      text.replaceSubrange(signature.upperBound..., with: "…")
    }
    if let session = text.firstRange(of: "-session-"), text.hasPrefix("RoleSessionName=") {
      text.replaceSubrange(session.upperBound..., with: "…")
    }
    if let scope = text.firstRange(of: "EXAMPLE/") {
      let day = text[scope.upperBound...].prefix { $0.isNumber }
      text.replaceSubrange(day.startIndex..<day.endIndex, with: "…")
    }
    let isTime =
      text.count == 16 && text.hasSuffix("Z")
      && text.dropLast().allSatisfy { $0.isNumber || $0 == "T" }
    return isTime ? "…" : text
  }
}
