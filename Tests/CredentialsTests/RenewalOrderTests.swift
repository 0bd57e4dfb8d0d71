// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import SessionStore
import Testing

@Suite struct RenewalOrderTests {
  /// A request in which nothing has its default.
  static func fullRequest() throws -> CredentialRequest {
    CredentialRequest(
      issuer: try Issuer(Given.issuer),
      client: OAuthClient(
        id: "kube",
        method: .privateKeyJWT,
        secret: Secret("canary-secret"),
        key: Secret("canary-key"),
        keyID: "k1",
        certificate: Array("certificate".utf8)
      ),
      grant: .password,
      username: "alice",
      subjectTokenType: "urn:x",
      scopes: ["openid", "groups"],
      audience: "aud",
      resources: ["https://a.test", "urn:b"],
      parameters: [.init(name: "acr_values", value: "a b")],
      account: "work",
      token: .access,
      authorities: Array("pem".utf8),
      manner: .init(
        redirectURI: "http://localhost:1/cb",
        responseMode: .formPost,
        par: .never,
        dpop: .never
      )
    )
  }

  static func order(full: Bool) throws -> RenewalOrder {
    RenewalOrder(
      request: full ? try fullRequest() : try Given.request(),
      storeFolder: "/state/lanyard",
      hostID: full ? "host" : nil,
      runtimeFolder: full ? "/run/lanyard" : nil,
      dataKey: try DataKey(bytes: Array(1...32)),
      rejected: full
    )
  }

  @Test(arguments: [true, false]) func orderComesBack(full: Bool) throws {
    let order = try Self.order(full: full)
    let back = try RenewalOrder(decoding: order.encoded())
    #expect(back.request.issuer.text == order.request.issuer.text)
    #expect(back.request.client == order.request.client)
    #expect(back.request.grant == order.request.grant)
    #expect(back.request.username == order.request.username)
    #expect(back.request.subjectTokenType == order.request.subjectTokenType)
    #expect(back.request.resources == order.request.resources)
    #expect(back.request.parameters == order.request.parameters)
    #expect(back.request.manner == order.request.manner)
    #expect(try back.request.sessionID == order.request.sessionID)
    #expect(back.request.scopes == order.request.scopes)
    #expect(back.request.audience == order.request.audience)
    #expect(back.request.account == order.request.account)
    #expect(back.request.token == order.request.token)
    #expect(back.request.authorities == order.request.authorities)
    #expect(back.storeFolder == order.storeFolder)
    #expect(back.hostID == order.hostID)
    #expect(back.runtimeFolder == order.runtimeFolder)
    #expect(back.dataKey.expose() == order.dataKey.expose())
    #expect(back.rejected == order.rejected)
  }

  @Test func cutOrdersAreRefused() throws {
    let bytes = try Self.order(full: true).encoded()
    for count in [0, 1, bytes.count / 2, bytes.count - 1] {
      #expect(throws: (any Error).self) { try RenewalOrder(decoding: Array(bytes.prefix(count))) }
    }
  }

  @Test func ordersWithBadPartsAreRefused() throws {
    let text = String(decoding: try Self.order(full: false).encoded(), as: UTF8.self)
    for (from, to) in [(#""rejected":false"#, #""rejected":0"#), ("https:", "ftp:")] {
      let other = text.replacing(#"\/"#, with: "/").replacing(from, with: to)
      #expect(other != text)
      #expect(throws: (any Error).self) { try RenewalOrder(decoding: Array(other.utf8)) }
    }
  }

  static let reports: [RenewalReport] =
    [
      .renewed, .ended(why: "revoked"), .noToken(why: "none"),
      .notKept(token: Secret("t"), times: Given.times(age: 3), why: "disk full"),
    ]
    + CredentialsError.Code.allCases.map { .failed($0, what: "w \"\n", remedy: "r") }
    + StoreError.Code.allCases.map {
      .store(StoreError($0, what: "w", remedy: "r", cause: "no space left on device"))
    }

  @Test(arguments: reports) func reportComesBack(_ report: RenewalReport) throws {
    #expect(RenewalReport(decoding: try report.encoded()) == report)
  }

  @Test(arguments: [
    "", "{", "null", "{}", #"{"kind":"other"}"#, #"{"kind":"not-kept"}"#,
    #"{"kind":"not-kept","token":"t"}"#,
  ])
  func anythingElseIsNoReport(_ text: String) {
    #expect(RenewalReport(decoding: Array(text.utf8)) == nil)
  }
}
