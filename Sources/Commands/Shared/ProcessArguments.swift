// SPDX-License-Identifier: Apache-2.0

/// What the process was started with.
enum ProcessArguments {
  /// The arguments after the program's name; nil if one of them is not UTF-8.
  ///
  /// The standard library would repair it, and two accounts that differ in such bytes would become one session.
  static var text: [String]? {
    let arguments = unsafe UnsafeBufferPointer(
      start: CommandLine.unsafeArgv,
      count: Int(CommandLine.argc)
    )
    let texts = unsafe arguments.dropFirst().map { argument in
      unsafe argument.flatMap { unsafe String(validatingCString: $0) }
    }
    return texts.contains(nil) ? nil : texts.compactMap(\.self)
  }

  /// What there is to say where ``text`` is nil.
  static var notText: Failure {
    Failure(
      exitCode: ExitCodes.usage,
      "an argument is not UTF-8",
      remedy: "give names and paths in UTF-8"
    )
  }
}
