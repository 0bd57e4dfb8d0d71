// SPDX-License-Identifier: Apache-2.0

import Commands
import Credentials
import OAuth
import SessionStore
import Testing

@Suite struct FailureTests {
  struct Odd: Error, CustomStringConvertible { let description: String }

  @Test func whatAndRemedy() {
    let failure = Failure(exitCode: 1, "it broke", remedy: "mend it", cause: Odd(description: "x"))
    #expect(failure.lines == ["lanyard: it broke", "  mend it"])
  }

  @Test func noRemedyIsNoLine() {
    #expect(Failure(exitCode: 1, "it broke", remedy: "").lines == ["lanyard: it broke"])
  }

  @Test func verboseShowsTheCausesOutermostFirst() {
    let store = StoreError(.keyUnavailable, what: "no key", remedy: "", cause: "EACCES")
    let middle = CredentialsError(.store, "cannot open", remedy: "", cause: store)
    let failure = Failure(exitCode: 6, "it broke", remedy: "mend it", cause: middle)
    #expect(
      failure.shown(verbose: true).lines == [
        "lanyard: it broke", "  mend it", "  code: store.key-unavailable", "  because: cannot open",
        "  because: no key: EACCES",
      ]
    )
    #expect(failure.shown(verbose: false).lines.count == 2)
  }

  /// What the first line says already is not said again, and nothing in the words of Swift.
  @Test(arguments: [
    TransportFailure.notSent("no route"), .tls("no route"), .noAnswer("no route"),
    .tooLarge(limit: 7),
  ])
  func aTransportFailureIsItsReason(_ transport: TransportFailure) {
    let error = OAuthError(transport, fetching: "the keys", from: "id.test")
    let failure = Failure(CredentialsError(.temporary, "it failed", remedy: "", cause: error))
    let told = failure.shown(verbose: true).lines
    #expect(told.last == "  because: \(transport)")
    #expect(!told.joined().contains("(\""))
    let known = Failure(exitCode: 5, error.what, remedy: "", cause: error).shown(verbose: true)
    let isSaid = error.what.contains("\(transport)")
    #expect(known.lines.count == (isSaid ? 2 : 3), "\(known.lines)")
  }

  @Test func aHugeValueIsNotRepeatedWhole() {
    let value = String(repeating: "v", count: 120_000)
    let words = Array(repeating: "word", count: 30_000).joined(separator: " ")
    for text in ["the value '\(value)' is wrong", words] {
      let failure = Failure(exitCode: 2, text, remedy: text, cause: Odd(description: "\(text)!"))
      for line in failure.shown(verbose: true).lines { #expect(line.count < 4100) }
    }
    let remedy = "see \(value.prefix(900))"
    let failure = Failure(exitCode: 2, "the value \(value) is wrong", remedy: remedy)
    #expect(
      failure.lines == [
        "lanyard: the value \(value.prefix(200))… is wrong",
        // A command has to be whole.
        "  \(remedy)",
      ]
    )
  }

  @Test func chainGoesThroughOAuthToTransport() {
    let error = OAuthError(.notSent("no route"), fetching: "the keys", from: "id.test")
    let causes = Failure.causes(of: error)
    #expect(causes.count == 2)
    #expect(causes.first?.contains("id.test") == true)
    #expect(causes.last?.contains("no route") == true)
  }

  @Test func longChainsAreCut() {
    var error = CredentialsError(.failed, "innermost", remedy: "")
    for _ in 0..<20 { error = CredentialsError(.failed, "outer", remedy: "", cause: error) }
    #expect(Failure.causes(of: error).count == 8)
    #expect(Failure.causes(of: nil).isEmpty)
  }

  /// Texts come from servers and kubeconfigs; none may move the cursor or forge a line.
  @Test(arguments: ["\u{1B}[2J", "\n", "\r", "\u{7}", "\u{202E}", "\u{9B}31m"])
  func nothingReachesTheTerminalRaw(_ hostile: String) {
    let failure = Failure(
      exitCode: 1,
      "a\(hostile)b",
      remedy: "c\(hostile)d",
      cause: Odd(description: "e\(hostile)f")
    )
    let lines = failure.shown(verbose: true).lines
    #expect(lines.count == 4)
    for line in lines {
      #expect(
        !line.unicodeScalars.contains { scalar in
          scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x202E
        },
        "\(line.debugDescription)"
      )
    }
  }

  @Test func secretsInCausesStayHidden() {
    let failure = Failure(exitCode: 1, "w", remedy: "", cause: Holder(secret: Secret("canary")))
    #expect(!failure.shown(verbose: true).lines.joined().contains("canary"))
  }

  struct Holder: Error { let secret: Secret }
}
