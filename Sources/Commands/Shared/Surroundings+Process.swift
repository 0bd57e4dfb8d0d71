// SPDX-License-Identifier: Apache-2.0

import Host
import ReadyCredential

/// The process as a command sees it: environment, and what the hot path has already looked at.
struct ProcessSurroundings: Sendable {
  /// The environment; an empty variable counts as unset.
  let environment: [String: String]
  /// Who and where, for the ready credential and the store.
  let hot: ReadyCredential.Surroundings
  /// Terminal, display, SSH and the like.
  let host: Host.Surroundings

  /// The surroundings of the running process, with some variables overridden as client-go does with `exec.env`.
  static func current(overriding extra: [(String, String)] = []) -> ProcessSurroundings {
    var environment = ProcessEnvironment.all()
    for (name, value) in extra { environment[name] = value }
    let filled = environment.filter { !$0.value.isEmpty }
    let base = ReadyCredential.Surroundings.current
    let hot =
      extra.isEmpty
      ? base
      : ReadyCredential.Surroundings(
        environment: { name in filled[name].map { Array($0.utf8) } },
        effectiveUser: base.effectiveUser,
        workingDirectory: base.workingDirectory
      )
    return ProcessSurroundings(
      environment: filled,
      hot: hot,
      host: .observe(environment: filled)
    )
  }
}
