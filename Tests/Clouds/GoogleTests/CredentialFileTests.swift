// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth
import Testing

@testable import Google

/// Credential files, good and hostile.
@Suite struct CredentialFileTests {
  private func parse(_ text: String) throws(CloudError) -> GoogleCredential {
    try CredentialFile.parse(Array(text.utf8), .test)
  }

  @Test func `a person, with a byte order mark and members that are not known`() throws {
    let text =
      "\u{FEFF}{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"s\","
      + "\"refresh_token\":\"r\",\"quota_project_id\":\"q\",\"account\":\"\",\"later\":{\"a\":[1]}}"
    let user = AuthorizedUser(clientID: "c", clientSecret: Secret("s"), refreshToken: Secret("r"))
    #expect(try parse(text) == .authorizedUser(user))
  }

  @Test func `a service account, and whether it asks anybody`() throws {
    func text(_ universe: String) -> String {
      "{\"type\":\"service_account\",\"client_email\":\"e\",\"private_key\":\"k\",\"private_key_id\":\"i\""
        + ",\"universe_domain\":\"\(universe)\"}"
    }
    guard case .serviceAccount(let key) = try parse(text("googleapis.com")),
      case .serviceAccount(let other) = try parse(text("apis.example"))
    else {
      Issue.record("no service account")
      return
    }
    #expect(key.email == "e" && key.keyID == "i" && !key.isSelfSigned)
    #expect(other.isSelfSigned)
  }

  private func external(_ source: String, _ more: String = "") -> String {
    "{\"type\":\"external_account\",\"audience\":\"a\",\"subject_token_type\":\"t\","
      + "\"token_url\":\"u\",\"credential_source\":\(source)\(more)}"
  }

  @Test(arguments: [
    (#"{"file":"/f"}"#, SubjectSource.file("/f", .text)),
    (
      #"{"file":"/f","format":{"type":"json","subject_token_field_name":"t"}}"#,
      .file("/f", .json(field: "t"))
    ),
    (
      #"{"url":"https://h/","headers":{"B":"2","A":"1"},"format":{"type":"text"}}"#,
      .url(
        "https://h/",
        headers: [.init(name: "A", value: Secret("1")), .init(name: "B", value: Secret("2"))],
        .text
      )
    ),
    (
      #"{"executable":{"command":"c d","timeout_millis":5000,"output_file":"/o"}}"#,
      .executable(ExecutableSource(command: "c d", timeout: 5, outputFile: "/o"))
    ),
    (
      #"{"executable":{"command":"c"}}"#,
      .executable(ExecutableSource(command: "c", timeout: 30, outputFile: nil))
    ),
    (
      #"{"environment_id":"aws1","regional_cred_verification_url":"v","region_url":"r"}"#,
      .aws(AWSSource(regionURL: "r", verificationURL: "v"))
    ),
    (
      #"{"certificate":{"use_default_certificate_config":true,"trust_chain_path":"/c"}}"#,
      .certificate(CertificateSource(configuration: nil, chain: "/c"))
    ),
    (
      #"{"certificate":{"certificate_config_location":"/c"}}"#,
      .certificate(CertificateSource(configuration: "/c", chain: nil))
    ),
  ]) func `sources of an external account`(source: String, expected: SubjectSource) throws {
    guard case .externalAccount(let account) = try parse(external(source)) else {
      Issue.record("no external account")
      return
    }
    #expect(account.source == expected)
    #expect(account.impersonation == nil)
  }

  @Test func `impersonation with its lifetime, and a client`() throws {
    let more =
      ",\"service_account_impersonation_url\":\"https://h/v1/x/sa@p:generateAccessToken\","
      + "\"service_account_impersonation\":{\"token_lifetime_seconds\":2800},"
      + "\"client_id\":\"c\",\"client_secret\":\"s\",\"workforce_pool_user_project\":\"p\""
    guard case .externalAccount(let account) = try parse(external(#"{"file":"/f"}"#, more)) else {
      Issue.record("no external account")
      return
    }
    #expect(account.impersonation?.lifetime == 2800)
    #expect(account.impersonation?.email == "sa@p")
    #expect(account.client == OAuthClientSecret(id: "c", secret: Secret("s")))
    #expect(account.workforceProject == "p")
  }

  @Test func `an impersonated account, whose source must be another type`() throws {
    func text(_ source: String) -> String {
      "{\"type\":\"impersonated_service_account\",\"service_account_impersonation_url\":\"u\","
        + "\"delegates\":[\"d@p\",\"projects/-/serviceAccounts/e@p\"],\"source_credentials\":\(source)}"
    }
    let source =
      #"{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r"}"#
    guard case .impersonated(let account, .authorizedUser) = try parse(text(source)) else {
      Issue.record("no impersonated account")
      return
    }
    #expect(
      account.delegates == ["projects/-/serviceAccounts/d@p", "projects/-/serviceAccounts/e@p"]
    )
    #expect(throws: CloudError.self) { try parse(text(text(source))) }
  }

  @Test(arguments: [
    "", "{", "[]", "1", "{}", #"{"type":1}"#, #"{"type":"gdch_service_account"}"#,
    #"{"type":"service_account_p12"}"#, #"{"type":"authorized_user","type":"authorized_user"}"#,
    #"{"type":"authorized_user","client_id":"c","client_secret":"s"}"#,
    #"{"type":"authorized_user","client_id":"c\u0007","client_secret":"s","refresh_token":"r"}"#,
    #"{"type":"service_account","client_email":"e","private_key":"k","universe_domain":"evil/"}"#,
    #"{"type":"external_account","audience":"a","subject_token_type":"t","token_url":"u"}"#,
  ]) func `a file that cannot be used is a matter of configuration`(text: String) {
    #expect { try parse(text) } throws: { ($0 as? CloudError)?.code == .configuration }
  }

  @Test(arguments: [
    "{}", #"{"environment_id":"aws2","regional_cred_verification_url":"v"}"#,
    #"{"executable":{"command":"c","timeout_millis":4999}}"#,
    #"{"executable":{"command":"c","timeout_millis":120001}}"#, #"{"executable":{}}"#,
    #"{"file":"/f","format":{"type":"xml"}}"#, #"{"file":"/f","format":{"type":"json"}}"#,
    #"{"certificate":{}}"#, #"{"url":"u","headers":{"A":1}}"#, #"{"file":["/f"]}"#,
  ]) func `a source that cannot be used`(source: String) {
    #expect { try parse(external(source)) } throws: {
      ($0 as? CloudError)?.code == .configuration
    }
  }

  @Test(arguments: ["599", "43201", "1.5", "\"600\""]) func `a lifetime that cannot be`(
    text: String
  ) {
    let more =
      ",\"service_account_impersonation_url\":\"u\",\"service_account_impersonation\":"
      + "{\"token_lifetime_seconds\":\(text)}"
    #expect(throws: CloudError.self) { try parse(external(#"{"file":"/f"}"#, more)) }
  }

  @Test func `nothing secret is in an error`() {
    let text =
      #"{"type":"authorized_user","client_id":"c","client_secret":"hush","refresh_token":"hush\u0000"}"#
    #expect { try parse(text) } throws: { error in
      let error = error as? CloudError
      return error.map { !"\($0.what) \($0.remedy)".contains("hush") } ?? false
    }
  }
}
