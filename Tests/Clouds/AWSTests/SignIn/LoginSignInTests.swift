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

/// Counts the requests that a service answers.
final class Counter: Sendable {
  private let count = Mutex(0)

  /// The next number, from 1 on.
  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

/// Console sign-ins that lanyard makes.
@Suite struct LoginSignInTests {
  private func world(_ person: String = "arn:aws:iam::111122223333:user/me") -> World {
    World { _ in
      let payload = Base64URL.encode(#"{"sub":"\#(person)"}"#.utf8)
      return .json(
        """
        {"accessToken":{"accessKeyId":"ASIANEW","secretAccessKey":"newsek","sessionToken":"newtok"},\
        "tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"newrt","idToken":"e30.\(payload).c2ln"}
        """
      )
    }
  }

  private func signIn(
    _ world: World,
    _ person: Person,
    _ way: SignInWay = .browser
  ) async throws -> SignedIn {
    let context = try world.context(LoginAccessTests.config)
    let effects = person.effects(way, world)
    return try await LoginSignIn(of: context.profile("me"), in: context, effects).signedIn()
  }

  @Test func `with a browser, as aws login does`() async throws {
    let (world, person) = (world(), Person())
    let signedIn = try await signIn(world, person)
    let url = try #require(person.opened.first)
    #expect(url.hasPrefix("https://eu-west-1.signin.aws.amazon.com/v1/authorize?"))
    let parameters = person.parameters(url)
    let sent = try #require(world.sent.first)
    let verifier = try #require(sent.members["codeVerifier"]?.string)
    #expect(parameters["response_type"] == "code")
    #expect(parameters["client_id"] == "arn:aws:signin:::devtools/same-device")
    #expect(parameters["scope"] == "openid")
    #expect(parameters["code_challenge_method"] == "SHA-256")
    #expect(parameters["code_challenge"] == AuthorizationRequest.challenge(verifier))
    #expect(sent.url == "https://eu-west-1.signin.aws.amazon.com/v1/token")
    #expect(
      sent.members == [
        "clientId": .string("arn:aws:signin:::devtools/same-device"),
        "grantType": .string("authorization_code"), "code": .string("the-code"),
        "codeVerifier": .string(verifier),
        "redirectUri": .string("http://127.0.0.1:7777/oauth/callback"),
      ]
    )
    #expect(signedIn.person == "arn:aws:iam::111122223333:user/me")
    #expect(signedIn.expiry == world.now + 900)
  }

  @Test func `what is written is a session that can be renewed with its key`() async throws {
    let (world, person) = (world(), Person())
    _ = try await signIn(world, person)
    let members = world.members(LoginAccessTests.path)
    #expect(members["tokenType"] == .string("aws_sigv4"))
    #expect(members["clientId"] == .string("arn:aws:signin:::devtools/same-device"))
    #expect(members["refreshToken"] == .string("newrt"))
    #expect(members["idToken"]?.string?.hasPrefix("e30.") == true)
    let access = members["accessToken"]
    #expect(access?["accountId"] == .string("111122223333"))
    #expect(access?["expiresAt"] == .string("2026-11-23T21:08:59Z"))
    let pem = try #require(members["dpopKey"]?.string)
    let key = try #require(LoginKey.key(pem: Secret(pem)))
    let field = try #require(HTTPField.Name("DPoP"))
    let proof = try #require(world.sent.first?.headers[field])
    let header = try #require(proof.split(separator: ".").first)
    let jwk = try StrictJSON(parsing: try #require(Base64URL.decode(header.utf8)))["jwk"]
    let text = try #require(jwk).text
    #expect(LoginKey.pem(key).expose() == pem)
    #expect(text.contains(#""crv":"P-256""#))
  }

  @Test func `somebody else's sign-in is not written`() async throws {
    let world = world("arn:aws:iam::111122223333:user/eve")
    let error = await outcome { try await signIn(world, Person()) }.cloudError
    #expect(error?.code == .refused)
    #expect(error?.what.contains("user/eve") == true)
    #expect(world.file(LoginAccessTests.path) == nil)
  }

  @Test func `on another device the code is typed`() async throws {
    let (world, person) = (world(), Person())
    let state = Base64URL.encode([UInt8](repeating: 1, count: 32))
    let code = Data("state=\(state)&code=the-code".utf8).base64EncodedString()
    let other = Data("state=another&code=x".utf8).base64EncodedString()
    person.state.withLock { $0.typed = ["rubbish", other, " \(code) "] }
    _ = try await signIn(world, person, .deviceOrURL)
    let sent = try #require(world.sent.first)
    #expect(world.sent.count == 1)
    #expect(sent.members["code"] == .string("the-code"))
    #expect(sent.members["clientId"] == .string("arn:aws:signin:::devtools/cross-device"))
    #expect(
      sent.members["redirectUri"]
        == .string("https://eu-west-1.signin.aws.amazon.com/v1/sessions/confirmation")
    )
    #expect(
      world.members(LoginAccessTests.path)["clientId"]
        == .string("arn:aws:signin:::devtools/cross-device")
    )
  }

