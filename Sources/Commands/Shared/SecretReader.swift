// SPDX-License-Identifier: Apache-2.0

import Clouds
import Host
import OAuth

/// Reads secrets from where options say that they are: files, variables, and what the user's own configuration names.
struct SecretReader: Sendable {
  let environment: [String: String]
  /// The user's own configuration, read only where it is asked for.
  var configuration: @Sendable () throws(Failure) -> UserConfiguration = UserConfiguration.current

  /// Runs before a command does, and throws where none may: a kubeconfig must not have one run for an issuer that the
  /// user does not trust.
  var beforeCommand: @Sendable () throws(Failure) -> Void = {}

  /// How long a command may take, in seconds: some ask a person to unlock them.
  private static let patience = 60.0

  /// A secret of one line; throws a configuration failure if it is missing, empty or not one line.
  func line(_ source: SecretSource) async throws(Failure) -> Secret {
    switch try await place(source) {
    case .file(let file): return Secret(try file.line())
    case .text(let text):
      let line = text.expose()
      guard !line.contains(where: \.isNewline) else {
        throw Failure(
          exitCode: ExitCodes.configuration,
          "\(source.words) does not hold one line",
          remedy: "it has to give the secret alone"
        )
      }
      return text
    }
  }

  /// A secret of any number of lines, such as a key in PEM; throws a configuration failure if it is missing or empty.
  func text(_ source: SecretSource) async throws(Failure) -> Secret {
    switch try await place(source) {
    case .file(let file): Secret(String(decoding: try file.bytes(), as: UTF8.self))
    case .text(let text): text
    }
  }

  private enum Place {
    case file(OptionFile)
    /// Without the line ends at its end.
    case text(Secret)
  }

  private func place(_ source: SecretSource) async throws(Failure) -> Place {
    switch source {
    case .file(let path, let option): return .file(OptionFile(path: path, option: option))
    case .variable(let name, let option): return .text(try variable(name, option))
    case .configured(let name, let option):
      guard let place = try configuration().secrets[name] else {
        throw Failure(
          exitCode: ExitCodes.configuration,
          "\(option) names \(name), which your configuration does not know",
          remedy: "name it under secrets in ~/.config/lanyard/config.yaml"
        )
      }
      switch place {
      case .file(let path): return .file(OptionFile(path: path, option: option))
      case .variable(let variable): return .text(try self.variable(variable, option))
      case .command(let command): return .text(try await output(of: command, name))
      }
    }
  }

  private func variable(_ name: String, _ option: String) throws(Failure) -> Secret {
    guard let value = environment[name], !value.isEmpty else {
      throw Failure(
        exitCode: ExitCodes.configuration,
        "\(option) names \(name), which is not set",
        remedy: "set the variable, or use the option that names a file"
      )
    }
    return Secret(value)
  }

  private func output(
    of command: UserConfiguration.SecretCommand,
    _ name: String
  ) async throws(Failure) -> Secret {
    try beforeCommand()
    let answer: ProgramAnswer
    do throws(CloudError) {
      let searches = try configurationAllowsSearch()
      let programs = Programs(environment: environment, searchesPath: searches)
      answer = try await programs.run(
        ProgramCall(
          command.words,
          variables: variables(of: command),
          seconds: Self.patience,
          inherits: false
        )
      )
    } catch {
      throw Failure(
        exitCode: error.code == .temporary ? ExitCodes.temporary : ExitCodes.configuration,
        "the command of the secret \(name) failed: \(error.what)",
        remedy: error.code == .configuration ? error.remedy : remedy(command),
        cause: error.cause
      )
    }
    guard answer.status == 0 else {
      let why =
        answer.errors.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(200))" } ?? ""
      throw Failure(
        exitCode: ExitCodes.configuration,
        "the command of the secret \(name) ended with status \(answer.status)\(why)",
        remedy: remedy(command)
      )
    }
    return try trimmed(answer.output, name)
  }

  /// By hand it would have the variables that it lacks here.
  private func remedy(_ command: UserConfiguration.SecretCommand) -> String {
    let words = command.words.map { ShellWord.quote($0) }.joined(separator: " ")
    return
      "try: env -i HOME=\"$HOME\" PATH=\"$PATH\" \(words); what variables it needs stand beside it, "
      + "under environment or pass, in ~/.config/lanyard/config.yaml"
  }

  /// Nothing of the process's environment, where a kubeconfig may have said to which server the user's secrets manager
  /// is to turn, or what a script reads first; what the configuration passes on all the same is the user's decision.
  private func variables(of command: UserConfiguration.SecretCommand) -> [String: String] {
    environment.filter { command.passed.contains($0.key) }.merging(command.environment) { $1 }
  }

  private func configurationAllowsSearch() throws(CloudError) -> Bool {
    do throws(Failure) {
      return try configuration().allowed.contains(.searchPath)
    } catch {
      throw CloudError(error)
    }
  }

  private func trimmed(_ output: Secret, _ name: String) throws(Failure) -> Secret {
    var text = output.expose()
    while text.last?.isNewline == true { text.removeLast() }
    guard !text.isEmpty else {
      throw Failure(
        exitCode: ExitCodes.configuration,
        "the command of the secret \(name) printed nothing",
        remedy: "it has to print the secret"
      )
    }
    return Secret(text)
  }
}
