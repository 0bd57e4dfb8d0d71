// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Testing

/// Which session `login` and `logout` mean.
@Suite struct SessionTargetTests {
  private func options(_ words: [String]) throws -> OIDCOptions {
    try GetTokenOIDC.parse(words).options
  }

  @Test(
    arguments: [
      (nil, nil, [], nil), ("a", nil, [], "a"), (nil, "a", [], "a"), ("a", "a", [], "a"),
      ("a", nil, ["--login", "device"], "a"), (nil, nil, ["--issuer-url", "https://x"], nil),
      (nil, nil, ["--issuer-url", "https://x", "--account", "b"], nil),
    ] as [(String?, String?, [String], String?)]
  )
  func names(_ context: String?, _ other: String?, _ words: [String], _ name: String?) throws {
    #expect(try SessionTarget.name(context, other, options(words)) == name)
  }

  static let contradictions: [(String?, String?, [String])] = [
    ("a", "b", []),
    ("a", nil, ["--issuer-url", "https://x"]), (nil, "a", ["--issuer-url", "https://x"]),
    ("a", nil, ["--account", "b"]), ("a", nil, ["--token", "access"]),
    ("a", nil, ["--token", "id"]),
    ("a", nil, ["--scope", "groups"]), ("a", nil, ["--client-id", "b"]),
    ("a", nil, ["--audience", "b"]), ("a", nil, ["--certificate-authority", "/b"]),
    ("a", nil, ["--client-secret-file", "/b"]),
    // The current context is a context, too.
    (nil, nil, ["--account", "b"]), (nil, nil, ["--client-id", "b"]),
    ("a", nil, ["--par", "never"]),
  ]

  @Test(arguments: contradictions.indices) func contradiction(_ index: Int) throws {
    let (context, other, words) = Self.contradictions[index]
    let options = try options(words)
    let failure = #expect(throws: Failure.self) {
      try SessionTarget.name(context, other, options)
    }
    #expect(failure?.exitCode == 2)
    if context != "a" || other != "b", !words.contains("--issuer-url") {
      let option = try #require(words.first)
      #expect(failure?.what == "\(option) is given without --issuer-url")
    }
  }
}
