// SPDX-License-Identifier: Apache-2.0

import Clouds
import Host
import OAuth

/// Programs that are run for what they print: a cloud's own tool, or a secrets manager.
struct Programs: Sendable {
  let environment: [String: String]
  /// Whether `PATH` decides where a program is looked for; a kubeconfig's `exec.env` can set it.
  let searchesPath: Bool

  /// Runs a program.
  ///
  /// Throws a configuration failure if there is none of that name, a temporary one if it takes too long.
  func run(_ call: ProgramCall) async throws(CloudError) -> ProgramAnswer {
    guard let name = call.words.first, let path = Executable.find(name, in: folders) else {
      throw missing(call.words.first ?? "")
    }
    do throws(HostError) {
      let result = try await ProgramRun.run(
        executable: path,
        arguments: Array(call.words.dropFirst()),
        environment: (call.inherits ? environment : minimal).merging(call.variables) { $1 },
        folder: call.folder ?? "/",
        deadline: call.seconds
      )
      return ProgramAnswer(
        status: result.status,
        output: Secret(String(decoding: result.output, as: UTF8.self)),
        errors: String(decoding: result.errors, as: UTF8.self)
      )
    } catch {
      throw CloudError(
        error.code == .timedOut ? .temporary : .failed,
        "\(name) gave no answer: \(error.message)",
        remedy: "run it by hand to see what it says",
        cause: error
      )
    }
  }

  /// What a program gets that nothing of this process's environment may reach, but for the `PATH` that is allowed.
  private var minimal: [String: String] {
    var minimal = ProcessEnvironment.minimal(accountHome: AccountHome.path())
    if searchesPath, let path = environment["PATH"] { minimal["PATH"] = path }
    return minimal
  }

  private var folders: [String] {
    let own = Executable.folders(accountHome: AccountHome.path())
    guard searchesPath, let path = environment["PATH"] else { return own }
    return path.split(separator: ":").map(String.init)
  }

  private func missing(_ name: String) -> CloudError {
    CloudError(
      .configuration,
      "the program \(name) was not found where programs of the system and your own lie",
      remedy: searchesPath
        ? "install it, or name it by its whole path"
        : "install it there, or allow the search through PATH: allow: [search-path] in ~/.config/lanyard/config.yaml"
    )
  }
}
