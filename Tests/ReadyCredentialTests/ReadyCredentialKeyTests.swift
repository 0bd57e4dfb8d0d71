// SPDX-License-Identifier: Apache-2.0

import ReadyCredential
import Testing

@Suite struct ReadyCredentialKeyTests {
  struct Request {
    var arguments = [
      "get-token", "oidc", "--issuer-url", "https://idp.example", "--client-id", "ab", "cd",
    ]
    var variables = ["HOME": "/home/ada", "KUBERNETES_EXEC_INFO": "{}"]
    var user: UInt32 = 1000
    var directory: String? = "/home/ada"
    var store = "/home/ada/.local/state/lanyard"

    var key: ReadyCredentialKey? {
      ReadyCredentialKey(
        arguments: arguments.map { Array($0.utf8) },
        surroundings: surroundings(variables, user: user, directory: directory),
        storePath: store
      )
    }

    func with(_ change: (inout Request) -> Void) -> Request {
      var copy = self
      change(&copy)
      return copy
    }
  }

  /// Requests that must all have different keys.
  static let different: [Request] = {
    let plain = Request()
    let changes: [(inout Request) -> Void] = [
      { _ in },
      {
        $0.arguments[5] = "abc"; $0.arguments[6] = "d"
      },
      {
        $0.arguments[5] = "abcd"; $0.arguments.removeLast()
      },
      { $0.arguments.append("") },
      { $0.arguments.swapAt(5, 6) },
      {
        $0.arguments.append("{}"); $0.variables["KUBERNETES_EXEC_INFO"] = nil
      },
      { $0.variables["KUBERNETES_EXEC_INFO"] = nil },
      { $0.variables["KUBERNETES_EXEC_INFO"] = "{ }" },
      { $0.user = 0 },
      { $0.store = "/home/ada/.local/state/lanyar" },
      { $0.store = "/srv/state/lanyard" },
      { $0.arguments.append("--certificate-authority=ca.pem") },
      {
        $0.arguments.append("--certificate-authority=ca.pem"); $0.directory = "/srv"
      },
      { $0.arguments += ["--certificate-authority", "ca.pem"] },
      {
        $0.arguments += ["--certificate-authority", "ca.pem"]; $0.directory = "/srv"
      },
      { $0.arguments += ["--client-secret-file", "./s"] },
      {
        $0.arguments += ["--client-secret-file", "./s"]; $0.directory = "/srv"
      },
      { $0.arguments += ["--client-secret-env", "SECRET"] },
      {
        $0.arguments += ["--client-secret-env", "SECRET"]; $0.variables["SECRET"] = "a"
      },
      {
        $0.arguments += ["--client-secret-env", "SECRET"]; $0.variables["SECRET"] = "b"
      },
      {
        $0.arguments += ["--client-key-env", "SECRET"]; $0.variables["SECRET"] = "b"
      },
      {
        $0.arguments += ["--client-certificate-env", "SECRET"]; $0.variables["SECRET"] = "b"
      },
      {
        $0.arguments += ["--password-env=SECRET"]; $0.variables["SECRET"] = "b"
      },
      { $0.arguments += ["--assertion-from", "github-actions"] },
      {
        $0.arguments += ["--assertion-from", "github-actions"]
        $0.variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://job.test/1"
      },
    ]
    return changes.map { plain.with($0) }
  }()

  @Test func everyInputCounts() throws {
    let keys = try Self.different.map { try #require($0.key) }
    #expect(Set(keys).count == keys.count)
    #expect(keys.allSatisfy { ReadyCredentialKey(hex: $0.hex) == $0 })
  }

  /// What must not change the key, or a hit is missed for nothing.
  @Test func whatDoesNotCount() throws {
    let plain = Request()
    let key = try #require(plain.key)
    #expect(plain.with { $0.directory = "/srv" }.key == key)
    #expect(plain.with { $0.directory = nil }.key == key)
    #expect(plain.with { $0.variables["LANG"] = "C" }.key == key)
    #expect(plain.with { $0.variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "x" }.key == key)
    let absolute = plain.with { $0.arguments.append("--client-secret-file=/etc/secret") }
    #expect(absolute.key == absolute.with { $0.directory = "/srv" }.key)
    let unset = plain.with { $0.variables["KUBERNETES_EXEC_INFO"] = nil }
    #expect(plain.with { $0.variables["KUBERNETES_EXEC_INFO"] = "" }.key == unset.key)
  }

  @Test(arguments: [
    [], ["get-token"], ["get-token", "nowhere"], ["get-token", "--", "oidc"], ["login", "oidc"],
    ["--verbose", "get-token", "oidc"],
  ])
  func requestsWithoutAKey(arguments: [String]) {
    #expect(Request().with { $0.arguments = arguments }.key == nil)
  }

  @Test func aLostWorkingDirectoryHasNoKeyWhereItMatters() {
    let lost = Request().with { $0.directory = nil }
    #expect(lost.with { $0.arguments += ["--client-secret-file", "s"] }.key == nil)
  }

  @Test(arguments: ["", "0", "../../etc/passwd", String(repeating: "A", count: 64)])
  func textThatIsNoKey(text: String) {
    #expect(ReadyCredentialKey(hex: text) == nil)
  }

  /// The name is part of the format: another one would orphan every file at an update.
  @Test func knownKey() throws {
    // Computed by another program from the description in ReadyCredentialKey.swift.
    #expect(
      try #require(Request().key).hex
        == "23522ae5c14bf98224fb9bee0abfc469a11042ed568d2b649c27eba4fc8fba4a"
    )
  }
}
