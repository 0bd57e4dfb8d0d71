// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import EKSToken
import HTTPTypes
import OAuth
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The token of a sign-in at IAM Identity Center, read and renewed.
@Suite struct SSOAccessTests {
  static let config = """
    [sso-session corp]
    sso_start_url = https://d-1.awsapps.com/start
    sso_region = us-east-1

    [profile dev]
    sso_session = corp
    sso_account_id = 111122223333
    sso_role_name = Dev

    [profile old]
    sso_start_url = https://d-1.awsapps.com/start
    sso_region = us-east-1
    sso_account_id = 111122223333
    sso_role_name = Dev
    """
  static let corp = "/home/me/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
  static let legacy = "/home/me/.aws/sso/cache/0c54b6c27e90660baa89eaad85ac1d5dae26cb7d.json"

  static func file(expiresAt: String, more: String = "") -> String {
    """
    {"startUrl": "https://d-1.awsapps.com/start", "region": "us-east-1", "accessToken": "oldat", \
    "expiresAt": "\(expiresAt)", "clientId": "cid", "clientSecret": "csec", \
    "registrationExpiresAt": "2099-01-01T00:00:00Z", "refreshToken": "oldrt"\(more)}
    """
  }

  static let renewal = HTTPAnswer.json(
    #"{"accessToken":"newat","tokenType":"Bearer","expiresIn":3600,"refreshToken":"newrt"}"#
  )

  private func access(_ world: World, _ profile: String = "dev") throws -> SSOAccess {
    let context = try world.context(Self.config)
    return try SSOAccess(of: context.profile(profile), in: context)
  }

  @Test(arguments: [
    ("2026-11-23T21:08:59Z", 0), ("2026-11-23T21:08:58Z", 1), ("2026-11-23T21:08:59UTC", 0),
    ("2020-01-01T00:00:00Z", 1), ("2026-11-24T21:08:59+00:00", 0),
  ])
  func `it is renewed from fifteen minutes before its end`(expiresAt: String, renewals: Int)
    async throws
  {
    let world = World { _ in Self.renewal }
    world.put(Self.file(expiresAt: expiresAt), at: Self.corp)
    let token = try await access(world).token()
    #expect(world.sent.count == renewals)
    #expect(token.accessToken.expose() == (renewals == 0 ? "oldat" : "newat"))
  }

