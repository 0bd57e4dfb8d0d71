// SPDX-License-Identifier: Apache-2.0

import Testing

import Kubeconfig

@Suite struct KubeconfigTests {
  static let typical = """
    # written by hand
    apiVersion: v1
    kind: Config
    current-context: prod
    preferences: {}
    clusters:
    - cluster: {server: "https://prod:6443"}
      name: prod
    contexts:
    - context:
        cluster: prod
        namespace: web
        user: alice
      name: prod
    - name: bare
    users:
    - name: alice
      user:
        exec:
          apiVersion: client.authentication.k8s.io/v1
          command: lanyard
          args: [get-token, oidc, --issuer-url, "https://idp", '1234']
          env:
          - name: A
            value: b
          - {name: C, value: "true"}
          interactiveMode: IfAvailable
          provideClusterInfo: true
    - name: token
      user: {token: abc}
    - name: nobody
    """

  @Test func aTypicalFileIsRead() throws {
    let config = try Fixture.load(Self.typical)
    #expect(config.currentContext == "prod")
    #expect(config.contexts.map(\.name) == ["prod", "bare"])
    let context = try config.context(named: nil)
    #expect(
      context
        == Context(
          name: "prod",
          cluster: "prod",
          user: "alice",
          namespace: "web",
          originFile: "/h/.kube/config"
        )
    )
    let exec = try #require(try config.user(of: context).exec)
    #expect(exec.apiVersion == "client.authentication.k8s.io/v1")
    #expect(exec.args == ["get-token", "oidc", "--issuer-url", "https://idp", "1234"])
    #expect(exec.env.map { "\($0.name)=\($0.value)" } == ["A=b", "C=true"])
    #expect(exec.interactiveMode == .ifAvailable)
    #expect(exec.provideClusterInfo)
    #expect(exec.isLanyard)
    #expect(config.users.map { $0.exec != nil } == [true, false, false])
  }

  @Test func aJSONKubeconfigIsYAML() throws {
    let text = """
      {"apiVersion":"v1","kind":"Config","current-context":"a","contexts":[{"name":"a",\t"context":
      {"cluster":"c","user":"u"}}],"users":[{"name":"u","user":{"exec":{"command":"kubectl","args":
      ["lanyard","get-token"],"apiVersion":"client.authentication.k8s.io/v1beta1","env":null}}}]}
      """
    let config = try Fixture.load(text)
    let exec = try #require(try config.user(of: config.context(named: "a")).exec)
    #expect(exec.isLanyard)
    #expect(exec.interactiveMode == nil)
    #expect(exec.env == [])
  }

  @Test(arguments: [
    "", "\n", "# nothing\n", "---\n", "null", "{}", "~", "\u{feff}", "\u{feff}kind: Config",
  ])
  func anEmptyFileSaysNothing(text: String) throws {
    let config = try Fixture.load(text)
    #expect(config.contexts == [] && config.users == [] && config.currentContext == nil)
    #expect(
      Fixture.error { () throws(KubeconfigError) in try config.context(named: nil) }?.code
        == .noCurrentContext
    )
  }

  @Test func onlyTheFirstDocumentCounts() throws {
    let config = try Fixture.load("current-context: a\n---\ncurrent-context: b\n")
    #expect(config.currentContext == "a")
  }

  @Test func anchorsAndMergeKeysWorkAndTheLastOfTwoMembersWins() throws {
    let exec = try Fixture.exec(
      "<<: &base {command: lanyard, args: [a], apiVersion: x}",
      "args: [b]",
      "args: [c]"
    )
    #expect(exec?.command == "lanyard")
    #expect(exec?.args == ["c"])
    #expect(exec?.apiVersion == "x")
  }

  // MARK: which files

  struct Files: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var explicit: String?
    var environment: String?
    var home: String? = "/h"
    let current: String?
    let contexts: [String]

    init(
      _ name: String,
      explicit: String? = nil,
      environment: String? = nil,
      home: String? = "/h",
      current: String?,
      contexts: [String]
    ) {
      testDescription = name
      self.explicit = explicit
      self.environment = environment
      self.home = home
      self.current = current
      self.contexts = contexts
    }
  }

  static let files = [
    "/h/.kube/config": "current-context: home\n" + Fixture.contexts("home"),
    "/a": Fixture.contexts("one", "both"),
    "/b": "current-context: two\n" + Fixture.contexts("two", "both"),
    "/c": "current-context: three\n",
    "/empty": "",
  ]

  static let choices = [
    Files("the default", current: "home", contexts: ["home"]),
    Files(
      "empty counts as unset",
      explicit: "",
      environment: "",
      current: "home",
      contexts: ["home"]
    ),
    Files("no home", home: nil, current: nil, contexts: []),
    Files("a home without a file", home: "/x", current: nil, contexts: []),
    Files(
      "explicit beats the variable",
      explicit: "/a",
      environment: "/b",
      current: nil,
      contexts: ["one", "both"]
    ),
    Files("a list", environment: "/a:/b:/c", current: "two", contexts: ["one", "both", "two"]),
    Files(
      "the other way",
      environment: "/c:/b:/a",
      current: "three",
      contexts: ["two", "both", "one"]
    ),
    Files("gaps", environment: "::/none:/a:/empty::/a:", current: nil, contexts: ["one", "both"]),
    Files("only missing ones", environment: "/none", current: nil, contexts: []),
    Files("an explicit list is one name", explicit: "/c", current: "three", contexts: []),
  ]

  @Test(arguments: choices)
  func theRightFilesAreMerged(choice: Files) throws {
    let config = try Fixture.load(
      Self.files,
      explicit: choice.explicit,
      environment: choice.environment,
      home: choice.home
    )
    #expect(config.currentContext == choice.current)
    #expect(config.contexts.map(\.name) == choice.contexts)
  }

  @Test func theFirstFileWinsTheWholeEntry() throws {
    let config = try Fixture.load(
      [
        "/a": "users: [{name: red, user: {exec: {command: first}}}]",
        "/b": "users: [{name: red, user: {exec: {command: second, args: [x]}}}]",
      ],
      environment: "/a:/b"
    )
    #expect(config.users.map(\.originFile) == ["/a"])
    #expect(config.users.first?.exec?.args == [])
  }

  @Test func anExplicitFileMustExist() {
    let error = Fixture.error { () throws(KubeconfigError) in
      try Fixture.load(Self.files, explicit: "/a:/b")
    }
    #expect(error?.code == .fileMissing)
    #expect(error?.what.contains("/a:/b") == true)
  }

  @Test func anUnreadableFileIsAnError() {
    let error = Fixture.error { () throws(KubeconfigError) in
      try Fixture.load(["/a": "unreadable"], environment: "/b:/a")
    }
    #expect(error?.code == .fileUnreadable)
    #expect(error?.cause != nil)
  }

  // MARK: contexts and users

  @Test func aMissingContextIsNamedWithThoseThereAre() {
    let error = Fixture.error { () throws(KubeconfigError) in
      try Fixture.load(Fixture.contexts("a", "evil\u{202e}")).context(named: "x\u{1b}]0;")
    }
    #expect(error?.code == .noSuchContext)
    #expect(error?.what.contains(#""x\u{1b}]0;""#) == true)
    #expect(error?.remedy.contains(#""a", "evil\u{202e}""#) == true)
  }

  @Test func manyContextsAreNotAllListed() {
    let text = "contexts:\n" + (0..<500).map { "- name: n\($0)\n" }.joined()
    let error = Fixture.error { () throws(KubeconfigError) in
      try Fixture.load(text).context(named: nil)
    }
    #expect(error?.code == .noCurrentContext)
    #expect(error?.remedy.contains("and 480 more") == true)
  }

  @Test(arguments: [
    ("contexts: [{name: a, context: {user: ghost}}]", "ghost"),
    ("contexts: [{name: a, context: {}}]", "names no user"),
    ("contexts: [{name: a}]\nusers: [{name: ''}]", "names no user"),
  ])
  func aMissingUserIsNamed(text: String, says: String) throws {
    let config = try Fixture.load(text)
    let context = try config.context(named: "a")
    let error = Fixture.error { () throws(KubeconfigError) in try config.user(of: context) }
    #expect(error?.code == .noSuchUser)
    #expect(error?.what.contains(says) == true)
  }

  // MARK: plugins

  @Test(
    arguments: [
      ("lanyard", [], true), ("/opt/bin/lanyard", [], true), ("./lanyard", [], true),
      ("kubectl-lanyard", [], true), ("kubectl", ["lanyard", "get-token"], true),
      ("kubectl", ["oidc-login", "lanyard"], false), ("kubectl", [], false),
      ("lanyard/", [], false), ("lanyard2", [], false), ("kubelogin", ["lanyard"], false),
      ("''", [], false),
    ] as [(String, [String], Bool)]
  )
  func lanyardIsRecognised(command: String, args: [String], isLanyard: Bool) throws {
    let exec = try Fixture.exec("command: \(command)", "args: [\(args.joined(separator: ", "))]")
    #expect(exec?.isLanyard == isLanyard)
  }

  @Test(arguments: [
    ("lanyard", "/k/config", "lanyard"), ("/usr/bin/lanyard", "/k/config", "/usr/bin/lanyard"),
    ("./lanyard", "/k/config", "/k/lanyard"), ("../bin/lanyard", "/k/config", "/bin/lanyard"),
    ("bin/lanyard", "/k/sub/config", "/k/sub/bin/lanyard"), ("./lanyard", "config", "./lanyard"),
    ("../../../x", "/k/config", "/x"), ("bin/x", "sub/config", "sub/bin/x"),
    ("../../x", "sub/config", "../x"),
  ])
  func commandsResolveBesideTheirFile(command: String, file: String, resolved: String) throws {
    let text = "users: [{name: u, user: {exec: {command: \(command)}}}]"
    let config = try Fixture.load([file: text], explicit: file)
    #expect(config.users.first?.exec?.resolvedCommand == resolved)
  }

  @Test(
    arguments: [
      ("Never", .never), ("IfAvailable", .ifAvailable), ("Always", .always), ("''", nil),
      ("never", .unknown("never")),
    ] as [(String, ExecConfig.InteractiveMode?)]
  )
  func interactiveModes(text: String, mode: ExecConfig.InteractiveMode?) throws {
    #expect(try #require(try Fixture.exec("interactiveMode: \(text)")).interactiveMode == mode)
  }
}
