// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("discovery")
struct DiscoveryTests {
  static let base = [
    "issuer": "\"\(Forge.issuer)\"",
    "authorization_endpoint": "\"https://issuer.test/authorize\"",
    "token_endpoint": "\"https://issuer.test/token\"",
    "jwks_uri": "\"https://issuer.test/keys\"",
  ]

  static func document(_ change: [String: String?] = [:]) -> [UInt8] {
    var members = base
    for (name, value) in change { members[name] = value }
    return Array(Forge.object(members).utf8)
  }

  static func metadata(_ change: [String: String?] = [:]) throws(OAuthError) -> ProviderMetadata {
    try ProviderMetadata(parsing: document(change), issuer: try Issuer(Forge.issuer))
  }

  @Test(
    "documents",
    arguments: [
      ([:], nil),
      (["issuer": "\"\(Forge.issuer)INVALID\""], .discoveryIssuerMismatch),
      (["issuer": "\"\(Forge.issuer)/\""], .discoveryIssuerMismatch),
      (["issuer": #""https://issuer.test/realms/\u006fne""#], nil),
      (["issuer": nil], .discoveryInvalid), (["issuer": "7"], .discoveryInvalid),
      (["authorization_endpoint": nil], nil), (["authorization_endpoint": "null"], nil),
      (["authorization_endpoint": "7"], .discoveryInvalid),
      (["authorization_endpoint": "\"javascript:alert(1)\""], .endpointInvalid),
      (["authorization_endpoint": "\"-x\""], .endpointInvalid),
      (["authorization_endpoint": "\"https://a@b.test\""], .endpointInvalid),
      (["token_endpoint": nil], .discoveryInvalid),
      (["token_endpoint": "\"http://issuer.test/token\""], .endpointInvalid),
      (["jwks_uri": nil], .discoveryInvalid),
      (["revocation_endpoint": "\"file:///x\""], .endpointInvalid),
      (["code_challenge_methods_supported": "\"S256\""], .discoveryInvalid),
      (["code_challenge_methods_supported": "[\"S256\"]"], nil),
      (["authorization_response_iss_parameter_supported": "true"], nil),
      (["authorization_response_iss_parameter_supported": "\"true\""], .discoveryInvalid),
      (["anything": "{\"else\":[1]}"], nil),
    ] as [([String: String?], OAuthError.Code?)]
  )
  func documents(change: [String: String?], expected: OAuthError.Code?) {
    #expect(code { () throws(OAuthError) in _ = try Self.metadata(change) } == expected)
  }

  @Test("members are read")
  func members() throws {
    let metadata = try Self.metadata([
      "device_authorization_endpoint": "\"https://issuer.test/device\"",
      "revocation_endpoint": "\"https://issuer.test/revoke\"",
      "end_session_endpoint": "\"https://issuer.test/end\"",
      "id_token_signing_alg_values_supported": "[\"RS256\"]",
      "token_endpoint_auth_methods_supported": "[\"client_secret_post\"]",
      "authorization_response_iss_parameter_supported": "true",
    ])
    #expect(metadata.deviceAuthorizationEndpoint?.text == "https://issuer.test/device")
    #expect(metadata.revocationEndpoint?.text == "https://issuer.test/revoke")
    #expect(metadata.endSessionEndpoint?.text == "https://issuer.test/end")
    #expect(metadata.keysEndpoint.text == "https://issuer.test/keys")
    #expect(metadata.signingAlgorithms == ["RS256"])
    #expect(metadata.sendsIssuerInRedirect)
    let plain = try Self.metadata()
    #expect(!plain.sendsIssuerInRedirect)
  }

  @Test(
    "one trailing slash of the issuer does not count in the URL",
    arguments: [
      ("https://issuer.test", "https://issuer.test/.well-known/openid-configuration"),
      ("https://issuer.test/", "https://issuer.test/.well-known/openid-configuration"),
      ("https://issuer.test/a", "https://issuer.test/a/.well-known/openid-configuration"),
      ("https://issuer.test/a//", "https://issuer.test/a//.well-known/openid-configuration"),
    ]
  )
  func url(issuer: String, expected: String) throws {
    #expect(ProviderMetadata.discoveryURL(of: try Issuer(issuer)) == expected)
  }

  /// What the network does, and the code that comes of it.
  struct Row: Sendable, CustomTestStringConvertible {
    let result: Result<HTTPAnswer, TransportFailure>
    let expected: OAuthError.Code?
    var testDescription: String { "\(expected.map { "\($0)" } ?? "accepted")" }

    init(_ status: Int, _ body: [UInt8], type: String? = nil, _ expected: OAuthError.Code?) {
      var headers = HTTPFields()
      headers[.contentType] = type
      result = .success(HTTPAnswer(status: status, headers: headers, body: body))
      self.expected = expected
    }

    init(_ failure: TransportFailure, _ expected: OAuthError.Code) {
      result = .failure(failure)
      self.expected = expected
    }
  }

  static let rows = [
    Row(200, document(), nil),
    Row(200, document(), type: "text/plain", nil),
    Row(200, document(), type: "text/html; charset=utf-8", .discoveryIsHTML),
    Row(200, Array("\n <!doctype html>".utf8), .discoveryIsHTML),
    Row(200, Array("{".utf8), .discoveryInvalid),
    Row(200, [], .discoveryInvalid),
    Row(200, document() + [UInt8](repeating: 0x20, count: 10 << 20), .answerTooLarge),
    Row(404, document(), .discoveryNotFound),
    Row(410, [], .discoveryNotFound),
    Row(304, [], .garbled), Row(301, [], .redirected), Row(302, document(), .redirected),
    Row(307, [], .redirected),
    Row(401, [], .refused), Row(403, [], .refused), Row(204, [], .refused),
    Row(408, [], .unavailable), Row(429, [], .unavailable), Row(500, [], .unavailable),
    Row(503, document(), .unavailable),
    Row(.notSent("no such host"), .unreachable), Row(.tls("unknown CA"), .tls),
    Row(.noAnswer("timed out"), .noAnswer), Row(.tooLarge(limit: 1), .answerTooLarge),
  ]

  @Test("every way the fetch can end", arguments: rows)
  func fetching(row: Row) async throws {
    let issuer = try Issuer(Forge.issuer)
    do throws(OAuthError) {
      let found = try await ProviderMetadata.discover(issuer, now: Date(timeIntervalSince1970: 0)) {
        (call) async throws(TransportFailure) -> HTTPAnswer in
        #expect(call.method == .get)
        #expect(call.url == Forge.issuer + "/.well-known/openid-configuration")
        return try row.result.get()
      }
      #expect(row.expected == nil)
      #expect(found.document.bytes == Self.document())
    } catch {
      #expect(error.code == row.expected)
      #expect(!error.what.isEmpty && !error.remedy.isEmpty)
      let temporary: [OAuthError.Code] = [.unreachable, .tls, .noAnswer, .unavailable]
      #expect(error.isTemporary == temporary.contains(error.code))
    }
  }
}
