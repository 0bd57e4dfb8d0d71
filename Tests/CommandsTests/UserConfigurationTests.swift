// SPDX-License-Identifier: Apache-2.0

import Clouds
import Commands
import Testing

/// The user's own configuration file.
@Suite struct UserConfigurationTests {
  private func read(_ text: String) throws(Failure) -> UserConfiguration {
    try ConfigurationReader(file: "config.yaml").read(Array(text.utf8))
  }

  @Test(arguments: ["", "# nothing\n", "allow:\n", "allow: []\nsecrets: {}\n", "null"])
  func `nothing is allowed that is not`(text: String) throws {
    #expect(try read(text) == UserConfiguration())
  }

  @Test func `what is allowed and where secrets come from`() throws {
    let configuration = try read(
      """
      allow: [search-path, google-executable]
      authorities: [/etc/corp/ca.pem]
      secrets:
        prod:
          command: [op, read, "op://infra/lanyard/secret"]
          environment: {OP_ACCOUNT: corp}
          pass: [OP_SESSION_corp]
        other: {file: /run/secret}
        third: {env: CLIENT_SECRET}
      """
    )
    #expect(configuration.allowed == [.searchPath, .googleExecutable])
    #expect(configuration.authorities == ["/etc/corp/ca.pem"])
    var command = UserConfiguration.SecretCommand(["op", "read", "op://infra/lanyard/secret"])
    command.environment = ["OP_ACCOUNT": "corp"]
    command.passed = ["OP_SESSION_corp"]
    #expect(
      configuration.secrets == [
        "prod": .command(command),
        "other": .file("/run/secret"), "third": .variable("CLIENT_SECRET"),
      ]
    )
  }

  @Test(
    arguments: [
      ("allow: all", "line 1: allow must be a list"),
      ("allow: [everything]", "line 1: everything cannot be allowed"),
      ("allow: [[search-path]]", "line 1: allow must be a list of texts"),
      ("allows: []", "line 1: allows is not known"),
      ("- a", "line 1: the file must be a mapping"),
      ("\nsecrets: []", "line 2: secrets must be a mapping"),
      ("secrets:\n  a: text", "line 2: a must be a mapping"),
      ("secrets:\n  a: {}", "line 2: a needs one of file, env and command"),
      ("secrets:\n  a: {file: /f, env: E}", "line 2: a needs one of file, env and command"),
      ("secrets:\n  a:\n    file: f", "line 3: file needs an absolute path"),
      ("secrets:\n  a:\n    env: ''", "line 3: env needs the name"),
      ("secrets:\n  a:\n    command: op read", "line 3: command needs a list"),
      ("secrets:\n  a:\n    command: []", "line 3: command needs a program"),
      ("secrets:\n  a:\n    shell: x", "line 3: shell is not known"),
      ("secrets:\n  a: {file: /f, pass: [A]}", "line 2: pass goes with command"),
      (
        "secrets:\n  a:\n    command: [a]\n    environment:\n      A: [1]",
        "line 5: A must be a text"
      ),
      ("authorities: [ca.pem]", "line 1: authorities needs absolute paths"),
      ("allow: [", "line "), ("? [a]\n: b", "line 1: a name is expected here"),
    ]
  )
  func `what is wrong is named with its line`(text: String, what: String) throws {
    let failure = #expect(throws: Failure.self) { try read(text) }
    #expect(failure?.exitCode == 7)
    #expect(failure?.what.contains(what) == true, "\(failure?.what ?? "")")
  }
}
