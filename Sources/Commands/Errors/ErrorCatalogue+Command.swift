// SPDX-License-Identifier: Apache-2.0

extension ErrorCatalogue {
  /// Failures of a command itself, by their exit code.
  static func entry(_ code: ErrorCatalogue.CommandFault) -> Entry {
    switch code {
    case .failed: CommandEntries.failed
    case .usage: CommandEntries.usage
    case .store: CommandEntries.store
    case .configuration: CommandEntries.configuration
    }
  }
}

private enum CommandEntries {
  static let failed = ErrorCatalogue.Entry(
    "command.failed",
    meaning: "the command failed",
    cause: "the message says what",
    remedy: "as the second line says"
  )
  static let usage = ErrorCatalogue.Entry(
    "command.usage",
    meaning: "the command line is not understood",
    cause: "an unknown option or a missing value",
    remedy: "lanyard help COMMAND"
  )
  static let store = ErrorCatalogue.Entry(
    "command.store",
    meaning: "a file of lanyard could not be read or written",
    cause: "permissions or space",
    remedy: "check owner and mode of the file and its folders"
  )
  static let configuration = ErrorCatalogue.Entry(
    "command.configuration",
    meaning: "the options or the kubeconfig cannot be used",
    cause: "an option that is missing or contradicts another",
    remedy: "correct what the message names"
  )
}
