// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("userinfo")
struct UserinfoTests {
  static func read(
    _ body: String,
    status: Int = 200,
    type: String? = "application/json",
    subject: String = "alice"
  ) throws(OAuthError) -> Userinfo {
    var headers: HTTPFields = [.retryAfter: "9"]
    headers[.contentType] = type
    return try Userinfo(
      HTTPAnswer(status: status, headers: headers, body: Array(body.utf8)),
      subject: subject,
      from: "issuer.test"
    )
  }

  @Test(
    "oidcc-client-test-userinfo-bearer-header: the call",
    arguments: [(.bearer, "Bearer a.b"), (.dpop, "DPoP a.b")] as [(Userinfo.Scheme, String)]
  )
  func call(scheme: Userinfo.Scheme, field: String) throws {
    let endpoint = try Endpoint("https://issuer.test/me?x=1", named: "x", of: Issuer(Forge.issuer))
    let call = Userinfo.call(at: endpoint, accessToken: Secret("a.b"), scheme: scheme)
    #expect(call.method == .get)
    #expect(call.url == "https://issuer.test/me?x=1")
    #expect(call.headers[.authorization] == field)
    #expect(call.headers[.accept] == "application/json")
    #expect(call.body == [])
  }

  @Test("with DPoP the proof carries the token's hash")
  func bound() throws {
    let endpoint = try Endpoint("https://issuer.test/me?x=1", named: "x", of: Issuer(Forge.issuer))
    let token = Secret("a.b")
    let proof = try DPoPProof(
      now: DPoPProofTests.now,
      random: DPoPProofTests.random,
      accessToken: token
    )
    let call = try proof.prove(
      Userinfo.call(at: endpoint, accessToken: token, scheme: .dpop),
      with: DPoPKey(random: DPoPProofTests.seed)
    )
    let field = try #require(HTTPField.Name("DPoP"))
    let text = try #require(call.headers[field])
    let payload = try ClientAssertionTests.parts(Secret(text)).1
    #expect(payload.contains(#""ath":""#))
    #expect(payload.contains(#""htu":"https://issuer.test/me""#))
  }

  @Test("the claims that are shown")
  func claims() throws {
    let found = try Self.read(
      #"{"sub":"alice","email":"a@example.test","preferred_username":"al","name":"A L","picture":1}"#
    )
    #expect(found.subject == "alice")
    #expect(found.email == "a@example.test")
    #expect(found.preferredUsername == "al")
    #expect(found.name == "A L")
  }

  @Test(
    "claims that are as good as absent",
    arguments: [
      "7", "null", #"["x"]"#, #""a\u001b[31mb""#, #""a\u202eb""#,
      "\"\(String(repeating: "n", count: 1025))\"",
    ]
  )
  func absent(value: String) throws {
    let found = try Self.read(
      #"{"sub":"alice","email":\#(value),"preferred_username":\#(value),"name":\#(value)}"#
    )
    #expect(found.email == nil)
    #expect(found.preferredUsername == nil)
    #expect(found.name == nil)
  }

  /// The second row is oidcc-client-test-userinfo-invalid-sub; the first is its twin.
  @Test(
    "the subject is that of the ID token, byte for byte",
    arguments: [
      (#"{"sub":"Kim"}"#, nil), (#"{"sub":"Kim1"}"#, .tokenRejected),
      (#"{"sub":"kim"}"#, .tokenRejected), (#"{"sub":"\u212aim"}"#, .tokenRejected),
      (#"{"sub":""}"#, .tokenRejected), (#"{"sub":["Kim"]}"#, .tokenRejected),
      (#"{"sub":null}"#, .tokenRejected), ("{}", .tokenRejected),
      (#"{"sub":"Kim","sub":"Kim"}"#, .garbled),
    ] as [(String, OAuthError.Code?)]
  )
  func subject(body: String, expected: OAuthError.Code?) {
    let code = code { () throws(OAuthError) in _ = try Self.read(body, subject: "Kim") }
    #expect(code == expected)
  }

  @Test(
    "answers that are not JSON, or signed",
    arguments: [
      ("", "application/json"), ("[]", "application/json"), ("null", nil),
      ("<html>", "text/html"), ("a.b.c", nil), (#"{"sub":"alice"}x"#, nil),
      (#"{"sub":"alice"}"#, "application/jwt"), ("a.b.c", "Application/JWT; charset=utf-8"),
    ] as [(String, String?)]
  )
  func garbled(body: String, type: String?) {
    do throws(OAuthError) {
      _ = try Self.read(body, type: type)
      Issue.record("accepted")
    } catch {
      #expect(error.code == .garbled)
      let isSigned = type?.lowercased().hasPrefix("application/jwt") ?? false
      #expect(error.what.contains("signed") == isSigned)
    }
  }

  @Test("256 KiB are read, one byte more is not")
  func size() throws {
    let body = #"{"sub":"alice"}"#
    let space = String(repeating: " ", count: 256 * 1024 - body.utf8.count)
    #expect(try Self.read(body + space).subject == "alice")
    #expect(
      code { () throws(OAuthError) in _ = try Self.read(body + space + " ") } == .garbled
    )
  }

  @Test(
    "other statuses",
    arguments: [
      (204, .refused), (302, .redirected), (307, .redirected), (400, .refused), (401, .refused),
      (403, .refused), (404, .refused), (429, .unavailable), (500, .unavailable),
      (503, .unavailable),
    ] as [(Int, OAuthError.Code)]
  )
  func statuses(status: Int, expected: OAuthError.Code) {
    do throws(OAuthError) {
      _ = try Self.read(#"{"sub":"alice"}"#, status: status)
      Issue.record("accepted")
    } catch {
      #expect(error.code == expected)
      #expect(error.retryAfter == (expected == .unavailable ? 9 : nil))
    }
  }
}
