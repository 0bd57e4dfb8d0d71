// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

@Suite("pushed authorization requests")
struct PushedAuthorizationTests {
  static func pushed(_ status: Int, _ body: String) throws(OAuthError) -> PushedAuthorization {
    try PushedAuthorization(
      HTTPAnswer(status: status, body: Array(body.utf8)),
      issuer: try Issuer(Forge.issuer)
    )
  }

  static let good = #"{"request_uri":"urn:ietf:params:oauth:request_uri:x1","expires_in":60}"#

  @Test(
    "answers",
    arguments: [
      (201, good, nil), (200, good, nil), (202, good, .garbled), (204, "", .garbled),
      (201, "", .garbled), (201, "[]", .garbled), (201, "<html>", .garbled),
      (201, #"{"request_uri":"urn:x"}"#, .garbled),
      (201, #"{"expires_in":60}"#, .garbled),
      (201, #"{"request_uri":"","expires_in":60}"#, .garbled),
      (201, #"{"request_uri":"x","expires_in":60}"#, .garbled),
      (201, #"{"request_uri":":x","expires_in":60}"#, .garbled),
      (201, #"{"request_uri":"urn:a b","expires_in":60}"#, .garbled),
      (201, #"{"request_uri":"urn:\u001b[1m","expires_in":60}"#, .garbled),
      (201, #"{"request_uri":7,"expires_in":60}"#, .garbled),
      (201, #"{"request_uri":"urn:x","expires_in":0}"#, .garbled),
      (201, #"{"request_uri":"urn:x","expires_in":-1}"#, .garbled),
      (201, #"{"request_uri":"urn:x","expires_in":"60"}"#, .garbled),
      (201, #"{"request_uri":"urn:x","expires_in":1.5}"#, .garbled),
      (201, #"{"request_uri":"urn:x","request_uri":"urn:y","expires_in":60}"#, .garbled),
      (
        201, "{\"request_uri\":\"urn:\(String(repeating: "x", count: 2045))\",\"expires_in\":6}",
        .garbled
      ),
      (302, good, .redirected), (307, "", .redirected), (400, "", .refused), (401, good, .refused),
      (400, #"{"error":"invalid_request"}"#, .refused), (405, "", .refused), (413, "", .refused),
      (429, "", .unavailable), (500, "", .unavailable), (503, good, .unavailable),
    ] as [(Int, String, OAuthError.Code?)]
  )
  func answers(status: Int, body: String, expected: OAuthError.Code?) {
    #expect(code { () throws(OAuthError) in _ = try Self.pushed(status, body) } == expected)
  }

  @Test("an answer that is too large")
  func tooLarge() {
    let body = Self.good + String(repeating: " ", count: 1 << 20)
    #expect(code { () throws(OAuthError) in _ = try Self.pushed(201, body) } == .garbled)
  }

  @Test("the life is bounded above")
  func life() throws {
    #expect(try Self.pushed(201, Self.good).expiresIn == 60)
    let long = #"{"request_uri":"urn:x","expires_in":9000000000000000000}"#
    #expect(try Self.pushed(201, long).expiresIn == 86_400)
  }

  @Test("a refusal says why, on one line")
  func refusal() {
    do throws(OAuthError) {
      _ = try Self.pushed(400, #"{"error":"invalid_scope","error_description":"no\n\u001b[31m"}"#)
      Issue.record("accepted")
    } catch {
      #expect(
        error.what == "issuer.test does not take the login request: 400, invalid_scope: no[31m"
      )
    }
  }

  @Test("the browser gets the client id and the reference, nothing else")
  func url() throws {
    let pushed = try Self.pushed(201, Self.good)
    #expect(
      pushed.url(for: try AuthorizationRequestTests.request())
        == "https://issuer.test/authorize?client_id=kube%2F%C3%BC"
        + "&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Ax1"
    )
    let endpoint = "\"https://issuer.test/authorize?tenant=1\""
    let other = pushed.url(for: try AuthorizationRequestTests.request(endpoint: endpoint))
    #expect(other.hasPrefix("https://issuer.test/authorize?tenant=1&client_id="))
  }

  @Test(
    "the call has every parameter once, whatever the authentication",
    arguments: [
      ClientAuthentication.none, .secretBasic(Secret("s3")), .secretPost(Secret("s3")),
    ]
  )
  func call(authentication: ClientAuthentication) throws {
    let request = try AuthorizationRequestTests.request(resources: ["urn:a", "urn:b"])
    let endpoint = try Endpoint(
      "https://issuer.test/par",
      named: "par",
      of: Issuer(Forge.issuer)
    )
    let call = PushedAuthorization.call(for: request, at: endpoint, authentication: authentication)
    #expect(call.method == .post && call.url == "https://issuer.test/par")
    var pairs = try #require(FormEncoding.decode(call.body))
    let query = try #require(request.url.split(separator: "?").last)
    let expected = try #require(FormEncoding.decode(query.utf8))
    pairs.removeAll { $0.name == "client_secret" }
    #expect(pairs.map { "\($0)" }.sorted() == expected.map { "\($0)" }.sorted())
  }

  @Test(
    "when a request is pushed",
    arguments: [
      (nil, nil, .auto, "browser"), (nil, nil, .never, "browser"),
      ("par", nil, .auto, "pushed"), ("par", nil, .never, "browser"),
      ("par", "false", .auto, "pushed"), ("par", "true", .auto, "pushed"),
      ("par", "true", .never, "requestInvalid"), (nil, "true", .auto, "endpointMissing"),
      (nil, "true", .never, "requestInvalid"),
    ] as [(String?, String?, PushedAuthorization.Use, String)]
  )
  func use(
    path: String?,
    required: String?,
    use: PushedAuthorization.Use,
    expected: String
  ) throws {
    let metadata = try DiscoveryTests.metadata([
      "pushed_authorization_request_endpoint": path.map { "\"https://issuer.test/\($0)\"" },
      "require_pushed_authorization_requests": required,
    ])
    do throws(OAuthError) {
      let endpoint = try PushedAuthorization.endpoint(of: metadata, use: use)
      #expect(endpoint?.text == (expected == "pushed" ? "https://issuer.test/par" : nil))
      #expect(expected == "pushed" || expected == "browser")
    } catch {
      #expect("\(error.code)" == expected)
    }
  }
}
