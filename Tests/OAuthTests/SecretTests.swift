// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("Secret")
struct SecretTests {
  struct Holder {
    let token = Secret("canary-1")
  }

  @Test("no way of printing shows the text")
  func redacted() {
    let secret = Secret("canary-1")
    var dumped = ""
    dump(Holder(), to: &dumped)
    let all = [
      "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])",
      "\(Optional(secret) as Any)", "\(Holder())", dumped,
    ]
    for text in all {
      #expect(!text.contains("canary"))
      #expect(text.contains("‹secret›"))
    }
    #expect(secret.expose() == "canary-1")
  }

  @Test(
    "equality is that of bytes",
    arguments: [
      ("a", "a", true), ("a", "b", false), ("a", "ab", false), ("", "", true),
      ("K", "\u{212A}", false), ("é", "e\u{301}", false),
    ]
  )
  func equality(left: String, right: String, equal: Bool) {
    #expect((Secret(left) == Secret(right)) == equal)
  }
}
