// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import SessionStore
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct SessionTests {
  static let summaries: [(String, @Sendable (inout Session.Summary) -> Void)] = [
    ("as it is", { _ in }),
    ("ended", { $0.state = .ended(at: Given.now, why: "a \"reason\"\n") }),
    ("account", { $0.account = "" }),
    ("nonce", { $0.nonce = "n" }),
    ("no times", { ($0.idTimes, $0.accessTimes) = (nil, nil) }),
    ("unknown life", { $0.idTimes = TokenTimes(life: .unknown, received: Given.now) }),
    ("intent", { $0.intent = Given.now }),
    ("uncertain", { $0.uncertain = true }),
    ("outage", { $0.outage = Given.outage(until: 60, code: .verdict, failures: 3) }),
    ("rejection", { $0.rejectionRenewed = Given.now.addingTimeInterval(0.25) }),
  ]

  @Test(arguments: summaries.indices) func summaryComesBack(_ index: Int) throws {
    let (name, change) = Self.summaries[index]
    let session = Given.session(change: change)
    let back = try Session(
      OpenSession(generation: 1, header: session.header(), payload: session.payload())
    )
    #expect(back.summary == session.summary, "\(name)")
  }

  @Test(arguments: [nil, "", "token", "töken\u{0}"] as [String?]) func tokensComeBack(
    _ text: String?
  ) throws {
    let session = Given.session(refresh: text, id: text, access: text)
    let back = try Session(
      OpenSession(generation: 1, header: session.header(), payload: session.payload())
    )
    #expect(back.refreshToken?.expose() == text)
    #expect(back.idToken?.expose() == text)
    #expect(back.accessToken?.expose() == text)
  }

  @Test(arguments: [nil, "nonce"] as [String?]) func bindingComesBack(_ nonce: String?) throws {
    var session = Given.session()
    session.binding = DPoPBinding(key: Secret("the-key"), nonce: nonce)
    let header = try session.header()
    let back = try Session(
      OpenSession(generation: 1, header: header, payload: session.payload())
    )
    #expect(back.binding == session.binding)
    #expect(!String(decoding: header, as: UTF8.self).contains("the-key"))
  }

  @Test func boundAccessTokenIsNoneForAnAPIServer() {
    var session = Given.session()
    session.binding = DPoPBinding(key: Secret("the-key"))
    #expect(session.token(.access) == nil)
    #expect(session.token(.id)?.token.expose() == "id-1")
  }

  @Test(arguments: ["", "{", "[]", "{}", "null"]) func anythingElseIsRefused(_ text: String) throws
  {
    let bytes = Array(text.utf8)
    let payload = try Given.session().payload()
    #expect(throws: DecodingError.self) {
      try Session(OpenSession(generation: 1, header: bytes, payload: payload))
    }
  }

  /// The header can be read without a key.
  @Test func headerHoldsNoToken() throws {
    let header = String(decoding: try Given.session().header(), as: UTF8.self)
    for token in ["refresh-1", "id-1", "access-1"] { #expect(!header.contains(token)) }
    #expect(header.contains("alice"))
  }

  @Test func tokenNeedsItsTimes() {
    #expect(Given.session().token(.id)?.token.expose() == "id-1")
    #expect(Given.session().token(.access)?.token.expose() == "access-1")
    #expect(Given.session(id: nil).token(.id) == nil)
    #expect(Given.session { $0.idTimes = nil }.token(.id) == nil)
    #expect(Given.session { $0.accessTimes = nil }.token(.access) == nil)
  }
}
