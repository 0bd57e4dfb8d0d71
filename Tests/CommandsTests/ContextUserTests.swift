// SPDX-License-Identifier: Apache-2.0

import Commands
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Contexts of clouds, for `login` and `logout`.
@Suite final class ContextUserTests {
  private let path =
    "\(FileManager.default.temporaryDirectory.path)/lanyard-user-\(UUID().uuidString)"

  init() throws {
    let users: [(String, [String])] = [
      ("eks", ["get-token", "eks", "--cluster-name", "c", "--profile", "dev"]),
      ("twin", ["get-token", "eks", "--cluster-name", "c", "--profile", "dev"]),
      ("plugin", ["lanyard", "get-token", "eks", "--cluster-name", "d"]),
      ("odd", ["get-token", "eks", "--no-such-option"]),
      ("gke", ["get-token", "gke"]),
      ("oidc", ["get-token", "oidc", "--issuer-url", "https://i", "--client-id", "c"]),
    ]
    var text = "apiVersion: v1\nkind: Config\ncurrent-context: twin\n"
    text += "clusters:\n- {name: c, cluster: {server: \"https://s\"}}\ncontexts:\n"
    for (name, _) in users { text += "- {name: \(name), context: {cluster: c, user: \(name)}}\n" }
    text += "users:\n"
    for (name, words) in users {
      let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
      let command = words.first == "lanyard" ? "kubectl" : "lanyard"
      text += "- name: \(name)\n  user: {exec: {apiVersion: client.authentication.k8s.io/v1, "
      text += "command: \(command), interactiveMode: Never, args: [\(list)]}}\n"
    }
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private var lookup: ContextLookup { ContextLookup(environment: [:], kubeconfig: path) }

  @Test func `a user of EKS has its profile`() throws {
    guard case .eks(let options) = try lookup.find("eks").user else {
      Issue.record("no user of EKS")
      return
    }
    #expect(options.profile == "dev")
    #expect(options.clusterName == "c")
  }

  @Test func `a user of GKE is found, and is not one to log out`() throws {
    guard case .gke = try lookup.find("gke").user else {
      Issue.record("no user of GKE")
      return
    }
    let found = try lookup.all().compactMap { try? $0.found.get() }
    #expect(found.map(\.context) == ["eks", "twin", "plugin", "gke", "oidc"])
    #expect(found.filter { !$0.user.isSignedInHere }.map(\.context) == ["gke"])
  }

  @Test func `arguments that are not known`() {
    let failure = #expect(throws: Failure.self) { try lookup.find("odd") }
    #expect(failure?.exitCode == 7)
  }

  @Test(arguments: [
    (["get-token", "eks", "--cluster-name", "c", "--profile", "dev"], "twin"),
    (["get-token", "eks", "--cluster-name", "d"], "plugin"),
    (["get-token", "eks", "--cluster-name", "x"], nil), ([], nil),
  ])
  func `the context that runs given arguments, the current one first`(
    words: [String],
    context: String?
  ) {
    #expect(lookup.context(running: words) == context)
  }
}
