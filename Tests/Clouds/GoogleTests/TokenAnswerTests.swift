// SPDX-License-Identifier: Apache-2.0

import Clouds
import CryptoExtras
import Google
import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What Google answers, and what becomes of it.
@Suite struct TokenAnswerTests {
  /// What kind of credential is asked for.
  enum Kind: Sendable { case person, serviceAccount, federation }

  private static let pem = (try? _RSA.Signing.PrivateKey(keySize: .bits2048))?.pemRepresentation

  private func world(_ kind: Kind, _ answer: HTTPAnswer) throws -> World {
    switch kind {
    case .person: return .adc(Credential.person(), [:], [answer])
    case .serviceAccount:
      let pem = try #require(Self.pem).replacing("\n", with: "\\n")
      let text = #"{"type":"service_account","client_email":"sa@p","private_key":"\#(pem)"}"#
      return .adc(text, [:], [answer])
    case .federation:
      return .adc(Credential.external(#"{"file":"/f"}"#), [:], [answer]) {
        $0.files["/f"] = Array(Credential.jwt.utf8)
      }
    }
  }

  @Test func `a token and its end`() async throws {
    let got = try await world(.person, .token("ya29.a", 3599)).token()
    #expect(got.token == Secret("ya29.a"))
    #expect(got.expiry == World.now.addingTimeInterval(3599))
    let unsaid = HTTPAnswer.json(#"{"access_token":"a","token_type":"Bearer"}"#)
    #expect(try await world(.person, unsaid).token().expiry == World.now.addingTimeInterval(3600))
  }

  /// An error as the endpoint writes it, the kind of credential, and what it has to become.
  struct Row: Sendable, CustomTestStringConvertible {
    let body: String
    var status = 400
    var kind = Kind.person
    let code: CloudError.Code
    let remedy: String
    var testDescription: String { "\(kind) \(status) \(body)" }
  }

  private static func error(_ error: String, _ words: String, _ subtype: String? = nil) -> String {
    let more = subtype.map { #","error_subtype":"\#($0)""# } ?? ""
    return #"{"error":"\#(error)","error_description":"\#(words)"\#(more)}"#
  }

  static let rows = [
    Row(
      body: error("invalid_grant", "Bad Request", "invalid_rapt"),
      code: .loginNeeded,
      remedy: "gcloud auth application-default login"
    ),
    Row(
      body: error("invalid_grant", "reauth related error (rapt_required)"),
      code: .loginNeeded,
      remedy: "gcloud auth application-default login"
    ),
    Row(
      body: error("invalid_grant", "Token has been expired or revoked."),
      code: .loginNeeded,
      remedy: "gcloud auth application-default login"
    ),
    Row(
      body: error("invalid_grant", "Invalid JWT: Token must be … in a reasonable timeframe."),
      kind: .serviceAccount,
      code: .configuration,
      remedy: "clock"
    ),
    Row(
      body: error("invalid_grant", "Invalid JWT Signature."),
      kind: .serviceAccount,
      code: .refused,
      remedy: "keys create"
    ),
    Row(
      body: error("invalid_grant", "The audience does not match"),
      kind: .federation,
      code: .refused,
      remedy: "audience"
    ),
    Row(body: error("invalid_client", ""), status: 401, code: .configuration, remedy: "login"),
    Row(body: error("unauthorized_client", ""), code: .refused, remedy: "permissions"),
    Row(body: "", status: 403, code: .refused, remedy: "permissions"),
    Row(body: "busy", status: 503, code: .temporary, remedy: "again"),
    Row(body: error("internal_failure", ""), status: 500, code: .temporary, remedy: "again"),
    Row(body: "", status: 429, code: .temporary, remedy: "again"),
    Row(body: "<html>", status: 200, code: .failed, remedy: "proxy"),
    Row(
      body: #"{"access_token":"a","token_type":"MAC"}"#,
      status: 200,
      code: .failed,
      remedy: "proxy"
    ),
    Row(body: #"{"access_token":"a b"}"#, status: 200, code: .failed, remedy: "proxy"),
  ]

  @Test(arguments: rows) func `errors`(row: Row) async throws {
    let world = try world(row.kind, .json(row.body, status: row.status))
    let failure = try #require(await world.failure())
    #expect(failure.code == row.code)
    #expect(failure.remedy.contains(row.remedy), "\(failure.remedy)")
    #expect(world.calls.count == 1)
    #expect(world.kept.isEmpty)
  }

  @Test func `when it may be asked again`() async throws {
    let answer = HTTPAnswer.json("", status: 503, [.retryAfter: "17"])
    #expect(try await world(.person, answer).failure()?.retryAfter == 17)
  }

  @Test func `nobody there is temporary`() async {
    #expect(await World.adc(Credential.person()).failure()?.code == .temporary)
  }

  private func acting(_ answer: HTTPAnswer) -> World {
    let more =
      #","service_account_impersonation_url":"\#(Credential.impersonation)""#
    return .adc(Credential.external(#"{"file":"/f"}"#, more), [:], [.token("sts"), answer]) {
      $0.files["/f"] = Array(Credential.jwt.utf8)
    }
  }

  @Test(arguments: [
    ("2099-01-01T00:00:00Z", 4_070_908_800), ("2026-11-23T21:58:53.917825Z", 1_795_471_133),
    ("2026-11-23T22:58:53+01:00", 1_795_471_133),
    ("2024-02-29T23:59:59Z", 1_709_251_199), ("2026-11-23T21:58:53.000000001Z", 1_795_471_133),
  ]) func `a token of a service account, and its end`(text: String, seconds: Int) async throws {
    let world = acting(.json(#"{"accessToken":"a","expireTime":"\#(text)"}"#))
    let got = try await world.token()
    #expect(got.token == Secret("a"))
    #expect(got.expiry?.timeIntervalSince1970 == Double(seconds))
    let bearer = world.calls.last?.headers[.authorization]
    #expect(bearer == "Bearer sts")
  }

  @Test(arguments: [
    "", "2026", "2026-11-23T21:58:53+1", "2026-13-23T21:58:53Z", "2026-11-23T25:58:53Z",
    "2026-11-23T21:58:53.Z", "yyyy-mm-ddThh:mm:ssZ", "1960-01-01T00:00:00Z", "2026/11/23 21:58:53",
  ]) func `an end that is no time`(text: String) async {
    let world = acting(.json(#"{"accessToken":"a","expireTime":"\#(text)"}"#))
    #expect(await world.failure()?.code == .failed)
  }

  @Test(arguments: [
    (
      403, #"{"error":{"code":403,"message":"denied","status":"PERMISSION_DENIED"}}"#,
      CloudError.Code.refused
    ),
    (404, "", .refused), (401, "", .loginNeeded), (400, "{}", .refused), (503, "", .temporary),
    (429, "", .temporary), (200, "{}", .failed), (200, #"{"accessToken":"a"}"#, .failed),
  ]) func `what acting as an account can come to`(
    status: Int,
    body: String,
    code: CloudError.Code
  ) async {
    #expect(await acting(.json(body, status: status)).failure()?.code == code)
  }
}
