// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

/// Entra ID's names of its issuer, and what it asks of the next login.
@Suite struct EntraIssuerTests {
  private static let guid = "11111111-1111-1111-1111-111111111111"
  private static let other = "22222222-2222-2222-2222-222222222222"

  private func metadata(_ issuer: String, announced: String) throws -> ProviderMetadata {
    let base = "https://login.microsoftonline.com/x"
    let document =
      #"{"issuer":"\#(announced)","token_endpoint":"\#(base)/t","jwks_uri":"\#(base)/k"}"#
    return try ProviderMetadata(parsing: Array(document.utf8), issuer: try Issuer(issuer))
  }

  @Test(arguments: [
    (
      "https://login.microsoftonline.com/contoso.com/v2.0",
      "https://login.microsoftonline.com/\(guid)/v2.0"
    ),
    (
      "https://login.microsoftonline.com/organizations/v2.0",
      "https://login.microsoftonline.com/{tenantid}/v2.0"
    ),
    (
      "https://login.microsoftonline.com/common/v2.0",
      "https://login.microsoftonline.com/{tenantid}/v2.0"
    ),
    (
      "https://login.chinacloudapi.cn/\(guid)/v2.0",
      "https://login.partner.microsoftonline.cn/\(guid)/v2.0"
    ),
    (
      "https://login.microsoftonline.com/\(guid)/v2.0",
      "https://login.microsoftonline.com/\(guid)/v2.0"
    ),
  ])
  func `another name of the same tenant`(issuer: String, announced: String) throws {
    #expect(try metadata(issuer, announced: announced).announcedIssuer == announced)
  }

  @Test(arguments: [
    (
      "https://login.microsoftonline.com/\(guid)/v2.0",
      "https://login.microsoftonline.com/\(other)/v2.0"
    ),
    (
      "https://login.microsoftonline.com/\(guid)/v2.0",
      "https://login.microsoftonline.com/{tenantid}/v2.0"
    ),
    (
      "https://login.microsoftonline.com/contoso.com/v2.0",
      "https://login.microsoftonline.us/\(guid)/v2.0"
    ),
    ("https://login.microsoftonline.com/contoso.com/v2.0", "https://evil.example/\(guid)/v2.0"),
    (
      "https://login.microsoftonline.com/contoso.com/v2.0",
      "https://login.microsoftonline.com/\(guid)/v2.0/x"
    ),
    (
      "https://login.microsoftonline.com/contoso.com/v2.0",
      "http://login.microsoftonline.com/\(guid)/v2.0"
    ),
    ("https://id.example.com/contoso.com/v2.0", "https://id.example.com/\(guid)/v2.0"),
    ("https://id.example.com/common/v2.0", "https://id.example.com/{tenantid}/v2.0"),
  ])
  func `another tenant, cloud or issuer is refused`(issuer: String, announced: String) {
    #expect(throws: OAuthError.self) { try metadata(issuer, announced: announced) }
  }

  private func token(_ claims: String) -> Secret {
    let parts = [#"{"alg":"RS256"}"#, claims].map { Base64URL.encode($0.utf8) }
    return Secret(parts.joined(separator: ".") + ".AAAA")
  }

  @Test func `a template is filled in by the token's tenant`() throws {
    let metadata = try metadata(
      "https://login.microsoftonline.com/common/v2.0",
      announced: "https://login.microsoftonline.com/{tenantid}/v2.0"
    )
    let issuer = try metadata.expectedIssuer(of: token(#"{"tid":"\#(Self.guid)"}"#))
    #expect(issuer.text == "https://login.microsoftonline.com/\(Self.guid)/v2.0")
    for claims in [#"{"tid":"evil.example/x"}"#, "{}", #"{"tid":"../x"}"#, "no JSON"] {
      #expect(throws: OAuthError.self) { try metadata.expectedIssuer(of: token(claims)) }
    }
  }

  @Test func `any other issuer is expected as it was asked for`() throws {
    let issuer = "https://login.microsoftonline.com/\(Self.guid)/v2.0"
    let metadata = try metadata(issuer, announced: issuer)
    #expect(try metadata.expectedIssuer(of: Secret("opaque")).text == issuer)
  }

  // MARK: claims

  private func answer(_ claims: String, status: Int = 400) -> HTTPAnswer {
    HTTPAnswer(
      status: status,
      body: Array(#"{"error":"interaction_required","claims":\#(claims)}"#.utf8)
    )
  }

  @Test func `the claims of a refusal`() {
    let claims = #"{"access_token":{"capolids":{"essential":true,"values":["c"]}}}"#
    let quoted = claims.replacing("\"", with: "\\\"")
    #expect(ClaimsChallenge.read(answer("\"\(quoted)\"")) == claims)
  }

  @Test(arguments: ["\"no JSON\"", "\"[1]\"", "{}", "1", "null", "\"\""])
  func `claims that are no request`(claims: String) {
    #expect(ClaimsChallenge.read(answer(claims)) == nil)
  }

  @Test func `claims only of a refusal, and only short ones`() {
    #expect(ClaimsChallenge.read(answer("\"{}\"", status: 200)) == nil)
    let long = String(repeating: "x", count: 3000)
    #expect(ClaimsChallenge.read(answer("\"{\\\"a\\\":\\\"\(long)\\\"}\"")) == nil)
  }
}
