// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import SessionStore
import Testing

/// Whatever holds a secret may end up in a message by accident, and must not show it.
@Suite struct SecrecyTests {
  private func shown(_ value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return "\(String(describing: value)) \(String(reflecting: value)) \(dumped)"
  }

  private func expectHidden(_ value: Any, _ secrets: [String], sees: String) {
    let text = shown(value)
    for secret in secrets { #expect(!text.contains(secret)) }
    #expect(text.contains(sees), "nothing was shown at all, so nothing was proved")
  }

  @Test func session() {
    expectHidden(Given.session(), ["refresh-1", "id-1", "access-1"], sees: "alice")
  }

  @Test func payload() throws {
    expectHidden(try Given.session().payload(), ["refresh-1"], sees: "bytes")
  }

  @Test func request() throws {
    expectHidden(try Given.request(secret: "canary-secret"), ["canary-secret"], sees: "kube")
  }

  @Test func order() throws {
    let key = Array<UInt8>(1...32)
    let hex = key.map { String($0, radix: 16) }.joined()
    expectHidden(
      try RenewalOrderTests.order(full: true),
      ["canary-secret", "1, 2, 3", hex, "0: 1\n"],
      sees: "/state/lanyard"
    )
  }

  @Test func report() {
    expectHidden(
      RenewalReport.notKept(token: Secret("canary"), times: Given.times(age: 0), why: "disk full"),
      ["canary"],
      sees: "disk full"
    )
  }

  @Test func stepsAndActions() {
    expectHidden(NextStep.hand(Secret("canary"), Given.times(age: 0)), ["canary"], sees: "received")
    expectHidden(
      RenewalFlow.Action.keep(TokenResponse(idToken: Secret("canary"), scope: "openid")),
      ["canary"],
      sees: "openid"
    )
  }
}
