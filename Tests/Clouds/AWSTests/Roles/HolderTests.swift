// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import OAuth
import Synchronization
import Testing

/// Roles that are assumed with what somebody signed in for, or with what the machine gives: kept for one holder, and
/// never served to another.
@Suite struct HolderTests {
  private static let config = """
    \(SSOAccessTests.config)
    [profile sso-admin]
    region = us-west-2
    role_arn = arn:aws:iam::1:role/admin
    source_profile = dev
    \(LoginAccessTests.config)
    [profile login-admin]
    region = us-west-2
    role_arn = arn:aws:iam::1:role/admin
    source_profile = me
    [profile web]
    role_arn = arn:aws:iam::1:role/web
    web_identity_token_file = /token
    [profile web-admin]
    region = us-west-2
    role_arn = arn:aws:iam::1:role/admin
    source_profile = web
    [profile pod-admin]
    region = us-west-2
    role_arn = arn:aws:iam::1:role/admin
    credential_source = EcsContainer
    [profile instance-admin]
    region = us-west-2
    role_arn = arn:aws:iam::1:role/admin
    credential_source = Ec2InstanceMetadata
    [profile tool]
    credential_process = /opt/tool
    [profile tool-admin]
    region = us-west-2
    role_arn = arn:aws:iam::1:role/admin
    source_profile = tool
    [profile tool-top]
    region = us-west-2
    role_arn = arn:aws:iam::1:role/top
    source_profile = tool-admin
    """
  private static let document =
    #"{"AccessKeyId":"ASIAMETA","SecretAccessKey":"s","Token":"t","Expiration":"2090-01-01T00:00:00Z"}"#

  private static func world() -> World {
    let world = World { sent in
      if sent.url.contains("sts.") { return AWSService.sts(sent) }
      if sent.url.contains("/federation/") { return SSOCredentialsTests.credentials }
      if sent.url.contains("signin") { return LoginAccessTests.renewal }
      if sent.method == "PUT" { return .json("IMDSTOKEN") }
      return .json(sent.url.hasSuffix("security-credentials/") ? "myrole" : document)
    }
    world.put(config, at: "/home/me/.aws/config")
    return world
  }

  private static func token(
    _ world: World,
    _ profile: String,
    role: String? = nil,
    _ variables: [String: String] = [:],
    printing output: String = ""
  ) async throws {
    var request = EKSRequest(cluster: "c")
    request.profile = profile
    request.role = role
    request.region = "us-west-2"
    var effects = world.effects(variables)
    effects.run = { _ in ProgramAnswer(status: 0, output: Secret(output), errors: "") }
    _ = try await EKS.token(for: request, effects: effects)
  }

  /// The roles that STS was asked for, by their names.
  private static func assumed(_ world: World) -> [String] {
    world.sent.filter { $0.url.contains("sts.") }
      .compactMap { FormEncoding.decode(Array($0.body.utf8)) }
      .compactMap { $0.first { $0.name == "RoleArn" }?.value.split(separator: "/").last }
      .map(String.init)
  }

  private static func signIn(_ world: World, as person: String) {
    let file = SSOAccessTests.file(expiresAt: "2099-01-01T00:00:00Z")
    world.put(file.replacing("oldat", with: person), at: SSOAccessTests.corp)
  }

  @Test(arguments: [("sso-admin", nil), ("dev", "arn:aws:iam::1:role/admin")])
  func `a role by IAM Identity Center is of whoever is signed in`(
    profile: String,
    role: String?
  ) async throws {
    let world = Self.world()
    Self.signIn(world, as: "alice")
    for _ in 0..<2 { try await Self.token(world, profile, role: role) }
    #expect(Self.assumed(world) == ["admin"])
    Self.signIn(world, as: "bob")
    try await Self.token(world, profile, role: role)
    #expect(Self.assumed(world) == ["admin", "admin"])
    world.state.withLock { $0.files[SSOAccessTests.corp] = nil }
    let error = await outcome { try await Self.token(world, profile, role: role) }.cloudError
    #expect(error?.code == .loginNeeded)
    let elsewhere = Self.config.replacing("d-1.awsapps.com", with: "d-2.awsapps.com")
    world.put(elsewhere, at: "/home/me/.aws/config")
    Self.signIn(world, as: "alice")
    try await Self.token(world, profile, role: role)
    #expect(Self.assumed(world).count == 3)
  }

