// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import HTTPTypes
import OAuth
import Synchronization
import Testing

/// Credential files, good and hostile.
@Suite struct CredentialFileTests {
  @Test func `a byte order mark, and members that are not known`() async throws {
    let text =
      "\u{FEFF}" + Credential.person(#","quota_project_id":"q","later":{"a":[1]},"account":"""#)
    #expect(try await World.adc(text, [:], [.token("t")]).token().token == Secret("t"))
  }

  @Test(arguments: [
    "", "{", "[]", "1", "{}", #"{"type":1}"#, #"{"type":"gdch_service_account"}"#,
    #"{"type":"service_account_p12"}"#, #"{"type":"authorized_user","type":"authorized_user"}"#,
    #"{"type":"authorized_user","client_id":"c","client_secret":"s"}"#,
    #"{"type":"authorized_user","client_id":"c\u0007","client_secret":"s","refresh_token":"r"}"#,
    #"{"type":"service_account","client_email":"e","private_key":"k","universe_domain":"evil/"}"#,
    #"{"type":"service_account","client_email":"e","private_key":"k"}"#,
    #"{"type":"external_account","audience":"a","subject_token_type":"t"}"#,
    #"{"type":"impersonated_service_account","service_account_impersonation_url":"u"}"#,
    Credential.person(#","scopes":["a b"]"#), Credential.person(#","token_uri":7"#),
  ]) func `a file that cannot be used`(text: String) async {
    let world = World.adc(text, [:], [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test(arguments: [
    "{}", #"{"environment_id":"aws2","regional_cred_verification_url":"v"}"#,
    #"{"executable":{"command":"c","timeout_millis":4999}}"#,
    #"{"executable":{"command":"c","timeout_millis":120001}}"#, #"{"executable":{}}"#,
    #"{"file":"/f","format":{"type":"xml"}}"#, #"{"file":"/f","format":{"type":"json"}}"#,
    #"{"certificate":{}}"#, #"{"url":"u","headers":{"A":1}}"#, #"{"file":["/f"]}"#,
    #"{"file":"/missing"}"#, #"{"file":"/empty"}"#, #"{"url":"http://h/"}"#,
    #"{"url":"https://h/","headers":{"A B":"1"}}"#,
    #"{"file":"/f","format":{"type":"json","subject_token_field_name":"t"}}"#,
  ]) func `a source that cannot be used`(source: String) async {
    let world = World.adc(Credential.external(source), [:], [.token("t")]) {
      $0.files["/f"] = Array("subject".utf8)
      $0.files["/empty"] = Array(" \n".utf8)
    }
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test(arguments: ["599", "43201", "1.5", "\"600\""])
  func `a lifetime that cannot be`(lifetime: String) async {
    let more =
      #","service_account_impersonation_url":"\#(Credential.impersonation)","#
      + #""service_account_impersonation":{"token_lifetime_seconds":\#(lifetime)}"#
    let world = World.adc(Credential.external(#"{"file":"/f"}"#, more), [:], [.token("t")]) {
      $0.files["/f"] = Array("subject".utf8)
    }
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test func `an impersonated account is no source of another`() async {
    func text(_ source: String) -> String {
      #"{"type":"impersonated_service_account","service_account_impersonation_url":"#
        + #""\#(Credential.impersonation)","source_credentials":\#(source)}"#
    }
    let world = World.adc(text(text(Credential.person())), [:], [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test func `a workforce pool's project, only without a client`() async throws {
    for (client, options) in [
      ("", #"{"userProject":"p"}"#), (#","client_id":"c","client_secret":"s""#, nil),
    ] as [(String, String?)] {
      let more = #","workforce_pool_user_project":"p"\#(client)"#
      let world = World.adc(Credential.external(#"{"file":"/f"}"#, more), [:], [.token("t")]) {
        $0.files["/f"] = Array("\(Credential.jwt)\n".utf8)
      }
      _ = try await world.token(scopes: ["a", "b"])
      let call = try #require(world.calls.first)
      #expect(call.form["options"] == options)
      #expect(call.form["subject_token"] == Credential.jwt)
      #expect(call.form["scope"] == "a b")
      #expect((call.headers[.authorization] == "Basic Yzpz") == (options == nil))
    }
  }

  @Test func `a certificate and its chain`() async throws {
    let type = "urn:ietf:params:oauth:token-type:mtls"
    let source =
      #"{"certificate":{"certificate_config_location":"/c","trust_chain_path":"/chain"}}"#
    let leaf = "-----BEGIN CERTIFICATE-----\nTEVB\nRg==\n-----END CERTIFICATE-----\n"
    let world = World.adc(Credential.external(source, type: type), [:], [.token("t")]) {
      $0.files["/c"] = Array(
        #"{"cert_configs":{"workload":{"cert_path":"/crt","key_path":"/key"}}}"#.utf8
      )
      $0.files["/crt"] = Array(leaf.utf8)
      $0.files["/key"] = Array("key".utf8)
      $0.files["/chain"] = Array(
        (leaf + leaf.replacing("TEVB\nRg==", with: "Q0E=")).utf8
      )
    }
    #expect(try await world.token().token == Secret("t"))
    #expect(world.calls.first?.form["subject_token"] == #"["TEVBRg==","Q0E="]"#)
    let trust = world.state.withLock { $0.trusts.last }
    #expect(trust?.certificate == Array(leaf.utf8))
    #expect(trust?.key == Secret("key"))
  }

  @Test func `nothing secret is in an error`() async throws {
    let text = Credential.person().replacing("\"r\"", with: "\"hush\\u0000\"")
      .replacing("\"s\"", with: "\"hush\"")
    let failure = try #require(await World.adc(text).failure())
    #expect(!"\(failure.what) \(failure.remedy)".contains("hush"))
  }
}