  @Test func `the renewal is what the AWS CLI sends and writes`() async throws {
    let world = World { _ in Self.renewal }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.corp)
    _ = try await access(world).token()
    let sent = try #require(world.sent.first)
    #expect(sent.method == "POST")
    #expect(sent.url == "https://oidc.us-east-1.amazonaws.com/token")
    #expect(sent.headers[.contentType] == "application/json")
    #expect(
      sent.members == [
        "grantType": .string("refresh_token"), "clientId": .string("cid"),
        "clientSecret": .string("csec"), "refreshToken": .string("oldrt"),
      ]
    )
    #expect(
      world.members(Self.corp) == [
        "startUrl": .string("https://d-1.awsapps.com/start"), "region": .string("us-east-1"),
        "accessToken": .string("newat"), "expiresAt": .string("2026-11-23T21:53:59Z"),
        "clientId": .string("cid"), "clientSecret": .string("csec"),
        "registrationExpiresAt": .string("2099-01-01T00:00:00Z"), "refreshToken": .string("newrt"),
      ]
    )
  }

  @Test func `fields that are not known stay in the file`() async throws {
    let world = World { _ in Self.renewal }
    world.put(
      Self.file(expiresAt: "2020-01-01T00:00:00Z", more: #", "new": {"a": [1, null, "é"]}"#),
      at: Self.corp
    )
    _ = try await access(world).token()
    let new: StrictJSON = .object(["a": .array([.integer(1), .null, .string("é")])])
    #expect(world.members(Self.corp)["new"] == new)
    #expect(world.members(Self.corp)["accessToken"] == .string("newat"))
  }

  @Test func `a renewal without a new refresh token keeps the old one`() async throws {
    let world = World { _ in .json(#"{"accessToken":"newat","expiresIn":3600}"#) }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.corp)
    _ = try await access(world).token()
    #expect(world.members(Self.corp)["refreshToken"] == .string("oldrt"))
  }

  @Test(arguments: [
    (400, #"{"error":"invalid_grant","error_description":"gone"}"#, CloudError.Code.loginNeeded),
    (401, #"{"error":"invalid_client"}"#, .loginNeeded),
    (400, #"{"error":"slow_down"}"#, .temporary), (500, "oops", .temporary),
    (429, "{}", .temporary), (200, #"{"accessToken":"a b","expiresIn":3600}"#, .loginNeeded),
    (200, #"{"accessToken":"newat","expiresIn":-1}"#, .loginNeeded),
  ])
  func `what a refusal means once the token has ended`(
    status: Int,
    body: String,
    code: CloudError.Code
  ) async throws {
    let world = World { _ in .json(body, status: status) }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.corp)
    let error = await outcome { try await access(world).token() }.cloudError
    #expect(error?.code == code)
    #expect(world.members(Self.corp)["accessToken"] == .string("oldat"))
    if code == .loginNeeded {
      #expect(error?.remedy == "sign in: aws sso login --profile dev")
    }
  }

  @Test(arguments: [400, 500])
  func `while the token is good a refusal is nobody's business`(status: Int) async throws {
    let world = World { _ in .json(#"{"error":"invalid_grant"}"#, status: status) }
    world.put(Self.file(expiresAt: "2026-11-23T20:54:09Z"), at: Self.corp)
    #expect(try await access(world).token().accessToken.expose() == "oldat")
    #expect(world.sent.count == 1)
  }

  @Test func `what another tool renewed meanwhile is used`() async throws {
    let world = World { _ in .json(#"{"error":"invalid_grant"}"#, status: 400) }
    world.state.withLock { state in
      state.duringRequest = { files in
        let text = Self.file(expiresAt: "2026-11-23T22:00:00Z").replacing("oldat", with: "theirs")
        files[Self.corp] = Array(text.utf8)
      }
    }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.corp)
    #expect(try await access(world).token().accessToken.expose() == "theirs")
  }

  @Test func `a lost answer is asked for once more`() async throws {
    let world = World { sent throws(TransportFailure) in throw .noAnswer("the connection broke") }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.corp)
    let error = await outcome { try await access(world).token() }.cloudError
    #expect(error?.code == .temporary)
    #expect(world.sent.count == 2)
  }

  @Test func `no refresh token is spent where its successor cannot be written`() async throws {
    let world = World { _ in Self.renewal }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.corp)
    world.state.withLock { $0.refusesWrites = true }
    let error = await outcome { try await access(world).token() }.cloudError
    #expect(error?.code == .store)
    #expect(world.sent.isEmpty)
  }

  @Test(arguments: [400, 500])
  func `a renewal that fails leaves the file as it was`(status: Int) async throws {
    let world = World { _ in .json(#"{"error":"x"}"#, status: status) }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.corp)
    _ = await outcome { try await access(world).token() }
    #expect(world.state.withLock(\.proofs) == 1)
    #expect(world.state.withLock(\.writes) == 0)
  }

  @Test(arguments: ["dev", "old"])
  func `nobody is signed in`(profile: String) async throws {
    let world = World()
    let error = await outcome { try await access(world, profile).token() }.cloudError
    #expect(error?.code == .loginNeeded)
    #expect(error?.remedy == "sign in: aws sso login --profile \(profile)")
  }

  @Test func `a profile with the start URL in it is never renewed`() async throws {
    let world = World { _ in Self.renewal }
    world.put(Self.file(expiresAt: "2026-11-23T20:54:09Z"), at: Self.legacy)
    #expect(try await access(world, "old").token().accessToken.expose() == "oldat")
    world.put(Self.file(expiresAt: "2026-11-23T20:53:59Z"), at: Self.legacy)
    let error = await outcome { try await access(world, "old").token() }.cloudError
    #expect(error?.code == .loginNeeded)
    #expect(world.sent.isEmpty)
  }

  @Test func `a registration that has ended renews nothing`() async throws {
    let world = World { _ in Self.renewal }
    let text = Self.file(expiresAt: "2020-01-01T00:00:00Z")
      .replacing("2099-01-01", with: "2026-01-01")
    world.put(text, at: Self.corp)
    let error = await outcome { try await access(world).token() }.cloudError
    #expect(error?.code == .loginNeeded)
    #expect(world.sent.isEmpty)
  }

  @Test func `a torn file is looked at once more, after 50 ms`() async throws {
    let world = World()
    world.put(#"{"accessToken": "ol"#, at: Self.corp)
    world.state.withLock { state in
      state.meanwhile = { files in
        files[Self.corp] = Array(Self.file(expiresAt: "2099-01-01T00:00:00Z").utf8)
      }
    }
    #expect(try await access(world).token().accessToken.expose() == "oldat")
    #expect(world.state.withLock(\.pauses) == [0.05])
  }

  @Test(arguments: [
    "", "{", "[]", "null", "\u{0}", #"{"accessToken":"a","accessToken":"b","expiresAt":"x"}"#,
    #"{"accessToken":"a"}"#, #"{"accessToken":"a\u000Ab","expiresAt":"2099-01-01T00:00:00Z"}"#,
    #"{"accessToken":7,"expiresAt":"2099-01-01T00:00:00Z"}"#,
    #"{"accessToken":"a","expiresAt":"soon"}"#,
  ])
  func `a damaged file is a sign-in that has to be made again`(text: String) async throws {
    let world = World()
    world.put(text, at: Self.corp)
    let error = await outcome { try await access(world).token() }.cloudError
    #expect(error?.code == .loginNeeded)
    #expect(error?.what.contains(Self.corp) == true)
    #expect(world.file(Self.corp) == text)
  }

  @Test func `a byte order mark hurts nobody`() async throws {
    let world = World()
    world.put("\u{FEFF}" + Self.file(expiresAt: "2099-01-01T00:00:00Z"), at: Self.corp)
    #expect(try await access(world).token().accessToken.expose() == "oldat")
  }

  @Test func `an error shows nothing secret`() async throws {
    let world = World { _ in .json(#"{"error":"invalid_grant"}"#, status: 400) }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.corp)
    let error = try #require(await outcome { try await access(world).token() }.cloudError)
    for secret in ["oldat", "oldrt", "csec"] {
      #expect(!"\(error)".contains(secret))
    }
  }
}
