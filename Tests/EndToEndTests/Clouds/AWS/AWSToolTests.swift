// SPDX-License-Identifier: Apache-2.0

import EKSToken
import Lab
import ReadyCredential
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Beside the AWS CLI itself, which scripts/clouds/install installs: the same files, the same clock, another STS
/// (moto).
@Suite(.serialized, .enabled(if: AWSTools.areInstalled, "run scripts/clouds/install"))
struct AWSToolTests {
  private static let time = "2024-01-02 03:04:05"
  private static let keys = [
    "AWS_ACCESS_KEY_ID": AWSCloud.accessKey, "AWS_SECRET_ACCESS_KEY": AWSCloud.secret,
  ]

  /// What both programs are told, and the variables that both get.
  struct Case: Sendable, CustomTestStringConvertible {
    var cluster = "my-cluster"
    var region = "us-west-2"
    var variables: [String: String] = [:]
    var testDescription: String { "\(cluster) \(region) \(variables.keys.sorted())" }
  }

  @Test(arguments: [
    Case(), Case(region: "us-east-1", variables: ["AWS_STS_REGIONAL_ENDPOINTS": "legacy"]),
    Case(region: "cn-north-1"),
    Case(region: "us-gov-east-1", variables: ["AWS_USE_FIPS_ENDPOINT": "true"]),
    Case(region: "eu-west-1", variables: ["AWS_USE_DUALSTACK_ENDPOINT": "true"]),
    Case(
      region: "eu-west-1",
      variables: ["AWS_SESSION_TOKEN": "FwoGZXIvYXdzEJr//////////wEaDA+/=="]
    ),
    Case(cluster: "  odd   name "), Case(cluster: "arn:aws:eks:us-west-2:111122223333:cluster/x"),
  ])
  func `at one moment the token is byte for byte that of aws eks get-token`(row: Case) async throws
  {
    try await AWSDesk.with { desk in
      let variables = desk.desk.environment.merging(Self.keys) { $1 }.merging(row.variables) { $1 }
        .merging([
          "TZ": "UTC", "AWS_EC2_METADATA_DISABLED": "true",
          // With its library in C botocore signs the same in another order.
          "BOTO_DISABLE_CRT": "true",
        ]) { $1 }
      let theirs = try await ProcessRunner.run(
        AWSTools.stopped(at: Self.time) + AWSTools.aws + [
          "--region", row.region, "eks", "get-token", "--cluster-name", row.cluster,
        ],
        environment: variables
      )
      #expect(theirs.status == 0, "\(theirs.errors)")
      let words = [
        "get-token", "eks", "--region", row.region, "--cluster-name", row.cluster,
      ]
      let ours = try #require(Self.signed(words, variables), "the small program does not answer")
      let found = try JSONValue.parse(String(decoding: ours, as: UTF8.self))["status"]
      let expected = try JSONValue.parse(theirs.output)["status"]
      #expect(found?["token"]?.string == expected?["token"]?.string)
      #expect(found?["expirationTimestamp"]?.string == "2024-01-02T03:18:05Z")
      #expect(found == expected)
    }
  }

  /// What the signer gives in this very process at the moment at which the clock of the AWS CLI stands.
  private static func signed(_ words: [String], _ variables: [String: String]) -> [UInt8]? {
    let surroundings = Surroundings(
      environment: { variables[$0].map { Array($0.utf8) } },
      effectiveUser: 0,
      workingDirectory: { nil }
    )
    return StaticKeyAnswer.bytes(
      arguments: words.map { Array($0.utf8) },
      surroundings: surroundings,
      now: UnixTime(milliseconds: 1_704_164_645_000)
    )
  }

  private static let config = """
    [profile base]
    \(AWSDesk.keys)
    [profile dev]
    region = us-west-2
    role_arn = arn:aws:iam::111122223333:role/dev
    source_profile = base
    role_session_name = me
    external_id = ex/1
    [profile top]
    region = us-west-2
    role_arn = arn:aws:iam::444455556666:role/top
    source_profile = dev
    role_session_name = chained
    [profile web]
    region = us-west-2
    role_arn = arn:aws:iam::111122223333:role/web
    role_session_name = pod
    web_identity_token_file = TOKEN
    """

  @Test(arguments: [
    ("dev", "arn:aws:sts::111122223333:assumed-role/dev/me"),
    ("top", "arn:aws:sts::444455556666:assumed-role/top/chained"),
    ("web", "arn:aws:sts::111122223333:assumed-role/web/pod"),
  ])
  func `with one configuration and moto as STS both programs become the same role`(
    profile: String,
    arn: String
  ) async throws {
    try await AWSDesk.with { desk in
      let moto = try desk.desk.start(AWSTools.moto)
      defer { moto.send(15) }
      let said = try await moto.hears { $0.url(of: "http://127.0.0.1:") }
      let base = said.trimmingSuffix("/")
      let token = "\(desk.desk.folder)/token"
      try PrivateFile.write("eyJ.a.b", to: token)
      try desk.write(Self.config.replacing("TOKEN", with: token))
      let variables = try desk.surroundings([
        "AWS_ENDPOINT_URL_STS": base, "AWS_ENDPOINT_URL": base, "AWS_REGION": "us-west-2",
        "AWS_DEFAULT_REGION": "us-west-2",
      ])
      let theirs = try await ProcessRunner.run(
        AWSTools.aws + ["sts", "get-caller-identity", "--profile", profile],
        environment: desk.desk.environment.merging(variables) { $1 }.filter {
          $0.key != "LD_PRELOAD"
        }
      )
      #expect(theirs.status == 0, "\(theirs.errors)")
      #expect(try JSONValue.parse(theirs.output)["Arn"]?.string == arn)
      // Without what the AWS CLI has just kept, so that this is our own request.
      PrivateFile.removeFolder("\(desk.desk.folder)/home/.aws/cli")
      let ours = try await desk.getToken(["--profile", profile], variables)
      #expect(ours.status == 0, "\(ours.errors)")
      #expect(try await Self.caller(of: try ours.token, at: base) == arn)
    }
  }

