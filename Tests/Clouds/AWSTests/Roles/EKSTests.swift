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

/// Tokens from profiles and roles, over a machine in memory.
@Suite struct EKSTests {
  private static let config = """
    [default]
    region = us-west-2
    aws_access_key_id = AKIABASE
    aws_secret_access_key = s
    [profile role]
    region = us-west-2
    role_arn = arn:aws:iam::111122223333:role/dev
    source_profile = default
    [profile mfa]
    region = us-west-2
    role_arn = arn:aws:iam::111122223333:role/admin
    source_profile = default
    mfa_serial = arn:aws:iam::111122223333:mfa/me
    duration_seconds = 3600
    """

  private static func world(
    _ config: String = config,
    _ service: @escaping World.Service = {
      AWSService.sts($0)
    }
  ) -> World {
    let world = World(service)
    world.put(config, at: "/home/me/.aws/config")
    return world
  }

  private static func token(
    _ world: World,
    profile: String? = nil,
    role: String? = nil,
    _ variables: [String: String] = [:],
    changing: (inout CloudEffects) -> Void = { _ in }
  ) async throws -> CloudToken {
    var request = EKSRequest(cluster: "c")
    request.profile = profile
    request.role = role
    var effects = world.effects(variables)
    changing(&effects)
    return try await EKS.token(for: request, effects: effects)
  }

  @Test func `keys sign without any request, and the token depends on both files`() async throws {
    let world = Self.world()
    let token = try await Self.token(world)
    #expect(signer(of: token.token) == "AKIABASE")
    #expect(world.sent.isEmpty)
    #expect(token.files == ["/home/me/.aws/config", "/home/me/.aws/credentials"])
    #expect(token.reported == world.now.addingTimeInterval(14 * 60))
    #expect(token.expiry == world.now.addingTimeInterval(15 * 60))
  }

