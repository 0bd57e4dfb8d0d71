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

/// Credentials of roles that IAM Identity Center gives.
@Suite struct SSOCredentialsTests {
  static let credentials = HTTPAnswer.json(
    """
    {"roleCredentials":{"accessKeyId":"ASIAX","secretAccessKey":"sek","sessionToken":"tok",\
    "expiration":1795471122000}}
    """
  )

  private func world(_ answer: HTTPAnswer = credentials) -> World {
    let world = World { sent in sent.method == "GET" ? answer : SSOAccessTests.renewal }
    world.put(SSOAccessTests.file(expiresAt: "2099-01-01T00:00:00Z"), at: SSOAccessTests.corp)
    return world
  }

  private func ask(
    _ world: World,
    _ config: String = SSOAccessTests.config
  ) async throws -> AWSCredentials {
    let context = try world.context(config)
    return try await SSOCredentials.credentials(of: context.profile("dev"), in: context)
  }

  @Test func `the request is what the AWS CLI sends`() async throws {
    let world = world()
    let credentials = try await ask(world)
    let sent = try #require(world.sent.first)
    #expect(world.sent.count == 1)
    #expect(sent.method == "GET")
    #expect(
      sent.url == "https://portal.sso.us-east-1.amazonaws.com/federation/credentials"
        + "?role_name=Dev&account_id=111122223333"
    )
    let bearer = try #require(HTTPField.Name("x-amz-sso_bearer_token"))
    #expect(sent.headers[bearer] == "oldat")
    #expect(sent.headers.count == 1)
    #expect(sent.body.isEmpty)
    #expect(credentials.accessKeyID == "ASIAX")
    #expect(credentials.secretAccessKey.expose() == "sek")
    #expect(credentials.sessionToken?.expose() == "tok")
    #expect(credentials.expiration == 1_795_471_122)
  }

  @Test func `they are kept, and a sign-in as somebody else does not find them`() async throws {
    let world = world()
    _ = try await ask(world)
    _ = try await ask(world)
    #expect(world.sent.count == 1)
    world.put(
      SSOAccessTests.file(expiresAt: "2099-01-01T00:00:00Z").replacing("oldat", with: "bob"),
      at: SSOAccessTests.corp
    )
    _ = try await ask(world)
    #expect(world.sent.count == 2)
  }

  @Test func `after a sign-out they are not found either`() async throws {
    let world = world()
    _ = try await ask(world)
    world.state.withLock { $0.files[SSOAccessTests.corp] = nil }
    let error = await outcome { try await ask(world) }.cloudError
    #expect(error?.code == .loginNeeded)
  }

  @Test func `they serve on after the sign-in has ended`() async throws {
    let world = world()
    let ended = SSOAccessTests.file(expiresAt: "2026-11-23T20:55:00Z", more: #","x":1"#)
      .replacing("oldrt", with: "")
    world.put(ended, at: SSOAccessTests.corp)
    _ = try await ask(world)
    world.state.withLock { $0.now += 120 }
    #expect(try await ask(world).accessKeyID == "ASIAX")
    #expect(world.sent.count == 1)
  }

  @Test func `two accounts of one sign-in have credentials of their own`() async throws {
    let world = world()
    _ = try await ask(world)
    let other = SSOAccessTests.config.replacing("111122223333", with: "444455556666")
    _ = try await ask(world, other)
    #expect(world.sent.count == 2)
    #expect(world.sent.last?.url.hasSuffix("account_id=444455556666") == true)
    #expect(Set(world.state.withLock(\.keptNames)).count == 2)
  }

  @Test func `a profile with another name finds what was kept`() async throws {
    let world = world()
    _ = try await ask(world)
    let context = try world.context(
      SSOAccessTests.config.replacing("[profile dev]", with: "[profile renamed]")
    )
    _ = try await SSOCredentials.credentials(of: context.profile("renamed"), in: context)
    #expect(world.sent.count == 1)
  }

  @Test(arguments: [
    (401, #"{"message":"Session token not found or invalid"}"#, CloudError.Code.loginNeeded),
    (403, #"{"message":"No access"}"#, .refused), (404, "{}", .refused),
    (429, "{}", .temporary), (503, "", .temporary), (400, "{}", .refused),
    (200, #"{"roleCredentials":{"accessKeyId":"A"}}"#, .refused),
    (200, credentials.text.replacing("sek", with: #"s\u000Aek"#), .refused),
  ])
  func refusals(status: Int, body: String, code: CloudError.Code) async throws {
    let error = await outcome { try await ask(world(.json(body, status: status))) }.cloudError
    #expect(error?.code == code)
  }

  @Test func `what the AWS CLI keeps is used, until a quarter of an hour before its end`()
    async throws
  {
    let path = "/home/me/.aws/cli/cache/20985b56d713cfd135648cadc68a6115ca80d9a5.json"
    for (end, requests) in [("2026-11-23T21:09:00Z", 0), ("2026-11-23T21:08:59Z", 1)] {
      let world = world()
      world.put(
        """
        {"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIACLI", "SecretAccessKey": "s",
         "SessionToken": "t", "Expiration": "\(end)", "AccountId": "111122223333"}}
        """,
        at: path
      )
      #expect(try await ask(world).accessKeyID == (requests == 0 ? "ASIACLI" : "ASIAX"))
      #expect(world.sent.count == requests)
    }
  }

  @Test(arguments: ["{", "[]", #"{"Credentials":{"AccessKeyId":"A"}}"#, #"{"Credentials":7}"#])
  func `a damaged file of the AWS CLI counts as none`(text: String) async throws {
    let world = world()
    world.put(text, at: "/home/me/.aws/cli/cache/20985b56d713cfd135648cadc68a6115ca80d9a5.json")
    #expect(try await ask(world).accessKeyID == "ASIAX")
  }

  @Test func `the sign-in's file is what they depend on`() throws {
    let context = try World().context(SSOAccessTests.config)
    #expect(
      SSOCredentials.files(of: context.profile("dev"), in: context) == [SSOAccessTests.corp]
    )
    #expect(
      SSOCredentials.files(of: context.profile("old"), in: context) == [SSOAccessTests.legacy]
    )
  }
}

extension HTTPAnswer {
  /// The body as text.
  var text: String { String(decoding: body, as: UTF8.self) }
}
