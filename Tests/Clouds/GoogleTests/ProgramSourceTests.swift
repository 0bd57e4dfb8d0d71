// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth
import Testing

@testable import Google

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Programs that give subject tokens.
@Suite struct ProgramSourceTests {
  private static let idToken = "urn:ietf:params:oauth:token-type:id_token"
  private static let source = ExecutableSource(
    command: "/bin/give  me\ta",
    timeout: 7,
    outputFile: nil
  )
  private static let variable = ["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"]

  private func account(_ source: ExecutableSource, type: String = idToken) -> ExternalAccount {
    ExternalAccount(
      audience: "aud",
      subjectTokenType: type,
      tokenURL: "https://sts.googleapis.com/v1/token",
      source: .executable(source),
      impersonation: Impersonation(url: "https://h/v1/x/sa@p:generateAccessToken")
    )
  }

  private func world(
    _ variables: [String: String] = variable,
    allowed: Set<CloudPermission> = [.googleExecutable],
    says output: String,
    status: Int32 = 0
  ) -> World {
    World(variables, allowed: allowed) {
      $0.program = ProgramAnswer(status: status, output: Secret(output), errors: "why")
    }
  }

  private func token(_ world: World, _ source: ExecutableSource = source, type: String = idToken)
    async throws -> Secret
  {
    try await ProgramSource(effects: world.effects, origin: .test)
      .token(source, account(source, type: type))
  }

  private static let good =
    "{\"version\":1,\"success\":true,\"token_type\":\"\(idToken)\",\"id_token\":\"t\"}\n"

  @Test func `it runs without a shell, with what the form says`() async throws {
    let world = world(says: Self.good)
    #expect(try await token(world) == Secret("t"))
    let call = try #require(world.ran.first)
    #expect(call.words == ["/bin/give", "me", "a"])
    #expect(call.seconds == 7)
    #expect(
      call.variables == [
        "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE": "aud",
        "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE": Self.idToken,
        "GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE": "0",
        "GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL": "sa@p",
      ]
    )
  }

  @Test func `not without both permissions`() async {
    let worlds = [
      world([:], says: Self.good), world(allowed: [], says: Self.good),
      world(["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "0"], says: Self.good),
    ]
    for world in worlds {
      await #expect(throws: CloudError.self) { try await token(world) }
      #expect(world.ran.isEmpty)
    }
  }

  @Test(arguments: [
    "", "{}", "token", #"{"version":2,"success":true}"#,
    #"{"version":1,"success":false,"code":"401","message":"no"}"#,
    "{\"version\":1,\"success\":true,\"token_type\":\"\(idToken)\"}",
    #"{"version":1,"success":true,"token_type":"other","id_token":"t"}"#,
    "{\"version\":1,\"success\":true,\"token_type\":\"\(idToken)\",\"id_token\":\"t\",\"expiration_time\":1}",
  ]) func `an answer that gives nothing`(text: String) async {
    await #expect(throws: CloudError.self) { try await token(world(says: text)) }
  }

  @Test func `a SAML answer`() async throws {
    let type = "urn:ietf:params:oauth:token-type:saml2"
    let text = "{\"version\":1,\"success\":true,\"token_type\":\"\(type)\",\"saml_response\":\"x\"}"
    #expect(try await token(world(says: text), type: type) == Secret("x"))
  }

  @Test func `what the program left is used while it is good`() async throws {
    let source = ExecutableSource(command: "/bin/give", timeout: 7, outputFile: "/out")
    func text(_ token: String, _ expiry: Int) -> String {
      "{\"version\":1,\"success\":true,\"token_type\":\"\(Self.idToken)\",\"id_token\":\"\(token)\","
        + "\"expiration_time\":\(expiry)}"
    }
    for (left, expected, runs) in [
      (text("old", 1_704_170_000), "old", 0), (text("old", 1_704_164_000), "new", 1),
      ("{", "new", 1),
    ] {
      let world = world(says: text("new", 1_704_170_000))
      world.state.withLock { $0.files["/out"] = Array(left.utf8) }
      #expect(try await token(world, source) == Secret(expected))
      #expect(world.ran.count == runs)
    }
    // With such a file the end has to be said.
    await #expect(throws: CloudError.self) { try await token(world(says: Self.good), source) }
  }

  @Test func `a failure says what the program said`() async {
    await #expect {
      try await token(world(says: "", status: 3))
    } throws: { error in
      (error as? CloudError)?.what.contains("why") == true
    }
  }
}