  @Test func `a role is assumed once and kept for its profile and its chain`() async throws {
    let world = Self.world()
    let first = try await Self.token(world, profile: "role")
    let second = try await Self.token(world, profile: "role")
    #expect(signer(of: first.token) == "ASIADEV")
    #expect(signer(of: second.token) == "ASIADEV")
    #expect(
      world.sent.map(AWSService.form) == [
        [
          "Action=AssumeRole", "Version=2011-06-15",
          "RoleArn=arn:aws:iam::111122223333:role/dev",
          "RoleSessionName=lanyard-session-1795467239",
        ]
      ]
    )
    #expect(world.sent.first?.url == "https://sts.us-west-2.amazonaws.com/")
    #expect(
      world.sent.first?.headers[.authorization]?.contains("Credential=AKIABASE/20261123") == true
    )
  }

  @Test func `a role on the command line has the session name of aws eks get-token`() async throws {
    let world = Self.world()
    let token = try await Self.token(world, role: "arn:aws:iam::1:role/x")
    #expect(signer(of: token.token) == "ASIAX")
    #expect(world.sent.map(AWSService.form).first?.last == "RoleSessionName=EKSGetTokenAuth")
  }

  @Test func `roles are chained: each is assumed with the one below it`() async throws {
    let world = Self.world(
      Self.config
        + "\n[profile top]\nregion = us-west-2\nrole_arn = arn:aws:iam::2:role/top\nsource_profile = role\n"
    )
    let token = try await Self.token(world, profile: "top")
    #expect(signer(of: token.token) == "ASIATOP")
    let signers = world.sent.map {
      $0.headers[.authorization]?.split(separator: "Credential=").last?.prefix { $0 != "/" }
    }
    #expect(signers == ["AKIABASE", "ASIADEV"])
    #expect(HTTPField.Name("x-amz-security-token").map { world.sent[1].headers[$0] } == "tok")
  }

  @Test func `an MFA code is asked for once in the life of the role's credentials`() async throws {
    let world = Self.world { sent throws(TransportFailure) in
      AWSService.credentials("AssumeRole", until: "2026-11-23T21:53:59Z")
    }
    let asked = Asked()
    for _ in 0..<3 {
      let token = try await Self.token(world, profile: "mfa") {
        $0.ask = { question, echoes in asked.answer(question, echoes, "123456\n") }
      }
      #expect(signer(of: token.token) == "ASIAROLE")
      world.state.withLock { $0.now += 1100 }
    }
    #expect(asked.questions == ["Enter MFA code for arn:aws:iam::111122223333:mfa/me: "])
    #expect(
      world.sent.map(AWSService.form).first?.suffix(2) == [
        "SerialNumber=arn:aws:iam::111122223333:mfa/me", "TokenCode=123456",
      ]
    )
  }

  @Test(arguments: [nil, "", "12345", "abcdef", "1234567"])
  func `without a code of six digits nothing is sent`(answer: String?) async throws {
    let world = Self.world()
    let asked = Asked()
    let error = await outcome {
      try await Self.token(world, profile: "mfa") {
        $0.ask = { question, echoes in asked.answer(question, echoes, answer) }
      }
    }.cloudError
    #expect(error?.code == (answer == nil ? .loginNeeded : .failed))
    #expect(world.sent.isEmpty)
  }

  @Test func `two accounts with profiles of one name do not share a role's credentials`()
    async throws
  {
    let world = Self.world()
    _ = try await Self.token(world, profile: "role")
    world.put(Self.config.replacing("AKIABASE", with: "AKIAELSE"), at: "/home/me/.aws/config")
    _ = try await Self.token(world, profile: "role")
    #expect(world.sent.count == 2)
  }

  @Test func `a profile that was renamed finds what was kept for it`() async throws {
    let world = Self.world()
    _ = try await Self.token(world, profile: "role")
    world.put(
      Self.config.replacing("[profile role]", with: "[profile other]"),
      at: "/home/me/.aws/config"
    )
    #expect(signer(of: try await Self.token(world, profile: "other").token) == "ASIADEV")
    #expect(world.sent.count == 1)
    let error = await outcome { try await Self.token(world, profile: "role") }.cloudError
    #expect(error?.code == .configuration)
  }

  @Test func `credentials that end early end the token early`() async throws {
    let world = Self.world { _ throws(TransportFailure) in
      AWSService.credentials("AssumeRole", until: "2026-11-23T21:01:39Z")
    }
    let token = try await Self.token(world, profile: "role")
    #expect(token.reported == world.now.addingTimeInterval(460))
    #expect(token.expiry == token.reported)
    let variables = [
      "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1",
      "AWS_CREDENTIAL_EXPIRATION": "2026-11-23T20:54:59Z",
    ]
    #expect(try await Self.token(world, variables).reported == world.now.addingTimeInterval(60))
    world.state.withLock { $0.now += 60 }
    let error = await outcome { try await Self.token(world, variables) }.cloudError
    #expect(error?.code == .loginNeeded)
    #expect(error?.what.contains("2026-11-23T20:54:59Z") == true)
  }

  @Test func `credentials that are about to end are replaced, not signed with`() async throws {
    let world = Self.world { _ throws(TransportFailure) in
      AWSService.credentials("AssumeRole", until: "2026-11-23T21:53:59Z")
    }
    _ = try await Self.token(world, profile: "role")
    world.state.withLock { $0.now += 3600 - 290 }
    _ = try await Self.token(world, profile: "role")
    #expect(world.sent.count == 2)
  }

  @Test
  func
    `what the AWS CLI keeps for a profile's role is used, and not for a role on the command line`()
    async throws
  {
    let world = Self.world()
    let cached =
      #"{"Credentials":{"AccessKeyId":"ASIACLI","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026-11-23T22:00:00UTC"}}"#
    let file = CLIRoleCache.file(of: AssumedRole(arn: "arn:aws:iam::111122223333:role/dev"))
    world.put(cached, at: "/home/me/.aws/cli/cache/" + file)
    #expect(signer(of: try await Self.token(world, profile: "role").token) == "ASIACLI")
    #expect(world.sent.isEmpty)
    let named = CLIRoleCache.file(
      of: AssumedRole(arn: "arn:aws:iam::111122223333:role/dev", sessionName: "EKSGetTokenAuth")
    )
    world.put(cached, at: "/home/me/.aws/cli/cache/" + named)
    let token = try await Self.token(world, role: "arn:aws:iam::111122223333:role/dev")
    #expect(signer(of: token.token) == "ASIADEV")
  }

  @Test(arguments: [
    #"{"Credentials":{"AccessKeyId":"ASIACLI","Secre"#, "", "[]",
    #"{"Credentials":{"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026-11-23T21:00:00Z"}}"#,
  ])
  func `a cache that is torn, empty or old is as good as none`(text: String) async throws {
    let world = Self.world()
    let file = CLIRoleCache.file(of: AssumedRole(arn: "arn:aws:iam::111122223333:role/dev"))
    world.put(text, at: "/home/me/.aws/cli/cache/" + file)
    #expect(signer(of: try await Self.token(world, profile: "role").token) == "ASIADEV")
  }

  @Test func `a cache that is being written is looked at once more`() async throws {
    let world = Self.world()
    let file =
      "/home/me/.aws/cli/cache/"
      + CLIRoleCache.file(of: AssumedRole(arn: "arn:aws:iam::111122223333:role/dev"))
    world.put(#"{"Credentials":"#, at: file)
    world.state.withLock {
      $0.meanwhile = { files in
        let whole =
          #"{"Credentials":{"AccessKeyId":"ASIACLI","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026-11-23T22:00:00Z"}}"#
        files[file] = Array(whole.utf8)
      }
    }
    #expect(signer(of: try await Self.token(world, profile: "role").token) == "ASIACLI")
    #expect(world.state.withLock(\.pauses) == [0.05])
  }

  @Test func `a config file that is being written is looked at once more`() async throws {
    let world = Self.world("[default]\nregion = us-west-2\naws_acc")
    world.state.withLock {
      $0.meanwhile = { $0["/home/me/.aws/config"] = Array(Self.config.utf8) }
    }
    #expect(signer(of: try await Self.token(world).token) == "AKIABASE")
    let broken = Self.world("[default]\naws_acc")
    let error = await outcome { try await Self.token(broken) }.cloudError
    #expect(error?.what.contains("line 2 of /home/me/.aws/config") == true)
  }

  @Test func `a session token that makes the token too long is refused with its length`()
    async throws
  {
    let variables = [
      "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1",
      "AWS_SESSION_TOKEN": String(repeating: "t", count: 3000),
    ]
    let error = await outcome { try await Self.token(Self.world(), variables) }.cloudError
    #expect(error?.code == .refused)
    #expect(error?.what.contains("EKS takes 4096") == true)
  }

  @Test func `a service that cannot answer is asked twice, then it is temporary`() async throws {
    let world = Self.world { _ throws(TransportFailure) in
      AWSService.refusal("Throttling", status: 400)
    }
    let error = await outcome { try await Self.token(world, profile: "role") }.cloudError
    #expect(error?.code == .temporary)
    #expect(world.sent.count == 2)
    let refusing = Self.world { _ throws(TransportFailure) in AWSService.refusal("AccessDenied") }
    #expect(
      await outcome { try await Self.token(refusing, profile: "role") }.cloudError?.code == .refused
    )
    #expect(refusing.sent.count == 1)
  }

  @Test func `nothing that names a region is an error with the option to give`() async throws {
    let world = Self.world("[default]\naws_access_key_id = A\naws_secret_access_key = s\n") {
      _ throws(TransportFailure) in throw TransportFailure.notSent("no route")
    }
    let error = await outcome { try await Self.token(world) }.cloudError
    #expect(error?.code == .configuration)
    #expect(error?.remedy.contains("--region") == true)
  }
}

/// Somebody at the terminal.
final class Asked: Sendable {
  private let stored = Mutex<[String]>([])
  var questions: [String] { stored.withLock { $0 } }

  func answer(_ question: String, _ echoes: Bool, _ text: String?) -> String? {
    stored.withLock { $0.append(question) }
    return echoes ? nil : text
  }
}
