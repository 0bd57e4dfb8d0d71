// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import EKSToken
import OAuth
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sign-ins at IAM Identity Center that lanyard makes.
@Suite struct SSOSignInTests {
  static let registration = HTTPAnswer.json(
    #"{"clientId":"cid","clientSecret":"csec","clientIdIssuedAt":1,"clientSecretExpiresAt":4070908800}"#
  )
  static let device = HTTPAnswer.json(
    """
    {"deviceCode":"dc","userCode":"ABCD-EFGH","verificationUri":"https://d.example/device",\
    "verificationUriComplete":"https://d.example/device?user_code=ABCD-EFGH","expiresIn":600,"interval":1}
    """
  )

  /// A service that lets everybody in.
  private func world() -> World {
    World { sent in
      switch sent.url.split(separator: "/").last {
      case "register": Self.registration
      case "device_authorization": Self.device
      default: SSOAccessTests.renewal
      }
    }
  }

  private func signIn(
    _ world: World,
    _ person: Person,
    _ way: SignInWay = .browser,
    profile: String = "dev",
    canAnswer: Bool = false
  ) async throws -> SignedIn {
    let context = try world.context(SSOAccessTests.config)
    return try await SSOSignIn(
      of: context.profile(profile),
      in: context,
      person.effects(way, world, canAnswer: canAnswer)
    ).signedIn()
  }

