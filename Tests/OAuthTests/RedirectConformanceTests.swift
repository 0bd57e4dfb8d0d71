// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

/// The rows of the OpenID Foundation's tests for clients, and rows of our own, that concern the
/// answer of the authorization endpoint; each that refuses has a twin that differs in that one
/// thing and is accepted.
@Suite("conformance: the login's answer")
struct RedirectConformanceTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let refused: RedirectReceiverTests.Row
    let twin: RedirectReceiverTests.Row
    var testDescription: String { name }
  }

  static let state = RedirectReceiverTests.state
  static let iss = RedirectReceiverTests.iss
  static let form = RedirectReceiverTests.form
  static let fapi = "fapi2-security-profile-final-client-test-"

  static func get(_ query: String, issRequired: Bool = false, _ expected: String)
    -> RedirectReceiverTests.Row
  {
    RedirectReceiverTests.Row(target: "/?\(query)", issRequired: issRequired, expected: expected)
  }

  static func post(_ body: String, _ expected: String) -> RedirectReceiverTests.Row {
    RedirectReceiverTests.Row(
      method: "POST",
      target: "/",
      type: form,
      body: body,
      expected: expected
    )
  }

  static func from(_ host: String, _ expected: String) -> RedirectReceiverTests.Row {
    RedirectReceiverTests.Row(
      target: RedirectReceiverTests.good,
      host: host,
      expected: expected
    )
  }

  static let accepted = "200 code c1"
  static let right = "code=c1&state=\(state)"

  static let rows = [
    Row(
      name: "oidcc-client-test-form-post-error",
      refused: post("error=login_required&state=\(state)", "200 refused login_required: -"),
      twin: post(right, accepted)
    ),
    Row(
      name: fapi + "invalid-authorization-response-iss",
      refused: get("\(right)&iss=\(iss)1", issRequired: true, "400 fault issuerMixUp"),
      twin: get("\(right)&iss=\(iss)", issRequired: true, accepted)
    ),
    Row(
      name: fapi + "remove-authorization-response-iss",
      refused: get(right, issRequired: true, "400 fault issuerMixUp"),
      twin: get("\(right)&iss=\(iss)", issRequired: true, accepted)
    ),
    Row(
      name: fapi + "ensure-authorization-response-with-invalid-state-fails",
      refused: get("\(right)1", "400"),
      twin: get(right, accepted)
    ),
    Row(
      name: fapi + "ensure-authorization-response-with-invalid-missing-state-fails",
      refused: get("code=c1", "400"),
      twin: get(right, accepted)
    ),
    Row(
      name: "own-dup-params: code",
      refused: get("\(right)&code=c2", "400 fault redirectInvalid"),
      twin: get(right, accepted)
    ),
    Row(
      name: "own-dup-params: state",
      refused: get("\(right)&state=\(state)", "400 fault redirectInvalid"),
      twin: get(right, accepted)
    ),
    Row(
      name: "own-dup-params: iss",
      refused: get("\(right)&iss=\(iss)&iss=\(iss)", "400 fault redirectInvalid"),
      twin: get("\(right)&iss=\(iss)", accepted)
    ),
    Row(
      name: "own-host-rebind",
      refused: from("evil.test", "421"),
      twin: from("127.0.0.1:8000", accepted)
    ),
  ]

  @Test("one answer", arguments: rows)
  func answer(row: Row) throws {
    for request in [row.refused, row.twin] {
      var receiver = try RedirectReceiverTests.receiver(issRequired: request.issRequired)
      #expect(Self.name(&receiver, request) == request.expected)
    }
  }

  @Test("own-second-hit")
  func secondHit() throws {
    var receiver = try RedirectReceiverTests.receiver()
    #expect(Self.name(&receiver, Self.get(Self.right, "")) == Self.accepted)
    for query in [Self.right, "code=c2&state=\(Self.state)"] {
      #expect(Self.name(&receiver, Self.get(query, "")) == "200", "a page, and no second outcome")
    }
    #expect(Self.name(&receiver, Self.get("", "")) == "400", "a stranger's page")
  }

  private static func name(
    _ receiver: inout RedirectReceiver,
    _ row: RedirectReceiverTests.Row
  ) -> String {
    RedirectReceiverTests.name(
      receiver.receive(
        method: row.method,
        target: row.target,
        host: row.host,
        contentType: row.type,
        body: Array(row.body.utf8)
      )
    )
  }
}
