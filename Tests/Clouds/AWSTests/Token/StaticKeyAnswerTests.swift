// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import ReadyCredential
import Synchronization
import Testing

import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the small program answers by itself, and what it leaves to the full one.
@Suite struct StaticKeyAnswerTests {
  private static let keys = [
    "AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-west-2",
  ]
  private static let arguments = ["get-token", "eks", "--cluster-name", "c"]
  private static let now = UnixTime(milliseconds: 1_704_164_645_678)

  /// A home folder with the two files, removed in the end.
  private final class Home {
    let path: String

    init(config: String?, credentials: String?) throws {
      path =
        FileManager.default.temporaryDirectory.path
        + "/static-keys-\(UInt64.random(in: 0 ... .max))"
      try FileManager.default.createDirectory(
        atPath: path + "/.aws",
        withIntermediateDirectories: true
      )
      for (name, text) in [("config", config), ("credentials", credentials)] {
        guard let text else { continue }
        try Data(text.utf8).write(to: URL(filePath: "\(path)/.aws/\(name)"))
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private static func answer(
    _ arguments: [String] = arguments,
    _ variables: [String: String] = keys,
    config: String? = nil,
    credentials: String? = nil
  ) throws -> [UInt8]? {
    let home = try Home(config: config, credentials: credentials)
    let all = variables.merging(["HOME": home.path]) { own, _ in own }
    let surroundings = Surroundings(
      environment: { all[$0].map { Array($0.utf8) } },
      effectiveUser: 0,
      workingDirectory: { nil }
    )
    let bytes = StaticKeyAnswer.bytes(
      arguments: arguments.map { Array($0.utf8) },
      surroundings: surroundings,
      now: now
    )
    withExtendedLifetime(home) {}
    return bytes
  }

  /// What the full program prints for the same, from the same moment.
  private static func full(
    _ request: EKSRequest,
    _ variables: [String: String],
    config: String,
    credentials: String,
    version: String = "client.authentication.k8s.io/v1"
  ) async throws -> [UInt8] {
    let world = World()
    world.put(config, at: "/home/me/.aws/config")
    world.put(credentials, at: "/home/me/.aws/credentials")
    world.state.withLock { $0.now = Date(timeIntervalSince1970: 1_704_164_645.678) }
    let token = try await EKS.token(for: request, effects: world.effects(variables))
    return CredentialDocument.bytes(
      apiVersion: version,
      token: token.token.expose(),
      expiration: token.reported.map { Int64($0.timeIntervalSince1970) }
    )
  }

  @Test(
    arguments: [
      ("", "[default]\naws_access_key_id = K\naws_secret_access_key = s\n", [:]),
      (
        "[default]\naws_access_key_id = K\naws_secret_access_key = s\naws_session_token = t/+=\n",
        "", [:]
      ),
      (
        "[profile p]\nregion = cn-north-1\n",
        "[p]\naws_access_key_id = K\naws_secret_access_key = s\n",
        ["AWS_PROFILE": "p", "AWS_REGION": ""]
      ),
      ("[default]\nuse_fips_endpoint = true\nsts_regional_endpoints = legacy\n", "", keys),
      ("[default]\nrole_arn = r\nsource_profile = x\n", "", keys),
      ("", "", keys.merging(["AWS_CREDENTIAL_EXPIRATION": "2024-01-02T03:05:00Z"]) { $1 }),
    ] as [(String, String, [String: String])]
  )
  func `both programs give the same bytes`(
    config: String,
    credentials: String,
    variables: [String: String]
  ) async throws {
    let set = ["AWS_REGION": "us-west-2"].merging(variables) { $1 }.filter { !$0.value.isEmpty }
    let small = try #require(
      try Self.answer(Self.arguments, set, config: config, credentials: credentials)
    )
    let full = try await Self.full(
      EKSRequest(cluster: "c"),
      set,
      config: config,
      credentials: credentials
    )
    #expect(String(decoding: small, as: UTF8.self) == String(decoding: full, as: UTF8.self))
  }

  @Test(
    arguments: [
      (nil, "v1"),
      (
        #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":true}}"#,
        "v1beta1"
      ),
      (
        #" { "apiVersion" : "client.authentication.k8s.io/v1" , "kind":"ExecCredential", "spec":{} } "#,
        "v1"
      ),
    ] as [(String?, String)]
  )
  func `the version is the one asked for`(info: String?, version: String) throws {
    var variables = Self.keys
    variables["KUBERNETES_EXEC_INFO"] = info
    let text = String(
      decoding: try #require(try Self.answer(Self.arguments, variables)),
      as: UTF8.self
    )
    #expect(text.contains(#""apiVersion":"client.authentication.k8s.io/\#(version)""#))
    #expect(text.contains(#""expirationTimestamp":"2024-01-02T03:18:05Z""#))
  }

  @Test(arguments: [
    "{}", "x",
    #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1alpha1","spec":{}}"#,
    #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}"#,
    #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{}}}"#,
    #"{"kind":"ExecCredential","kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{}}"#,
    #"{"kind":"Exec\u0043redential","apiVersion":"client.authentication.k8s.io/v1","spec":{}}"#,
    #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{}}}"#,
  ])
  func `exec info that is not plain is left to the full program`(info: String) throws {
    #expect(
      try Self.answer(Self.arguments, Self.keys.merging(["KUBERNETES_EXEC_INFO": info]) { $1 })
        == nil
    )
  }