  @Test func `with a browser, as aws sso login does`() async throws {
    let (world, person) = (world(), Person())
    let signedIn = try await signIn(world, person)
    let sent = world.sent
    #expect(
      sent.map(\.url) == [
        "https://oidc.us-east-1.amazonaws.com/client/register",
        "https://oidc.us-east-1.amazonaws.com/token",
      ]
    )
    #expect(
      sent[0].members == [
        "clientName": .string("lanyard"), "clientType": .string("public"),
        "grantTypes": .array([.string("authorization_code"), .string("refresh_token")]),
        "redirectUris": .array([.string("http://127.0.0.1/oauth/callback")]),
        "issuerUrl": .string("https://d-1.awsapps.com/start"),
        "scopes": .array([.string("sso:account:access")]),
      ]
    )
    let verifier = try #require(sent[1].members["codeVerifier"]?.string)
    try expectsAuthorization(person, verifier: verifier)
    #expect(verifier.utf8.count == 43)
    #expect(
      sent[1].members == [
        "grantType": .string("authorization_code"), "clientId": .string("cid"),
        "clientSecret": .string("csec"), "code": .string("the-code"),
        "codeVerifier": .string(verifier),
        "redirectUri": .string("http://127.0.0.1:7777/oauth/callback"),
      ]
    )
    #expect(signedIn.isRenewable)
    #expect(signedIn.expiry == world.now + 3600)
    #expect(signedIn.place.contains("https://d-1.awsapps.com/start"))
    #expect(person.state.withLock(\.pages) == [200])
  }

  /// The address that the browser was sent to, as the AWS CLI makes it.
  private func expectsAuthorization(_ person: Person, verifier: String) throws {
    let url = try #require(person.opened.first)
    #expect(url.hasPrefix("https://oidc.us-east-1.amazonaws.com/authorize?"))
    let parameters = person.parameters(url)
    #expect(parameters["response_type"] == "code")
    #expect(parameters["client_id"] == "cid")
    #expect(parameters["redirect_uri"] == "http://127.0.0.1:7777/oauth/callback")
    #expect(parameters["scopes"] == "sso:account:access")
    #expect(parameters["scope"] == nil)
    #expect(parameters["code_challenge_method"] == "S256")
    #expect(parameters["code_challenge"] == AuthorizationRequest.challenge(verifier))
  }

  @Test func `what is written is what the AWS CLI writes`() async throws {
    let (world, person) = (world(), Person())
    _ = try await signIn(world, person)
    #expect(person.state.withLock(\.folders) == ["/home/me/.aws/sso/cache"])
    #expect(
      world.members(SSOAccessTests.corp) == [
        "startUrl": .string("https://d-1.awsapps.com/start"), "region": .string("us-east-1"),
        "accessToken": .string("newat"), "expiresAt": .string("2026-11-23T21:53:59Z"),
        "clientId": .string("cid"), "clientSecret": .string("csec"),
        "registrationExpiresAt": .string("2099-01-01T00:00:00Z"), "refreshToken": .string("newrt"),
      ]
    )
  }

  @Test func `the client is registered once for each way to sign in`() async throws {
    let world = world()
    for way in [SignInWay.browser, .browser, .device, .device] {
      _ = try await signIn(world, Person(), way)
    }
    #expect(world.sent.count { $0.url.hasSuffix("/client/register") } == 2)
  }

  @Test func `a refusal writes nothing`() async throws {
    let (world, person) = (world(), Person(answering: "error=access_denied"))
    let error = await outcome { try await signIn(world, person) }.cloudError
    #expect(error?.code == .refused)
    #expect(error?.what.contains("access_denied") == true)
    #expect(world.file(SSOAccessTests.corp) == nil)
    #expect(world.sent.count == 1)
  }

  @Test func `pasted from a browser on another machine`() async throws {
    let world = world()
    let person = Person(answering: nil)
    let state = Base64URL.encode([UInt8](repeating: 1, count: 32))
    person.state.withLock {
      $0.typed = [
        "http://127.0.0.1:7777/oauth/callback?code=no&state=wrong",
        "http://127.0.0.1:7777/oauth/callback?code=the-code&state=\(state)",
      ]
    }
    _ = try await signIn(world, person, .paste, canAnswer: true)
    #expect(person.opened.isEmpty)
    #expect(world.sent.last?.members["code"] == .string("the-code"))
    #expect(world.members(SSOAccessTests.corp)["accessToken"] == .string("newat"))
  }

  @Test func `with a device code`() async throws {
    let world = world()
    let person = Person()
    _ = try await signIn(world, person, .deviceOrURL, canAnswer: true)
    #expect(
      world.sent[0].members["grantTypes"]
        == .array([
          .string("urn:ietf:params:oauth:grant-type:device_code"), .string("refresh_token"),
        ])
    )
    #expect(world.sent[0].members["redirectUris"] == nil)
    #expect(
      world.sent[1].members == [
        "clientId": .string("cid"), "clientSecret": .string("csec"),
        "startUrl": .string("https://d-1.awsapps.com/start"),
      ]
    )
    #expect(
      world.sent[2].members == [
        "grantType": .string("urn:ietf:params:oauth:grant-type:device_code"),
        "clientId": .string("cid"), "clientSecret": .string("csec"), "deviceCode": .string("dc"),
      ]
    )
    #expect(person.opened.isEmpty)
    #expect(
      person.state.withLock(\.codes) == ["https://d.example/device?user_code=ABCD-EFGH"]
    )
    #expect(world.told.contains { $0.contains("ABCD-EFGH") })
  }

  @Test(arguments: [
    (#"{"error":"authorization_pending","error_description":null}"#, [1.0, 1.0]),
    (#"{"error":"slow_down"}"#, [1.0, 6.0]), ("", [1.0, 2.0]),
  ])
  func `a device that waits`(refusal: String, pauses: [Double]) async throws {
    let polls = Counter()
    let world = World { sent in
      switch sent.url.split(separator: "/").last {
      case "register": return Self.registration
      case "device_authorization": return Self.device
      default:
        if polls.next() > 1 { return SSOAccessTests.renewal }
        return .json(refusal, status: refusal.isEmpty ? 503 : 400)
      }
    }
    _ = try await signIn(world, Person(), .device)
    #expect(world.state.withLock(\.pauses) == pauses)
  }

  @Test(arguments: ["expired_token", "access_denied", "invalid_request"])
  func `a device that is refused`(error: String) async throws {
    let world = World { sent in
      switch sent.url.split(separator: "/").last {
      case "register": return Self.registration
      case "device_authorization": return Self.device
      default: return .json(#"{"error":"\#(error)"}"#, status: 400)
      }
    }
    let found = await outcome { try await signIn(world, Person(), .device) }.cloudError
    #expect(found?.code == .refused)
    #expect(world.file(SSOAccessTests.corp) == nil)
  }

  @Test func `a profile with the start URL in it gets a device code in the browser`()
    async throws
  {
    let (world, person) = (world(), Person())
    let signedIn = try await signIn(world, person, .browser, profile: "old")
    #expect(person.opened == ["https://d.example/device?user_code=ABCD-EFGH"])
    #expect(world.sent[0].members["scopes"] == nil)
    #expect(!signedIn.isRenewable)
    #expect(world.members(SSOAccessTests.legacy)["accessToken"] == .string("newat"))
  }
}