  @Test func `there are no device codes`() async throws {
    let error = await outcome { try await signIn(world(), Person(), .device) }.cloudError
    #expect(error?.code == .configuration)
  }
}

/// Sign-outs, and what a profile is signed in with.
@Suite struct AWSSignOutTests {
  private func signOut(
    _ world: World,
    _ person: Person,
    _ config: String = SSOAccessTests.config,
    profile: String = "dev"
  ) async throws -> SignedOut {
    let context = try world.context(config, ["AWS_PROFILE": profile])
    return try await AWSSignIn(in: context).signOut(in: context, person.effects(.browser, world))
  }

  @Test(arguments: [
    (200, SignedOut.ended), (401, .ended),
    (500, .notEnded("portal.sso.us-east-1.amazonaws.com answers 500, no")),
  ])
  func `the portal is told, and the files go in any case`(status: Int, expected: SignedOut)
    async throws
  {
    let world = World { _ in .json(#"{"message":"no"}"#, status: status) }
    world.put(SSOAccessTests.file(expiresAt: "2099-01-01T00:00:00Z"), at: SSOAccessTests.corp)
    let role = "/home/me/.aws/cli/cache/20985b56d713cfd135648cadc68a6115ca80d9a5.json"
    world.put("{}", at: role)
    #expect(try await signOut(world, Person()) == expected)
    let sent = try #require(world.sent.first)
    #expect(sent.method == "POST")
    #expect(sent.url == "https://portal.sso.us-east-1.amazonaws.com/logout")
    let bearer = try #require(HTTPField.Name("x-amz-sso_bearer_token"))
    #expect(sent.headers[bearer] == "oldat")
    #expect(world.file(SSOAccessTests.corp) == nil)
    #expect(world.file(role) == nil)
  }

  @Test(arguments: [
    (nil, SignedOut.nothing), ("{", .forgotten),
    (SSOAccessTests.file(expiresAt: "2020-01-01T00:00:00Z"), .forgotten),
  ])
  func `nothing to tell the portal`(text: String?, expected: SignedOut) async throws {
    let world = World()
    if let text { world.put(text, at: SSOAccessTests.corp) }
    #expect(try await signOut(world, Person()) == expected)
    #expect(world.sent.isEmpty)
    #expect(world.file(SSOAccessTests.corp) == nil)
  }

  @Test func `a console session's file goes`() async throws {
    let world = World()
    world.put(LoginAccessTests.file(expiresAt: "2099-01-01T00:00:00Z"), at: LoginAccessTests.path)
    let config = LoginAccessTests.config
    #expect(try await signOut(world, Person(), config, profile: "me") == .forgotten)
    #expect(world.file(LoginAccessTests.path) == nil)
    #expect(try await signOut(world, Person(), config, profile: "me") == .nothing)
  }

  @Test(arguments: [
    (
      "[profile p]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r",
      "aws sso login --profile p"
    ),
    ("[profile p]\nlogin_session = arn:x", "aws login --profile p"),
    (
      "[profile p]\nrole_arn = arn:r\nsource_profile = q\n[profile q]\nlogin_session = arn:x",
      "aws login --profile q"
    ),
    ("[profile p]\ncredential_process = x", nil), ("[profile p]\nregion = r", nil),
  ])
  func `what a profile is signed in with`(config: String, command: String?) throws {
    let context = try World().context(config, ["AWS_PROFILE": "p"])
    #expect((try? AWSSignIn(in: context))?.command.text == command)
  }

  @Test func `lanyard's own command is named beside that of the AWS CLI`() async throws {
    let context = try World().context(SSOAccessTests.config)
    var effects = context.effects
    effects.loginCommand = { "lanyard login 'a b'" }
    let own = AWSContext(
      effects: effects,
      environment: context.environment,
      configuration: context.configuration
    )
    let error = await outcome {
      try await SSOCredentials.credentials(of: own.profile("dev"), in: own)
    }.cloudError
    #expect(error?.remedy == "sign in: aws sso login --profile dev, or: lanyard login 'a b'")
  }
}
