// SPDX-License-Identifier: Apache-2.0

import Clouds
import HTTPTypes
import OAuth
import Testing

@testable import Google

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What Google answers, and what becomes of it.
@Suite struct TokenAnswerTests {
  private func token(_ answer: HTTPAnswer, _ kind: TokenAnswer.Kind = .person)
    throws(CloudError) -> AccessToken
  {
    try TokenAnswer.token(answer, kind, host: "h", now: World.now, .gcloud("me@x"))
  }

  @Test func `a token and its end`() throws {
    let got = try token(.token("ya29.a", 3599))
    #expect(got.token == Secret("ya29.a"))
    #expect(got.expiry == World.now.addingTimeInterval(3599))
    let other = try token(.json(#"{"access_token":"a","token_type":"Bearer","refresh_token":"r"}"#))
    #expect(other.expiry == World.now.addingTimeInterval(3600))
    #expect(other.refreshToken == Secret("r"))
  }

  /// An error as the endpoint writes it, the kind of credential, and what it has to become.
  struct Row: Sendable, CustomTestStringConvertible {
    let body: String
    var status = 400
    var kind = TokenAnswer.Kind.person
    let code: CloudError.Code
    let remedy: String
    var testDescription: String { "\(kind) \(status) \(body)" }
  }

  static let rows = [
    Row(
      body:
        #"{"error":"invalid_grant","error_description":"Bad Request","error_subtype":"invalid_rapt"}"#,
      code: .loginNeeded,
      remedy: "gcloud auth login me@x"
    ),
    Row(
      body:
        #"{"error":"invalid_grant","error_description":"reauth related error (rapt_required)"}"#,
      code: .loginNeeded,
      remedy: "gcloud auth login me@x"
    ),
    Row(
      body: #"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
      code: .loginNeeded,
      remedy: "gcloud auth login me@x"
    ),
    Row(
      body:
        #"{"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."}"#,
      kind: .serviceAccount,
      code: .configuration,
      remedy: "clock"
    ),
    Row(
      body: #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#,
      kind: .serviceAccount,
      code: .refused,
      remedy: "keys create"
    ),
    Row(
      body: #"{"error":"invalid_grant","error_description":"The audience does not match"}"#,
      kind: .federation,
      code: .refused,
      remedy: "audience"
    ),
    Row(body: #"{"error":"invalid_client"}"#, status: 401, code: .configuration, remedy: "login"),
    Row(body: #"{"error":"unauthorized_client"}"#, code: .refused, remedy: "permissions"),
    Row(body: "", status: 403, code: .refused, remedy: "permissions"),
    Row(body: "busy", status: 503, code: .temporary, remedy: "again"),
    Row(body: #"{"error":"internal_failure"}"#, status: 500, code: .temporary, remedy: "again"),
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

  @Test(arguments: rows) func `errors`(row: Row) {
    #expect { try token(.json(row.body, status: row.status), row.kind) } throws: { error in
      guard let error = error as? CloudError else { return false }
      return error.code == row.code && error.remedy.contains(row.remedy)
    }
  }

  @Test func `when it may be asked again`() {
    let answer = HTTPAnswer.json("", status: 503, [.retryAfter: "17"])
    #expect { try token(answer) } throws: { ($0 as? CloudError)?.retryAfter == 17 }
  }

  private func acting(_ answer: HTTPAnswer) throws(CloudError) -> AccessToken {
    try ImpersonationAnswer.token(
      answer,
      account: "sa@p",
      host: "h",
      now: World.now,
      .gcloud("me@x")
    )
  }

  @Test func `a token of a service account`() throws {
    let got = try acting(.json(#"{"accessToken":"a","expireTime":"2099-01-01T00:00:00Z"}"#))
    #expect(got.token == Secret("a"))
    #expect(got.expiry.timeIntervalSince1970 == 4_070_908_800)
  }

  @Test(arguments: [
    (
      403, #"{"error":{"code":403,"message":"denied","status":"PERMISSION_DENIED"}}"#,
      CloudError.Code.refused
    ),
    (404, "", .refused), (401, "", .loginNeeded), (400, "{}", .refused), (503, "", .temporary),
    (429, "", .temporary), (200, "{}", .failed), (200, #"{"accessToken":"a"}"#, .failed),
    (200, #"{"accessToken":"a","expireTime":"soon"}"#, .failed),
  ]) func `what acting as an account can come to`(
    status: Int,
    body: String,
    code: CloudError.Code
  ) {
    #expect { try acting(.json(body, status: status)) } throws: {
      ($0 as? CloudError)?.code == code
    }
  }
}