  @Test(arguments: [("login-admin", nil), ("me", "arn:aws:iam::1:role/admin")])
  func `a role by a console sign-in stays through its renewals, and ends with it`(
    profile: String,
    role: String?
  ) async throws {
    let world = Self.world()
    let file = LoginAccessTests.file(expiresAt: "2020-01-01T00:00:00Z")
    world.put(file, at: LoginAccessTests.path)
    // The first call renews the sign-in, whose credentials and refresh token are others from then on.
    for _ in 0..<3 { try await Self.token(world, profile, role: role) }
    #expect(world.file(LoginAccessTests.path)?.contains("newrt") == true)
    #expect(Self.assumed(world) == ["admin"])
    let other = LoginKey.pem(try DPoPKey(random: [UInt8](repeating: 8, count: 32))).expose()
    let pem = LoginAccessTests.pem
    world.put(
      file.replacing(pem.replacing("\n", with: "\\n"), with: other.replacing("\n", with: "\\n")),
      at: LoginAccessTests.path
    )
    try await Self.token(world, profile, role: role)
    #expect(Self.assumed(world) == ["admin", "admin"])
    world.state.withLock { $0.files[LoginAccessTests.path] = nil }
    let error = await outcome { try await Self.token(world, profile, role: role) }.cloudError
    #expect(error?.code == .loginNeeded)
  }

  @Test func `a role by a web identity is of its subject`() async throws {
    let world = Self.world()
    for subject in ["one", "two", "one"] {
      let claims = Base64URL.encode(Array(#"{"iss":"i","sub":"\#(subject)"}"#.utf8))
      world.put("eyJ.\(claims).c", at: "/token")
      try await Self.token(world, "web-admin")
    }
    #expect(Self.assumed(world) == ["web", "admin", "web", "admin"])
    world.state.withLock { $0.files["/token"] = nil }
    let error = await outcome { try await Self.token(world, "web-admin") }.cloudError
    #expect(error?.code == .configuration)
  }

  @Test func `a role by a container's service is of its place and its token's subject`()
    async throws
  {
    let world = Self.world()
    let file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    let place = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/a", file: "/pod"]
    let claims = { (text: String) in Base64URL.encode(Array(text.utf8)) }
    // The kubelet's next token of the same service account is the same holder, as is the very same opaque text.
    for token in [
      "opaque", "opaque", "other", "eyJ.\(claims(#"{"iss":"i","sub":"a","iat":1}"#)).x",
      "eyJ.\(claims(#"{"iss":"i","sub":"a","iat":2}"#)).y",
      "eyJ.\(claims(#"{"iss":"i","sub":"b"}"#)).x",
    ] {
      world.put(token, at: "/pod")
      try await Self.token(world, "pod-admin", place)
    }
    #expect(Self.assumed(world).count == 4)
    let moved = place.merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/b"]) {
      $1
    }
    try await Self.token(world, "pod-admin", moved)
    #expect(Self.assumed(world).count == 5)
    let relative = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"]
    for _ in 0..<2 { try await Self.token(world, "pod-admin", relative) }
    #expect(Self.assumed(world).count == 6)
  }

  @Test func `a role by an instance is of the service that was asked`() async throws {
    let world = Self.world()
    for port in [1, 1, 2] {
      let endpoint = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(port)"]
      try await Self.token(world, "instance-admin", endpoint)
    }
    #expect(Self.assumed(world).count == 2)
  }

  @Test func `a role by a program is of the keys that it prints`() async throws {
    let world = Self.world()
    let printed = { (id: String) in
      #"{"Version":1,"AccessKeyId":"\#(id)","SecretAccessKey":"s"}"#
    }
    for id in ["AKIAONE", "AKIAONE", "AKIATWO"] {
      try await Self.token(world, "tool-admin", printing: printed(id))
    }
    #expect(Self.assumed(world) == ["admin", "admin"])
    try await Self.token(world, "tool-top", printing: printed("AKIAONE"))
    #expect(Self.assumed(world) == ["admin", "admin", "top"])
    let error = await outcome { try await Self.token(world, "tool-admin", printing: "") }.cloudError
    #expect(error?.code == .refused)
  }

  @Test func `a token depends on the files of its sign-in`() async throws {
    let world = Self.world()
    world.put("eyJ.a.b", at: "/token")
    var request = EKSRequest(cluster: "c")
    request.profile = "web"
    request.region = "us-west-2"
    let token = try await EKS.token(for: request, effects: world.effects())
    #expect(token.files.last == "/token")
  }
}
