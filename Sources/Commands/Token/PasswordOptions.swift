// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser

/// Whose password a login sends, and where it comes from; never from the command line itself.
package struct PasswordOptions: ParsableArguments {
  /// The person.
  @Option(help: ArgumentHelp("The person of a login by password.", valueName: "name"))
  package var username: String?

  /// Path of the file with their password.
  @Option(
    help: ArgumentHelp(
      "A file with the password of --username; asked for at the terminal unless given.",
      valueName: "file"
    ),
    completion: .file()
  )
  package var passwordFile: String?

  /// Name of the variable with it.
  @Option(
    help: ArgumentHelp(
      "An environment variable with the password of --username.",
      valueName: "name"
    )
  )
  package var passwordEnv: String?

  /// Its name in the user's own configuration.
  @Option(
    help: ArgumentHelp(
      "The name of the password of --username in your own configuration.",
      valueName: "name"
    )
  )
  package var passwordFrom: String?

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// Whose password, without where it is.
  var withoutMaterial: PasswordOptions {
    var copy = self
    copy.passwordFile = nil
    copy.passwordEnv = nil
    copy.passwordFrom = nil
    return copy
  }

  /// Whether nothing was said of a password or whose it is.
  var isEmpty: Bool { username == nil && source == nil }

  /// Where the password comes from, unless it is asked for.
  var source: SecretSource? {
    SecretSource(
      file: (passwordFile, "--password-file"),
      variable: (passwordEnv, "--password-env"),
      configured: (passwordFrom, "--password-from")
    )
  }

  /// Throws a usage error for a password that comes from several places.
  package func validate() throws {
    try SecretSource.checkOne([
      (passwordFile, "--password-file"), (passwordEnv, "--password-env"),
      (passwordFrom, "--password-from"),
    ])
  }

  func add(to words: inout OptionWords) {
    words.add("--username", username)
    words.add("--password-file", passwordFile)
    words.add("--password-env", passwordEnv)
    words.add("--password-from", passwordFrom)
  }
}
