// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("device flow")
struct DeviceTests {
  static let base = [
    "device_code": "\"d1\"", "user_code": "\"WDJB-MJHT\"",
    "verification_uri": "\"https://issuer.test/device\"", "expires_in": "600", "interval": "7",
  ]

  static func authorization(
    _ change: [String: String?] = [:],
    status: Int = 200,
    issuer: String = Forge.issuer
  ) throws(OAuthError) -> DeviceAuthorization {
    var members = base
    for (name, value) in change { members[name] = value }
    return try DeviceAuthorization(
      HTTPAnswer(status: status, body: Array(Forge.object(members).utf8)),
      issuer: try Issuer(issuer)
    )
  }

  @Test("the request")
  func request() throws {
    let endpoint = try Endpoint(
      "https://issuer.test/device",
      named: "device",
      of: Issuer(Forge.issuer)
    )
    let call = try DeviceAuthorization.call(
      at: endpoint,
      clientID: "kube",
      authentication: .none,
      scopes: ["email"],
      audience: "api"
    )
    #expect(
      String(decoding: call.body, as: UTF8.self)
        == "scope=openid+email&audience=api&client_id=kube"
    )
  }

  @Test(
    "answers",
    arguments: [
      ([:], nil), (["device_code": nil], .garbled), (["device_code": "\"\""], .garbled),
      (["device_code": "\"a b\""], .garbled), (["user_code": nil], .garbled),
      (["user_code": "\"\(String(repeating: "A", count: 64))\""], nil),
      (["user_code": "\"\(String(repeating: "A", count: 65))\""], .garbled),
      (["user_code": #""A\u001b[1m""#], .garbled), (["verification_uri": nil], .garbled),
      (
        ["verification_uri": nil, "verification_url": "\"https://www.google.test/device\""],
        nil
      ),
      (["verification_uri": "\"http://issuer.test/device\""], .endpointInvalid),
      (["verification_uri": "\"http://127.0.0.1/device\""], .endpointInvalid),
      (["verification_uri": "\"javascript:alert(1)\""], .endpointInvalid),
      (["verification_uri_complete": "\"https://issuer.test/device?user_code=WDJB\""], nil),
      (["verification_uri_complete": "\"file:///x\""], .endpointInvalid),
    ] as [([String: String?], OAuthError.Code?)]
  )
  func answers(change: [String: String?], expected: OAuthError.Code?) {
    #expect(code { () throws(OAuthError) in _ = try Self.authorization(change) } == expected)
  }

  @Test("a loopback issuer may send to loopback, and statuses are told apart")
  func statuses() {
    let loopback = code { () throws(OAuthError) in
      _ = try Self.authorization(
        ["verification_uri": "\"http://127.0.0.1:1/device\""],
        issuer: "http://127.0.0.1:1"
      )
    }
    #expect(loopback == nil)
    for (status, expected) in [
      (400, OAuthError.Code.refused), (503, .unavailable), (302, .redirected),
    ] {
      #expect(
        code { () throws(OAuthError) in _ = try Self.authorization(status: status) } == expected
      )
    }
  }

  @Test(
    "interval and life are bounded",
    arguments: [
      ("7", "600", 7, 600), (nil, nil, 5, 600), ("0", "600", 1, 600), ("-1", "1801", 5, 600),
      ("1000000000", "1000000000", 60, 600), ("\"8\"", "\"60\"", 8, 60), ("\"x\"", "-5", 5, 600),
      ("60", "0", 60, 0), ("61", "1", 60, 1),
    ] as [(String?, String?, Int, Int)]
  )
  func bounds(interval: String?, life: String?, wait: Int, expires: Int) throws {
    let found = try Self.authorization(["interval": interval, "expires_in": life])
    #expect(found.interval == wait)
    #expect(found.expiresIn == expires)
  }

  // MARK: polling

  static func error(_ code: String?, _ status: Int = 400, retryAfter: Int? = nil)
    -> DevicePolling.Event
  {
    .answered(.error(status: status, code: code, description: nil, retryAfter: retryAfter))
  }

  static func name(_ action: DevicePolling.Action) -> String {
    switch action {
    case .wait(let seconds): "wait \(seconds)"
    case .poll: "poll"
    case .done(let response): "done \(response.accessToken?.expose() ?? "-")"
    case .withoutIDToken(let response, let error):
      "\(error.code) \(response.accessToken?.expose() ?? "-") \(error.what.contains("did not grant") ? "not granted" : "granted")"
    case .failed(let error): "failed \(error.code)"
    }
  }

  /// A story of events, each with the seconds since the start, and the actions they lead to.
  struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [(DevicePolling.Event, Int, String)]

    init(_ name: String, _ steps: [(DevicePolling.Event, Int, String)]) {
      testDescription = name
      self.steps = steps
    }
  }

  static let pending = error("authorization_pending")
  static let dropped = DevicePolling.Event.failed(.noAnswer("timed out"))

  static func tokens(
    idToken: String? = "i",
    scope: String? = nil,
    refusedType: String? = nil
  ) -> DevicePolling.Event {
    let response = TokenResponse(
      accessToken: Secret("a"),
      idToken: idToken.map { Secret($0) },
      scope: scope,
      refusedTokenType: refusedType
    )
    return .answered(.tokens(response))
  }

  static let stories = [
    Story(
      "tokens without an ID token: granted, granted by silence, not granted",
      [
        (
          tokens(idToken: nil, scope: "email openid"), 5,
          "idTokenMissing a granted"
        ),
        (tokens(idToken: nil), 5, "idTokenMissing a granted"),
        (
          tokens(idToken: nil, scope: "email xopenid"), 5,
          "idTokenMissing a not granted"
        ),
        (tokens(idToken: nil, refusedType: "DPoP"), 5, "done a"),
      ]
    ),
    Story(
      "used up after an answer was lost",
      [(dropped, 5, "wait 10"), (error("invalid_grant"), 15, "failed refused")]
    ),
    Story(
      "pending, then done",
      [
        (.started, 0, "wait 5"), (.waited, 5, "poll"), (pending, 5, "wait 5"),
        (.waited, 10, "poll"),
        (tokens(), 11, "done a"),
      ]
    ),
    Story(
      "slow_down adds five seconds for good",
      [
        (error("slow_down"), 5, "wait 10"), (pending, 15, "wait 10"),
        (error("slow_down"), 25, "wait 15"),
        (pending, 40, "wait 15"),
      ]
    ),
    Story(
      "a storm of slow_down has an end",
      (1...30).map { (error("slow_down"), 0, "wait \(min(5 + 5 * $0, 120))") }
    ),
    Story(
      "dropped answers double the wait, an answer ends that",
      [
        (dropped, 5, "wait 10"), (dropped, 20, "wait 20"), (dropped, 40, "wait 40"),
        (dropped, 90, "wait 80"), (dropped, 200, "wait 120"), (dropped, 330, "wait 120"),
        (pending, 500, "wait 5"), (dropped, 505, "wait 10"),
      ]
    ),
    Story("not sent", [(.failed(.notSent("no route")), 5, "wait 10")]),
    Story("TLS", [(.failed(.tls("handshake")), 5, "wait 10")]),
    Story("too large", [(.failed(.tooLarge(limit: 1)), 5, "failed answerTooLarge")]),
    Story(
      "503",
      [(error(nil, 503), 5, "wait 10"), (error(nil, 503, retryAfter: 45), 15, "wait 45")]
    ),
    Story("pending with status 429", [(error("authorization_pending", 429), 5, "wait 5")]),
    Story(
      "the last wait is cut to what is left",
      [(pending, 597, "wait 3"), (.waited, 600, "failed deviceCodeExpired")]
    ),
    Story("no time left", [(pending, 600, "failed deviceCodeExpired")]),
    Story("one second left", [(.waited, 599, "poll")]),
    Story("expired_token", [(error("expired_token"), 5, "failed deviceCodeExpired")]),
    Story("access_denied", [(error("access_denied"), 5, "failed refused")]),
    Story("invalid_grant", [(error("invalid_grant"), 5, "failed refused")]),
    Story("400 without a code", [(error(nil), 5, "failed refused")]),
    Story("an HTML page", [(.answered(.garbled(status: 200)), 5, "failed garbled")]),
    Story("a redirect", [(error(nil, 302), 5, "failed redirected")]),
  ]

  @Test("polling", arguments: stories)
  func polling(story: Story) {
    var polling = DevicePolling(interval: 5, expiresIn: 600, host: "issuer.test")
    for (event, elapsed, expected) in story.steps {
      #expect(Self.name(polling.next(event, elapsed: elapsed)) == expected)
    }
  }

  @Test(
    "a code that is used up is explained by a lost answer, if there was one",
    arguments: [
      ([DevicePolling.Event.failed(.noAnswer("reset"))], true),
      ([.failed(.notSent("no route"))], false), ([], false),
      ([.failed(.noAnswer("reset")), pending], false),
      ([.failed(.noAnswer("reset")), .failed(.notSent("no route"))], true),
    ]
  )
  func lostAnswer(events: [DevicePolling.Event], isLost: Bool) {
    var polling = DevicePolling(interval: 5, expiresIn: 600, host: "issuer.test")
    for event in events { _ = polling.next(event, elapsed: 5) }
    guard case .failed(let error) = polling.next(Self.error("invalid_grant"), elapsed: 9) else {
      Issue.record("not failed")
      return
    }
    #expect(error.what.contains("lost on the way") == isLost)
  }
}
