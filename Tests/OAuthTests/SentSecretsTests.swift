// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

@Suite struct SentSecretsTests {
  static let token = "0.AX/refresh+token=\"1\""

  static func form(_ pairs: (String, String)..., headers: HTTPFields = [:]) -> HTTPCall {
    HTTPCall(
      method: .post,
      url: "https://id.example.com/token",
      headers: headers,
      body: Array(FormEncoding.body(pairs).utf8)
    )
  }

  static func told(_ body: String, of call: HTTPCall, status: Int = 400) -> String {
    let answer = HTTPAnswer(status: status, body: Array(body.utf8))
    return String(decoding: SentSecrets(in: call).removed(from: answer).body, as: UTF8.self)
  }

  /// How an issuer may write the token that it was sent.
  @Test(arguments: [
    #"0.AX/refresh+token=\"1\""#, #"0.AX\/refresh+token=\"1\""#,
    #"0.AX\u002Frefresh\u002btoken\u003d\u00221\u0022"#, "0.AX%2Frefresh%2Btoken%3D%221%22",
    "0.AX%2frefresh%2btoken%3d%221%22",
  ])
  func everySpellingIsTakenOut(spelling: String) {
    let call = Self.form(("grant_type", "refresh_token"), ("refresh_token", Self.token))
    let body = #"{"error":"invalid_grant","error_description":"bad token: \#(spelling)!"}"#
    #expect(
      Self.told(body, of: call)
        == #"{"error":"invalid_grant","error_description":"bad token: ‹secret›!"}"#
    )
  }

  @Test func aBeginningIsTakenOutAndAShortWordIsNot() {
    let call = Self.form(("refresh_token", "abcdefghijklmnopqrstuvwxyz"), ("password", "invalid"))
    #expect(Self.told("got abcdefghijklmnopqrst…", of: call) == "got ‹secret›…")
    #expect(Self.told("got abcdefghijklmno…", of: call) == "got abcdefghijklmno…")
    #expect(Self.told("invalid", of: call) == "invalid")
  }

  @Test(arguments: [
    "refresh_token", "code", "code_verifier", "device_code", "client_secret", "client_assertion",
    "assertion", "subject_token", "actor_token", "password", "token", "WebIdentityToken",
  ])
  func everySecretFieldIsKnown(name: String) {
    let request = Self.form((name, "correct-horse"))
    #expect(Self.told("no: correct-horse", of: request) == "no: ‹secret›")
  }

  @Test(arguments: ["client_id", "scope", "audience", "resource", "redirect_uri", "username"])
  func whatIsNoSecretStays(name: String) {
    #expect(
      Self.told("no: correct-horse", of: Self.form((name, "correct-horse"))) == "no: correct-horse"
    )
  }

  @Test(arguments: ["refreshToken", "clientSecret", "deviceCode", "codeVerifier"])
  func membersOfJSONAreKnown(name: String) {
    let call = HTTPCall(
      method: .post,
      url: "https://oidc.eu-west-1.amazonaws.com/token",
      body: Array(#"{"clientId":"lanyard","\#(name)":"correct-horse"}"#.utf8)
    )
    #expect(Self.told("no: correct-horse of lanyard", of: call) == "no: ‹secret› of lanyard")
  }

  @Test func headersAreKnown() throws {
    // "lanyard:correct%2Fhorse", form-encoded as RFC 6749 section 2.3.1 has it.
    let basic = Self.form(headers: [.authorization: "Basic bGFueWFyZDpjb3JyZWN0JTJGaG9yc2U="])
    #expect(Self.told("correct/horse, correct%2Fhorse", of: basic) == "‹secret›, ‹secret›")
    #expect(Self.told("lanyard", of: basic) == "lanyard")
    let bearer = Self.form(headers: [.authorization: "Bearer correct-horse"])
    #expect(Self.told("Bearer correct-horse", of: bearer) == "Bearer ‹secret›")
    let name = try #require(HTTPField.Name("x-amz-sso_bearer_token"))
    let request = Self.form(headers: [name: "correct-horse"])
    #expect(Self.told("correct-horse", of: request) == "‹secret›")
  }

  /// Some issuers keep the refresh token and give it again; losing it there would cost the session.
  @Test(arguments: [
    #"{"id_token":"i","refresh_token":"correct-horse"}"#,
    #"{"refresh_token":"correct-horse","error":"partial"}"#, "correct-horse",
  ])
  func whatGrantsSomethingStaysAsItIs(body: String) {
    #expect(Self.told(body, of: Self.form(("refresh_token", "correct-horse")), status: 200) == body)
  }

  @Test func aRefusalWithAStatusOfSuccessIsOne() {
    let body = #"{"error":"bad_refresh_token","error_description":"correct-horse"}"#
    let call = Self.form(("refresh_token", "correct-horse"))
    #expect(!Self.told(body, of: call, status: 200).contains("horse"))
  }

  @Test func anEmptyAndABrokenBodyAreLeft() {
    let call = Self.form(("refresh_token", "correct-horse"))
    #expect(Self.told("", of: call) == "")
    #expect(Self.told("correct-hors", of: call) == "correct-hors")
    #expect(Self.told("correct-horse\\", of: call) == "‹secret›\\")
    #expect(Self.told("correct-horse%", of: call) == "‹secret›%")
  }
}
