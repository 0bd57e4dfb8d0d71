// SPDX-License-Identifier: Apache-2.0

import Kubeconfig

enum Fixture {
  struct Unreadable: Error {}

  /// Loads from files in memory; a file whose text is `unreadable` throws.
  static func load(
    _ files: [String: String],
    explicit: String? = nil,
    environment: String? = nil,
    home: String? = "/h"
  ) throws(KubeconfigError) -> Kubeconfig {
    try Kubeconfig.load(explicit: explicit, environment: environment, home: home) { path in
      if files[path] == "unreadable" { throw Unreadable() }
      return files[path].map { Array($0.utf8) }
    }
  }

  /// The only file is `~/.kube/config`.
  static func load(_ text: String) throws(KubeconfigError) -> Kubeconfig {
    try load(["/h/.kube/config": text])
  }

  static func error<Value>(_ body: () throws(KubeconfigError) -> Value) -> KubeconfigError? {
    do throws(KubeconfigError) {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  /// The exec of a user whose exec mapping has these lines.
  static func exec(_ lines: String...) throws(KubeconfigError) -> ExecConfig? {
    let body = lines.map { "      \($0)\n" }.joined()
    return try load("users:\n- name: u\n  user:\n    exec:\n\(body)").users.first?.exec
  }

  static func contexts(_ names: String...) -> String {
    "contexts:\n"
      + names.map { "- {name: '\($0)', context: {cluster: c, user: u}}\n" }.joined()
  }
}
