// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import HTTPTypes
import OAuth
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Credentials that somebody else gives: tokens in files, containers, instances, programs.
@Suite struct SourceTests {
  private static let region = ["AWS_REGION": "us-west-2"]
  private static let end = "2026-11-23T21:04:00Z"
  private static let document =
    #"{"Code":"Success","AccessKeyId":"ASIAMETA","SecretAccessKey":"s","Token":"t","Expiration":"\#(end)"}"#

  private static func token(
    _ world: World,
    _ variables: [String: String],
    profile: String? = nil,
    allows: Set<CloudPermission> = [],
    changing: (inout CloudEffects) -> Void = { _ in }
  ) async throws -> CloudToken {
    var request = EKSRequest(cluster: "c")
    request.profile = profile
    var effects = world.effects(variables.merging(region) { $1 }, allows: allows)
    changing(&effects)
    return try await EKS.token(for: request, effects: effects)
  }

  // MARK: web identity

  private static let irsa = [
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod",
  ]

  @Test func `a web identity's token is trimmed, sent unsigned, and read again each time`()
    async throws
  {
    let world = World { sent throws(TransportFailure) in AWSService.sts(sent) }
    world.put("eyJ.a.b\n", at: "/var/token")
    #expect(signer(of: try await Self.token(world, Self.irsa).token) == "ASIAPOD")
    let sent = try #require(world.sent.first)
    #expect(
      AWSService.form(sent) == [
        "Action=AssumeRoleWithWebIdentity", "Version=2011-06-15", "RoleArn=arn:aws:iam::1:role/pod",
        "RoleSessionName=lanyard-session-1795467239", "WebIdentityToken=eyJ.a.b",
      ]
    )
    #expect(sent.headers[.authorization] == nil)
    world.put("eyJ.c.d", at: "/var/token")
    world.state.withLock { $0.kept = [:] }
    _ = try await Self.token(world, Self.irsa)
    #expect(world.sent.last.map(AWSService.form)?.last == "WebIdentityToken=eyJ.c.d")
  }

  @Test func `two subjects at one place do not share credentials`() async throws {
    let world = World { sent throws(TransportFailure) in AWSService.sts(sent) }
    for subject in ["one", "two", "one"] {
      let claims = Base64URL.encode(Array(#"{"iss":"i","sub":"\#(subject)"}"#.utf8))
      world.put("eyJ.\(claims).c", at: "/var/token")
      _ = try await Self.token(world, Self.irsa)
    }
    #expect(world.sent.count == 2)
  }

  @Test(arguments: ["", "secret text", "a.b", "a.b.c.d", "-----BEGIN KEY-----\na.b.c", "a..c"])
  func `a file that holds no JWT is not sent`(text: String) async throws {
    let world = World { sent throws(TransportFailure) in AWSService.sts(sent) }
    world.put(text, at: "/var/token")
    let error = await outcome { try await Self.token(world, Self.irsa) }.cloudError
    #expect(error?.code == .configuration)
    #expect(world.sent.isEmpty)
  }

  // MARK: where secrets may go

  @Test(
    arguments: [
      ("http://127.0.0.1:5000", "", false), ("https://localhost", "", false),
      (
        "https://vpce-1.sts.us-west-2.vpce.amazonaws.com",
        "https://vpce-1.sts.us-west-2.vpce.amazonaws.com/", true
      ),
      (
        "https://sts.eu-west-1.amazonaws.com:443", "https://sts.eu-west-1.amazonaws.com:443/", true
      ),
      ("https://sts-fips.us-west-2.api.aws/", "https://sts-fips.us-west-2.api.aws/", true),
      ("https://a1.execute-api.us-east-1.amazonaws.com/p", "", false),
      ("https://a1.execute-api.us-east-1.amazonaws.com", "", false),
      ("https://bucket.s3.us-west-2.amazonaws.com", "", false),
      ("https://sts.s3.amazonaws.com", "", false),
      ("https://a1.lambda-url.us-east-1.on.aws", "", false),
      ("https://sts.us-west-2.amazonaws.com/p", "", false),
      ("https://sts.us-west-2.amazonaws.com:8443", "", false),
      ("https://sts.us-west-2.amazonaws.com/?p", "", false),
      ("http://127.0.0.1:5000/?p", "", false),
      ("https://sts.evil.example", "", false), ("https://amazonaws.com.evil.example", "", false),
      ("http://sts.us-west-2.amazonaws.com", "", false), ("https://evilamazonaws.com", "", false),
      ("nonsense", "", false),
    ]
  )
  func `roles are assumed at STS's own hosts, and not at whoever listens on this machine`(
    endpoint: String,
    url: String,
    isTaken: Bool
  ) async throws {
    let world = World { sent throws(TransportFailure) in AWSService.sts(sent) }
    world.put("eyJ.a.b", at: "/var/token")
    let variables = Self.irsa.merging(["AWS_ENDPOINT_URL_STS": endpoint]) { $1 }
    let result = await outcome { try await Self.token(world, variables) }
    #expect(world.sent.map(\.url) == (isTaken ? [url] : []))
    #expect(result.cloudError?.code == (isTaken ? nil : .configuration))
    if isTaken { #expect(world.told.contains { $0.contains("custom STS endpoint") }) }
  }

  @Test func `another host is taken where the user's own configuration allows it`() async throws {
    let world = World { sent throws(TransportFailure) in AWSService.sts(sent) }
    world.put("eyJ.a.b", at: "/var/token")
    let variables = Self.irsa.merging(["AWS_ENDPOINT_URL_STS": "https://sts.corp.example"]) { $1 }
    let token = try await Self.token(world, variables, allows: [.awsOtherHosts])
    #expect(world.sent.map(\.url) == ["https://sts.corp.example/"])
    let url = Base64URL.decode(token.token.expose().dropFirst(11).utf8) ?? []
    #expect(String(decoding: url, as: UTF8.self).hasPrefix("https://sts.us-west-2.amazonaws.com/?"))
  }

  // MARK: containers

  @Test(
    arguments: [
      (
        ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x?id=1"], "http://169.254.170.2/v2/x?id=1",
        nil
      ),
      (
        [
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN": "text",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/pod",
        ], "http://169.254.170.23/v1/credentials", "podtoken"
      ),
      (
        [
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://[fd00:ec2::23]/v1/credentials",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN": "text",
        ], "http://[fd00:ec2::23]/v1/credentials", "text"
      ),
      (
        ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:99/x"], "http://localhost:99/x",
        nil
      ),
      (
        ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://other.example/x"],
        "https://other.example/x", nil
      ),
    ] as [([String: String], String, String?)]
  )
  func `a container's service is asked where the environment says`(
    variables: [String: String],
    url: String,
    authorization: String?
  ) async throws {
    let world = World { _ throws(TransportFailure) in .json(Self.document) }
    world.put("podtoken\n", at: "/pod")
    let token = try await Self.token(world, variables)
    #expect(signer(of: token.token) == "ASIAMETA")
    #expect(token.reported == world.now.addingTimeInterval(601))
    #expect(world.sent.map(\.url) == [url])
    #expect(world.sent.first?.headers[.authorization] == authorization)
    #expect(world.sent.first?.headers[.accept] == "application/json")
  }

  @Test(
    arguments: [
      ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "v2/x"],
      ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": ".evil.example/x"],
      ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": ":80@evil.example/x"],
      ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://other.example/x"],
      ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.169.254/x"],
      ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "ftp://localhost/x"],
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://other.example/x",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "secret",
      ],
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nb",
      ],
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/gone",
      ],
    ]
  )
  func `a container's service elsewhere gets nothing`(variables: [String: String]) async throws {
    let world = World { _ throws(TransportFailure) in .json(Self.document) }
    let error = await outcome { try await Self.token(world, variables) }.cloudError
    #expect(error?.code == .configuration)
    #expect(world.sent.isEmpty)
  }

  @Test(arguments: [("{}", 500), ("{}", 200), (#"{"AccessKeyId":"A"#, 200)])
  func `a container's service that fails is asked three times`(
    text: String,
    status: Int
  ) async throws {
    let world = World { _ throws(TransportFailure) in .json(text, status: status) }
    let variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x"]
    let error = await outcome { try await Self.token(world, variables) }.cloudError
    #expect(error?.code == .temporary)
    #expect(world.sent.count == 3)
  }

  // MARK: instances

  @Test func `an instance's service is asked for a token, the role and its credentials`()
    async throws
  {
    let world = World { sent throws(TransportFailure) in Self.imds(sent) }
    let token = try await Self.token(world, [:])
    #expect(signer(of: token.token) == "ASIAMETA")
    let base = "http://169.254.169.254/latest/"
    let path = base + "meta-data/iam/security-credentials/"
    #expect(world.sent.map(\.url) == [base + "api/token", path, path + "myrole"])
    #expect(world.sent.map(\.method) == ["PUT", "GET", "GET"])
    #expect(
      world.sent.map { sent in
        HTTPField.Name("x-aws-ec2-metadata-token").flatMap { sent.headers[$0] }
      }
        == [nil, "IMDSTOKEN", "IMDSTOKEN"]
    )
  }

  private static func imds(_ sent: World.Sent, tokenStatus: Int = 200) -> HTTPAnswer {
    if sent.method == "PUT" { return .json("IMDSTOKEN", status: tokenStatus) }
    if sent.url.hasSuffix("/availability-zone/") { return .json("eu-west-1b") }
    return .json(sent.url.hasSuffix("/") ? "myrole\n" : document)
  }

  @Test(arguments: [(403, true), (404, true), (405, true), (400, false), (500, false)])
  func `only a service that knows no tokens is asked as in version 1`(
    status: Int,
    isAsked: Bool
  ) async throws {
    let world = World { sent throws(TransportFailure) in Self.imds(sent, tokenStatus: status) }
    let result = await outcome { try await Self.token(world, [:]) }
    #expect((result.cloudError == nil) == isAsked)
    let strict = ["AWS_EC2_METADATA_V1_DISABLED": "true"]
    #expect(
      await outcome { try await Self.token(world, strict) }.cloudError?.code
        == (status == 500 ? .temporary : .configuration)
    )
  }

  /// How the instance's service fails: at which path, with which status; 0: nobody is there, 1: silence.
  private static let faults: [(path: String, status: Int, code: CloudError.Code)] = [
    ("/api/token", 0, .configuration), ("/api/token", 1, .configuration),
    ("/api/token", 500, .temporary), ("/api/token", 503, .temporary),
    ("/security-credentials/", 0, .temporary), ("/security-credentials/", 1, .temporary),
    ("/security-credentials/", 500, .temporary), ("/security-credentials/", 404, .configuration),
    ("/myrole", 0, .temporary), ("/myrole", 1, .temporary), ("/myrole", 500, .temporary),
    ("/myrole", 404, .temporary),
  ]

  private static func failing(_ path: String, _ status: Int) -> World {
    World { sent throws(TransportFailure) in
      guard sent.url.hasSuffix(path) || (path == "/api/token" && status < 2) else {
        return imds(sent)
      }
      if status == 0 { throw .notSent("connection refused") }
      if status == 1 { throw .noAnswer("timed out") }
      return .json("", status: status)
    }
  }

  @Test(arguments: faults)
  func `a service that gave a token and then fails is away for now, and silence is none`(
    path: String,
    status: Int,
    code: CloudError.Code
  ) async throws {
    let error = await outcome { try await Self.token(Self.failing(path, status), [:]) }.cloudError
    #expect(error?.code == code)
    let says = code == .configuration ? "no AWS credentials" : "instance metadata service"
    #expect(error?.what.contains(says) == true)
  }

  @Test func `a service that the configuration names fails also when it is silent`() async throws {
    let named = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9"]
    let error = await outcome {
      try await Self.token(Self.failing("/api/token", 1), named)
    }.cloudError
    #expect(error?.code == .temporary)
    let refused = await outcome {
      try await Self.token(Self.failing("/api/token", 0), named)
    }.cloudError
    #expect(refused?.code == .configuration)
  }

  @Test(
    arguments: [
      (#"{"Code":"Success","AccessKeyId":"ASIA"#, CloudError.Code.temporary), ("", .temporary),
      ("[]", .temporary), (#"{"Code":"Success","AccessKeyId":"A"}"#, .temporary),
      (#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}"#, .refused),
    ]
  )
  func `torn credentials are temporary, and refused ones are refused`(
    text: String,
    code: CloudError.Code
  ) async throws {
    let world = World { sent throws(TransportFailure) in
      sent.url.hasSuffix("/myrole") ? .json(text) : Self.imds(sent)
    }
    #expect(await outcome { try await Self.token(world, [:]) }.cloudError?.code == code)
  }

  @Test func `version 1 that wants a token names the hop limit`() async throws {
    let world = World { sent throws(TransportFailure) in
      if sent.method == "PUT" { throw .noAnswer("timed out") }
      return .json("", status: 401)
    }
    let error = await outcome { try await Self.token(world, [:]) }.cloudError
    #expect(error?.code == .configuration)
    #expect(error?.remedy.contains("hop limit") == true)
  }

  @Test func `an instance that cannot say its region for now is temporary`() async throws {
    let world = World { sent throws(TransportFailure) in
      sent.url.hasSuffix("/availability-zone/") ? .json("", status: 500) : Self.imds(sent)
    }
    let variables = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"]
    let error = await outcome {
      try await EKS.token(for: EKSRequest(cluster: "c"), effects: world.effects(variables))
    }.cloudError
    #expect(error?.code == .temporary)
  }

  @Test func `a switch turns the instance's service off, and nothing is asked`() async throws {
    let world = World { sent throws(TransportFailure) in Self.imds(sent) }
    let error = await outcome {
      try await Self.token(world, ["AWS_EC2_METADATA_DISABLED": "True"])
    }.cloudError
    #expect(error?.what.contains("no AWS credentials") == true)
    #expect(world.sent.isEmpty)
  }

  @Test(
    arguments: [
      ("http://127.0.0.1:9/", true), ("http://169.254.1.2", true), ("http://[fd00:ec2::254]", true),
      ("http://169.254.evil.example", false), ("https://evil.example", false),
      ("http://10.0.0.1", false),
    ]
  )
  func `an instance's service may be here or near`(endpoint: String, isAsked: Bool) async throws {
    let world = World { sent throws(TransportFailure) in Self.imds(sent) }
    let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint]
    let error = await outcome { try await Self.token(world, variables) }.cloudError
    #expect((error == nil) == isAsked)
    #expect(world.sent.isEmpty == !isAsked)
  }

  @Test func `credentials whose end has passed are used all the same, with a warning`() async throws
  {
    let world = World { sent throws(TransportFailure) in
      sent.url.hasSuffix("/myrole")
        ? .json(Self.document.replacing(Self.end, with: "2026-11-23T20:00:00Z")) : Self.imds(sent)
    }
    let token = try await Self.token(world, [:])
    #expect(token.reported == world.now.addingTimeInterval(14 * 60))
    #expect(world.told.contains { $0.contains("have ended") })
  }

  @Test func `the instance's region is the last that is asked for`() async throws {
    let world = World { sent throws(TransportFailure) in Self.imds(sent) }
    let variables = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"]
    let token = try await EKS.token(
      for: EKSRequest(cluster: "c"),
      effects: world.effects(variables)
    )
    let url = Base64URL.decode(token.token.expose().dropFirst(11).utf8) ?? []
    #expect(String(decoding: url, as: UTF8.self).hasPrefix("https://sts.eu-west-1.amazonaws.com/?"))
  }

  @Test func `a role whose name is no name is not asked for`() async throws {
    let world = World { sent throws(TransportFailure) in
      sent.method == "PUT" ? .json("T") : .json("../../user-data")
    }
    #expect(await outcome { try await Self.token(world, [:]) }.cloudError != nil)
    #expect(world.sent.count == 2)
  }

  // MARK: programs

  private static let process =
    "[profile p]\ncredential_process = \"/opt/my tool\" --for 'a b' c\n"
  private static let printed =
    #"{"Version":1,"AccessKeyId":"ASIAPROC","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026-11-23T21:04:00Z"}"#

  private static func world(_ path: String = "/home/me/.aws/config") -> World {
    let world = World()
    world.put(process, at: path)
    return world
  }

  @Test func `a program is run as its words say, without a shell`() async throws {
    let calls = Calls()
    let token = try await Self.token(Self.world(), [:], profile: "p") {
      $0.run = { call throws(CloudError) in calls.answer(call, Self.printed) }
    }
    #expect(calls.words == [["/opt/my tool", "--for", "a b", "c"]])
    #expect(calls.seconds == [60])
    #expect(signer(of: token.token) == "ASIAPROC")
  }

  @Test func `a command in a file that a kubeconfig chose is not run unless that is allowed`()
    async throws
  {
    for variables in [
      ["AWS_CONFIG_FILE": "/evil/config"], ["AWS_CONFIG_FILE": "/home/me/x/../.aws/config"],
    ] {
      let calls = Calls()
      let world = Self.world(variables["AWS_CONFIG_FILE"] ?? "")
      let error = await outcome {
        try await Self.token(world, variables, profile: "p") {
          $0.run = { call throws(CloudError) in calls.answer(call, Self.printed) }
        }
      }.cloudError
      #expect(error?.code == .configuration)
      #expect(calls.words.isEmpty)
      let token = try await Self.token(
        world,
        variables,
        profile: "p",
        allows: [.awsCredentialProcess]
      ) {
        $0.run = { call throws(CloudError) in calls.answer(call, Self.printed) }
      }
      #expect(signer(of: token.token) == "ASIAPROC")
    }
    let calls = Calls()
    let error = await outcome {
      try await Self.token(Self.world("/elsewhere/.aws/config"), [:], profile: "p") {
        $0.home = "/elsewhere"
        $0.run = { call throws(CloudError) in calls.answer(call, Self.printed) }
      }
    }.cloudError
    #expect(error?.code == .configuration)
    #expect(calls.words.isEmpty)
  }

  @Test(
    arguments: [
      (1, "", "sign in first\n", "sign in first"), (0, "nonsense", "", "other than JSON"),
      (0, #"{"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"}"#, "", "version"),
      (0, #"{"Version":1,"AccessKeyId":"A"}"#, "", "no AccessKeyId"),
      (
        0, #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}"#, "",
        "no time"
      ),
      (
        0,
        #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"}"#,
        "", "ended at"
      ),
    ]
  )
  func `a program that fails says why`(
    status: Int32,
    output: String,
    errors: String,
    what: String
  ) async throws {
    let error = await outcome {
      try await Self.token(Self.world(), [:], profile: "p") {
        $0.run = { _ throws(CloudError) in
          ProgramAnswer(status: status, output: Secret(output), errors: errors)
        }
      }
    }.cloudError
    #expect(error?.what.contains(what) == true)
  }
}

/// The programs that were run.
final class Calls: Sendable {
  private let stored = Mutex<[ProgramCall]>([])
  var words: [[String]] { stored.withLock { $0.map(\.words) } }
  var seconds: [Double] { stored.withLock { $0.map(\.seconds) } }

  func answer(_ call: ProgramCall, _ output: String) -> ProgramAnswer {
    stored.withLock { $0.append(call) }
    return ProgramAnswer(status: 0, output: Secret(output), errors: "")
  }
}
