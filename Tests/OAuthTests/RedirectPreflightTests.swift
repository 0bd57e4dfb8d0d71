// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("preflights at the listener")
struct RedirectPreflightTests {
  /// One preflight, and the fields that grant something in its answer.
  struct Row: Sendable, CustomTestStringConvertible {
    let origin: String?
    var method: String? = "POST"
    var privateNetwork = false
    var target = "/"
    var host = "127.0.0.1:8000"
    let status: Int
    let granted: [String]
    var testDescription: String { "\(origin ?? "-") \(method ?? "-") \(target) \(host)" }
  }

  static let issuer = "https://issuer.test"
  static let login = "https://login.test:8443"

  static let rows = [
    Row(origin: issuer, status: 204, granted: [issuer, "GET, POST"]),
    Row(origin: login, status: 204, granted: [login, "GET, POST"]),
    Row(origin: issuer, method: "GET", status: 204, granted: [issuer, "GET, POST"]),
    Row(
      origin: issuer,
      privateNetwork: true,
      status: 204,
      granted: [issuer, "GET, POST", "true"]
    ),
    Row(origin: "https://evil.test", privateNetwork: true, status: 204, granted: []),
    Row(origin: "null", privateNetwork: true, status: 204, granted: []),
    Row(origin: nil, privateNetwork: true, status: 204, granted: []),
    Row(origin: "http://issuer.test", status: 204, granted: []),
    Row(origin: "https://issuer.test:443", status: 204, granted: []),
    Row(origin: "https://issuer.test.evil.test", status: 204, granted: []),
    Row(origin: "https://login.test", status: 204, granted: []),
    Row(origin: "https://LOGIN.test:8443", status: 204, granted: []),
    Row(origin: issuer, method: "DELETE", status: 204, granted: []),
    Row(origin: issuer, method: nil, status: 204, granted: []),
    Row(origin: issuer, target: "/x", status: 404, granted: []),
    Row(origin: issuer, host: "evil.test:8000", status: 421, granted: []),
  ]

  @Test("preflights", arguments: rows)
  func preflight(row: Row) throws {
    let issuer = try Issuer(Forge.issuer)
    var receiver = RedirectReceiver(
      hosts: ["127.0.0.1:8000"],
      state: Secret(RedirectReceiverTests.state),
      issuer: issuer,
      issRequired: false,
      loginPage: try Endpoint("https://Login.test:8443/x", named: "login", of: issuer),
      pages: RedirectPages(issuerHost: "issuer.test", clientID: "kube")
    )
    let action = receiver.receive(
      method: "OPTIONS",
      target: row.target,
      host: row.host,
      contentType: nil,
      origin: row.origin,
      preflight: row.method.map {
        RedirectPreflight(method: $0, isToPrivateNetwork: row.privateNetwork)
      },
      body: []
    )
    guard case .respond(let status, let headers, let body) = action else {
      Issue.record("the login has ended")
      return
    }
    #expect(status == row.status)
    #expect(status != 204 || body.isEmpty)
    #expect(
      headers.filter { $0.0.lowercased().hasPrefix("access-control-") }.map(\.1) == row.granted
    )
    let after = receiver.receive(
      method: "GET",
      target: RedirectReceiverTests.good,
      host: "127.0.0.1:8000",
      contentType: nil,
      body: []
    )
    #expect(RedirectReceiverTests.name(after) == "200 code c1", "the login goes on")
  }
}
