// SPDX-License-Identifier: Apache-2.0

import Testing

import Kubeconfig

/// Files that are broken, or made to break the reader.
@Suite struct HostileTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let line: Int
    let says: String

    init(_ name: String, _ text: String, line: Int, says: String) {
      testDescription = name
      self.text = text
      self.line = line
      self.says = says
    }
  }

  static let laughs =
    "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    + (1..<30).map { number in
      "a\(number): &a\(number) ["
        + Array(repeating: "*a\(number - 1)", count: 10).joined(separator: ", ") + "]\n"
    }.joined()

  static let deepAliases =
    "a0: &a0 [x]\n"
    + (1..<100_000).map { "a\($0): &a\($0) [*a\($0 - 1)]\n" }.joined()

  static let rows = [
    Row("billion laughs", laughs, line: 6, says: "aliases expand"),
    Row("chained aliases", deepAliases, line: 64, says: "nested"),
    Row("an alias inside its anchor", "a: &a [*a]", line: 1, says: "alias"),
    Row("an unknown alias", "\na: *b", line: 2, says: "alias"),
    Row("deep flow", "a: " + String(repeating: "[", count: 100_000), line: 1, says: "nested"),
    Row("deep mappings", String(repeating: "{a: ", count: 100_000), line: 1, says: "nested"),
    Row(
      "deep block",
      (0..<100).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
      line: 65,
      says: "nested"
    ),
    Row("deep sequences", String(repeating: "- ", count: 100_000), line: 1, says: "nested"),
    Row("a tab", "contexts:\n\t- name: a\n", line: 2, says: "token"),
    Row("a NUL", "kind: Config\na: \u{0}\n", line: 2, says: "control characters"),
    Row("an escape character", "kind: Config\na: \u{1b}[0m\n", line: 2, says: "control characters"),
    Row("an open quote", "kind: Config\na: 'b\n", line: 3, says: "scalar"),
    Row("an open list", "kind: Config\na: [b\n", line: 3, says: "flow sequence"),
    Row("a list at the top", "- a", line: 1, says: "mapping"),
    Row("a word at the top", "hello", line: 1, says: "mapping"),
    Row("another kind", "kind: Pod", line: 1, says: "kind is \"Pod\""),
    Row("another version", "apiVersion: v2", line: 1, says: "apiVersion"),
    Row("a number for a name", "users:\n- name: 12", line: 2, says: "put \"12\" in quotes"),
    Row("a boolean for a name", "users:\n- name: yes", line: 2, says: "in quotes"),
    Row("a float for a name", "users:\n- name: 1e3", line: 2, says: "in quotes"),
    Row("a list for a name", "users:\n- name: [a]", line: 2, says: "must be a string"),
    Row("users that are no list", "users: {a: b}", line: 1, says: "must be a list"),
    Row("a user that is a word", "users:\n- a", line: 2, says: "mapping"),
    Row(
      "exec that is a word",
      "users:\n- name: a\n  user:\n    exec: lanyard",
      line: 4,
      says: "mapping"
    ),
    Row(
      "args that are a word",
      "users: [{name: a, user: {exec: {args: x}}}]",
      line: 1,
      says: "args must be a list"
    ),
    Row(
      "a number in args",
      "users: [{name: a, user: {exec: {args: [-1]}}}]",
      line: 1,
      says: "in quotes"
    ),
    Row(
      "a word for a boolean",
      "users: [{name: a, user: {exec: {provideClusterInfo: 'true'}}}]",
      line: 1,
      says: "true or false"
    ),
  ]

  @Test(arguments: rows)
  func brokenFilesAreNamedWithTheirLine(row: Row) throws {
    let error = try #require(
      Fixture.error { () throws(KubeconfigError) in try Fixture.load(row.text) }
    )
    #expect(error.code == .malformed)
    #expect(error.what.hasPrefix("\"/h/.kube/config\", line \(row.line):"), "\(error)")
    #expect((error.what + (error.cause ?? "")).contains(row.says), "\(error)")
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    for bytes in [
      [0xff, 0xfe, 0x61, 0x00], [0x61, 0x3a, 0x20, 0xc3, 0x28], [0x7f, 0x45, 0x4c, 0x46, 1, 0],
    ] as [[UInt8]] {
      let error = Fixture.error { () throws(KubeconfigError) in
        try Kubeconfig.load(explicit: "/a", environment: nil, home: nil) { _ in bytes }
      }
      #expect(error?.code == .malformed)
    }
  }

  @Test func aFileThatIsTooLargeIsNotParsed() {
    let bytes = [UInt8](repeating: 0x20, count: (16 << 20) + 1)
    let error = Fixture.error { () throws(KubeconfigError) in
      try Kubeconfig.load(explicit: "/a", environment: nil, home: nil) { _ in bytes }
    }
    #expect(error?.code == .tooLarge)
  }

  @Test(arguments: ["contexts", "users"])
  func oneNameTwiceInAFileIsRefusedAsKubectlDoes(list: String) {
    let error = Fixture.error { () throws(KubeconfigError) in
      try Fixture.load("\(list):\n- name: a\n- name: b\n- name: a\n")
    }
    #expect(error?.code == .duplicateName)
    #expect(error?.what.contains("line 4") == true)
  }

  @Test func honestAliasesStayWithinTheBounds() throws {
    let users = (0..<1000).map { "- {name: u\($0), user: *user}\n" }.joined()
    let config = try Fixture.load(
      "x: &user {exec: {command: lanyard, args: [get-token, oidc]}}\nusers:\n" + users
    )
    #expect(config.users.count { $0.exec?.isLanyard == true } == 1000)
  }

  @Test func namesAreEscapedAndCut() {
    let rows = [
      ("a\"b\\\u{7f}\u{200b}é", #""a\"b\\\u{7f}\u{200b}é""#), ("", "\"\""),
      (String(repeating: "x", count: 121), "\"" + String(repeating: "x", count: 120) + "…\""),
    ]
    for (name, shown) in rows {
      let error = Fixture.error { () throws(KubeconfigError) in
        try Fixture.load("").context(named: name)
      }
      #expect(error?.what.hasSuffix("context " + shown) == true)
    }
  }
}
