// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import SessionStore
import Testing

@Suite struct RenewalOrderTests {
  static func order(full: Bool) throws -> RenewalOrder {
    RenewalOrder(
      request: full
        ? try Given.request(
          secret: "canary-secret",
          scopes: ["openid", "groups"],
          audience: "aud",
          account: "work",
          token: .access,
          authorities: "pem"
        ) : try Given.request(),
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
    #expect(back.request.clientID == order.request.clientID)
    #expect(back.request.clientSecret == order.request.clientSecret)
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
