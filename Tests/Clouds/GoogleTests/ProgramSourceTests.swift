// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import OAuth
import Synchronization
import Testing

/// Programs that give subject tokens.
@Suite struct ProgramSourceTests {
  private static let idToken = "urn:ietf:params:oauth:token-type:id_token"
  private static let variable = ["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"]
  private static let plain = #"{"executable":{"command":"/bin/give  me\ta","timeout_millis":7000}}"#
  private static let good =
    #"{"version":1,"success":true,"token_type":"\#(idToken)","id_token":"subject"}"# + "\n"

  private func world(
    says output: String,
    status: Int32 = 0,
    _ variables: [String: String] = variable,
    allowed: Set<CloudPermission> = [.googleExecutable],
    source: String = plain,
    type: String = idToken,
    left: String? = nil
  ) -> World {
    let more =
      #","service_account_impersonation_url":"\#(Credential.impersonation)""#
    let end = HTTPAnswer.json(#"{"accessToken":"t","expireTime":"2099-01-01T00:00:00Z"}"#)
    return .adc(
      Credential.external(source, type: type, more),
      variables,
      allowed: allowed,
      [.token("sts"), end]
    ) { state in
      state.program = ProgramAnswer(status: status, output: Secret(output), errors: "why")
      state.files["/out"] = left.map { Array($0.utf8) }
    }
  }

  @Test func `it runs without a shell, with what the form says`() async throws {
    let world = world(says: Self.good)
    #expect(try await world.token().token == Secret("t"))
    let call = try #require(world.ran.first)
    #expect(call.words == ["/bin/give", "me", "a"])
    #expect(call.seconds == 7)
    #expect(
      call.variables == [
        "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE": "aud",
        "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE": Self.idToken,
        "GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE": "0", "GOOGLE_EXTERNAL_ACCOUNT_REVOKE": "0",
        "GOOGLE_EXTERNAL_ACCOUNT_ID": "sa@p",
        "GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL": "sa@p",
      ]
    )
    #expect(world.calls.first?.form["subject_token"] == "subject")
  }

  @Test func `not without both permissions`() async {
    let worlds = [
      world(says: Self.good, [:]), world(says: Self.good, allowed: []),
      world(says: Self.good, ["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "0"]),
    ]
    for world in worlds {
      #expect(await world.failure()?.code == .configuration)
      #expect(world.ran.isEmpty && world.calls.isEmpty)
    }
  }

  @Test(arguments: [
    "", "{}", "token", #"{"version":2,"success":true}"#,
    #"{"version":1,"success":false,"code":"401","message":"no"}"#,
    #"{"version":1,"success":true,"token_type":"\#(idToken)"}"#,
    #"{"version":1,"success":true,"token_type":"other","id_token":"t"}"#,
    #"{"version":1,"success":true,"token_type":"\#(idToken)","id_token":"t","expiration_time":1}"#,
  ]) func `an answer that gives nothing`(text: String) async {
    let world = world(says: text)
    #expect(await world.failure() != nil)
    #expect(world.calls.isEmpty)
  }

  @Test func `a SAML answer`() async throws {
    let type = "urn:ietf:params:oauth:token-type:saml2"
    let text = #"{"version":1,"success":true,"token_type":"\#(type)","saml_response":"x"}"#
    let world = world(says: text, type: type)
    #expect(try await world.token().token == Secret("t"))
    #expect(world.calls.first?.form["subject_token"] == "x")
  }

  @Test func `the type is the program's to say, among those that are known`() async throws {
    let text = Self.good.replacing(Self.idToken, with: "urn:ietf:params:oauth:token-type:jwt")
    let world = world(says: text)
    #expect(try await world.token().token == Secret("t"))
    #expect(world.calls.first?.form["subject_token"] == "subject")
    #expect(world.calls.first?.form["subject_token_type"] == Self.idToken)
  }

  @Test func `nothing is kept of a program that may speak for another next time`() async throws {
    let world = world(says: Self.good)
    let got = try await world.token()
    #expect(got.expiry == nil && got.reported != nil)
    #expect(world.kept.isEmpty)
  }

  @Test func `what a program left tells whose token is kept`() async throws {
    let source = #"{"executable":{"command":"/bin/give","output_file":"/out"}}"#
    let world = world(says: "", source: source, left: Self.answer("one", 1_704_170_000))
    let end = HTTPAnswer.json(#"{"accessToken":"u","expireTime":"2099-01-01T00:00:00Z"}"#)
    world.state.withLock { $0.answers += [.token("sts2"), end] }
    let first = try await world.token()
    #expect(first.files.contains("/out"))
    #expect(try await world.token().token == first.token)
    #expect(world.calls.count == 2)
    world.state.withLock { $0.files["/out"] = Array(Self.answer("two", 1_704_170_000).utf8) }
    #expect(try await world.token().token == Secret("u"))
    #expect(world.calls.map { $0.form["subject_token"] } == ["one", nil, "two", nil])
    #expect(world.ran.isEmpty)
  }

  private static func answer(_ token: String, _ expiry: Int) -> String {
    #"{"version":1,"success":true,"token_type":"\#(idToken)","id_token":"\#(token)","#
      + #""expiration_time":\#(expiry)}"#
  }

  @Test(arguments: [
    (answer("old", 1_704_170_000), "old", 0), (answer("old", 1_704_164_000), "new", 1),
    ("{", "new", 1),
  ]) func `what the program left is used while it is good`(
    left: String,
    expected: String,
    runs: Int
  ) async throws {
    let source = #"{"executable":{"command":"/bin/give","output_file":"/out"}}"#
    let world = world(says: Self.answer("new", 1_704_170_000), source: source, left: left)
    _ = try await world.token()
    #expect(world.calls.first?.form["subject_token"] == expected)
    #expect(world.ran.count == runs)
  }

  @Test func `with a file for its answer the end has to be said`() async {
    let source = #"{"executable":{"command":"/bin/give","output_file":"/out"}}"#
    #expect(await world(says: Self.good, source: source).failure()?.code == .configuration)
  }

  @Test func `a failure says what the program said`() async {
    #expect(await world(says: "", status: 3).failure()?.what.contains("why") == true)
  }
}