  @Test func `with --role-arn both programs become the same role by one session name`() async throws
  {
    try await AWSDesk.with { desk in
      let moto = try desk.desk.start(AWSTools.moto)
      defer { moto.send(15) }
      let base = try await moto.hears { $0.url(of: "http://127.0.0.1:") }.trimmingSuffix("/")
      try desk.write(Self.config)
      let variables = try Self.variables(desk, base)
      let role = [
        "--role-arn", "arn:aws:iam::111122223333:role/dev", "--profile", "base",
      ]
      let words = ["--region", "us-west-2", "eks", "get-token", "--cluster-name", "lab"]
      let theirs = try await Self.run(words + role, desk, variables)
      #expect(theirs.status == 0, "\(theirs.errors)")
      let ours = try await desk.getToken(role, variables)
      #expect(ours.status == 0, "\(ours.errors)")
      let arn = "arn:aws:sts::111122223333:assumed-role/dev/EKSGetTokenAuth"
      for token in [try theirs.token, try ours.token] {
        #expect(try await Self.caller(of: token, at: base) == arn)
      }
    }
  }

  @Test(arguments: ["dev", "top", "web"])
  func `what the AWS CLI keeps for a role is used, and nobody is asked`(
    profile: String
  ) async throws {
    try await AWSDesk.with { desk in
      let moto = try desk.desk.start(AWSTools.moto)
      let base = try await moto.hears { $0.url(of: "http://127.0.0.1:") }.trimmingSuffix("/")
      let token = "\(desk.desk.folder)/token"
      try PrivateFile.write("eyJ.a.b", to: token)
      try desk.write(Self.config.replacing("TOKEN", with: token))
      let variables = try Self.variables(desk, base)
      let words = ["eks", "get-token", "--cluster-name", "lab", "--profile", profile]
      let theirs = try await Self.run(words, desk, variables)
      #expect(theirs.status == 0, "\(theirs.errors)")
      moto.send(9)
      _ = try await moto.result()
      let ours = try await desk.getToken(["--profile", profile, "-v"], variables)
      #expect(ours.status == 0, "\(ours.errors)")
      #expect(ours.errors.contains("using the credentials that the AWS CLI keeps"))
      #expect(try ours.signingKey == theirs.signingKey)
    }
  }

  /// The variables of both programs beside moto.
  private static func variables(_ desk: AWSDesk, _ base: String) throws -> [String: String] {
    try desk.surroundings([
      "AWS_ENDPOINT_URL_STS": base, "AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "us-west-2",
    ])
  }

  /// Runs the AWS CLI to its end.
  private static func run(
    _ words: [String],
    _ desk: AWSDesk,
    _ variables: [String: String]
  ) async throws -> Outcome {
    let result = try await ProcessRunner.run(
      AWSTools.aws + words,
      environment: desk.desk.environment.merging(variables) { $1 }.filter { $0.key != "LD_PRELOAD" }
    )
    return Outcome(status: result.status, output: result.output, errors: result.errors)
  }

  /// Sends the request in a token to moto, as a cluster sends it to STS, and gives the ARN that comes back.
  private static func caller(of token: String, at base: String) async throws -> String? {
    let script = """
      import base64, re, sys, urllib.request
      text = sys.argv[1].removeprefix('k8s-aws-v1.')
      url = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4)).decode()
      request = urllib.request.Request(
          re.sub('^https?://[^/]*', sys.argv[2], url),
          headers={'x-k8s-aws-id': 'lab', 'Host': 'sts.us-west-2.amazonaws.com',
                   'Authorization': 'AWS4-HMAC-SHA256 Credential=' +
                   re.search('X-Amz-Credential=([^&]*)', url)[1].replace('%2F', '/')})
      print(re.search('<Arn>(.*)</Arn>', urllib.request.urlopen(request).read().decode())[1])
      """
    let result = try await ProcessRunner.run(["python3", "-c", script, token, base])
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").first.map(String.init)
  }
}

/// The AWS CLI and moto as scripts/clouds/install leaves them.
enum AWSTools {
  private static var folder: String { "\(Programs.repository)/.build/clouds/venv/bin" }

  static var areInstalled: Bool { ProcessRunner.find("\(folder)/aws") != nil }

  /// Its interpreter is named, because a wrapper of the machine could be found in its place.
  static var aws: [String] { ["\(folder)/python", "\(folder)/aws"] }

  /// moto as a server on any free port.
  static var moto: [String] {
    ["\(folder)/python", "\(folder)/moto_server", "-H", "127.0.0.1", "-p", "0"]
  }

  /// What stops the clock of the program that is named after it, but not the one that its waits go by.
  static func stopped(at time: String) -> [String] {
    ["faketime", "--exclude-monotonic", "-f", time]
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