  @Test(
    arguments: [
      ["get-token", "eks", "--cluster-name=c", "--region=us-east-1", "--use-fips-endpoint"],
      [
        "get-token", "eks", "--cluster-id", "c", "--region", "us-east-1",
        "--use-dualstack-endpoint",
      ],
      ["get-token", "eks", "--cluster-name", "c", "--sts-regional-endpoints", "legacy"],
      ["get-token", "eks", "--region", "us-west-2", "--cluster-name", "c", "--output", "json"],
      ["get-token", "eks", "--cluster-name", "c", "--output=json"],
    ]
  )
  func `its own options are understood`(arguments: [String]) throws {
    #expect(try Self.answer(arguments) != nil)
  }

  @Test(
    arguments: [
      [], ["get-token"], ["get-token", "oidc", "--cluster-name", "c"], ["get-token", "eks"],
      ["get-token", "eks", "--region", "r"], ["get-token", "eks", "--cluster-name"],
      ["get-token", "eks", "--cluster-name", "-x"], ["get-token", "eks", "--cluster-name", ""],
      ["get-token", "eks", "--cluster-name=c", "--cluster-id=d"],
      ["get-token", "eks", "--cluster-name=c", "--region=a", "--region=b"],
      ["get-token", "eks", "--cluster-name=c", "--role-arn=r"],
      ["get-token", "eks", "--cluster-name=c", "--output=text"],
      ["get-token", "eks", "--cluster-name=c", "--output", "json", "--output", "json"],
      ["get-token", "eks", "--cluster-name=c", "-v"],
      ["get-token", "eks", "--cluster-name=c", "--help"],
      ["get-token", "eks", "--cluster-name=c", "--use-fips-endpoint=true"],
      ["get-token", "eks", "--cluster-name=c", "--sts-regional-endpoints=global"],
      ["get-token", "eks", "--cluster-name=c", "--profile=gone"],
      ["get-token", "eks", "--cluster-name=c", "--region=not/one"],
    ]
  )
  func `other arguments are left to the full program`(arguments: [String]) throws {
    #expect(try Self.answer(arguments) == nil)
  }

  @Test(
    arguments: [
      ["AWS_ENDPOINT_URL": "http://localhost"], ["AWS_ENDPOINT_URL_STS": "http://localhost"],
      ["AWS_PROFILE": "gone"], ["AWS_CONFIG_FILE": "relative"], ["AWS_CONFIG_FILE": "/"],
      ["AWS_CREDENTIAL_EXPIRATION": "2024-01-02T03:04:05Z"], ["AWS_CREDENTIAL_EXPIRATION": "x"],
      ["AWS_SECRET_ACCESS_KEY": ""], ["AWS_SECRET_ACCESS_KEY": "a b"], ["AWS_REGION": ""],
      ["HOME": ""],
      ["AWS_SESSION_TOKEN": String(repeating: "t", count: 3000)],
    ]
  )
  func `an unusual environment is left to the full program`(change: [String: String]) throws {
    let variables = Self.keys.merging(change) { $1 }.filter { !$0.value.isEmpty }
    let home: [String: String] = change["HOME"] == "" ? ["HOME": ""] : [:]
    let all = variables.merging(home) { $1 }
    #expect(try Self.answer(Self.arguments, all) == nil)
  }

  @Test(arguments: [
    "role_arn = r", "source_profile = x", "credential_source = Environment", "sso_account_id = 1",
    "web_identity_token_file = /t", "sso_role_name = R", "login_session = l",
    "credential_process = p",
    "services = s", "endpoint_url = u", "sts_regional_endpoints = odd", "aws_session_token = a b",
    "no key at all",
  ])
  func `a profile that is more than keys is left to the full program`(line: String) throws {
    let profile = "[default]\naws_access_key_id = K\naws_secret_access_key = s\n"
    let variables = ["AWS_REGION": "us-west-2"]
    #expect(try Self.answer(Self.arguments, variables, config: profile) != nil)
    #expect(try Self.answer(Self.arguments, variables, config: profile + line + "\n") == nil)
  }

  @Test(arguments: ["sso_session = s", "sso_start_url = u"])
  func `a session without account and role is nobody's source`(line: String) async throws {
    let profile = "[default]\naws_access_key_id = K\naws_secret_access_key = s\n\(line)\n"
    let variables = ["AWS_REGION": "us-west-2"]
    let small = try #require(try Self.answer(Self.arguments, variables, config: profile))
    let full = try await Self.full(
      EKSRequest(cluster: "c"),
      variables,
      config: profile,
      credentials: ""
    )
    #expect(small == full)
  }

  @Test func `the id of a local cluster gives the token of the AWS CLI`() throws {
    let vectors = try TokenVectorTests.vectors().filter { $0.input.via == "cluster-id" }
    let vector = try #require(vectors.first)
    #expect(vectors.count == 1)
    let variables = [
      "AWS_ACCESS_KEY_ID": vector.input.accessKeyId,
      "AWS_SECRET_ACCESS_KEY": vector.input.secretAccessKey,
    ]
    let words = [
      "get-token", "eks", "--region", vector.input.region, "--cluster-id",
      vector.input.clusterName, "--output", "json",
    ]
    let text = String(decoding: try #require(try Self.answer(words, variables)), as: UTF8.self)
    #expect(text.contains(#""token":"\#(vector.expect.tokenAwsCli)""#))
    #expect(text.contains(vector.expect.expirationTimestamp))
  }

  @Test func `a web identity comes before keys in files`() throws {
    let profile = "[default]\naws_access_key_id = K\naws_secret_access_key = s\n"
    let variables = ["AWS_REGION": "us-west-2", "AWS_WEB_IDENTITY_TOKEN_FILE": "/t"]
    #expect(try Self.answer(Self.arguments, variables, credentials: profile) == nil)
    let explicit = Self.arguments + ["--profile", "default"]
    #expect(try Self.answer(explicit, variables, credentials: profile) != nil)
  }
}
