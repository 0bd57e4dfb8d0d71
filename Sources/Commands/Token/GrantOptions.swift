// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import Credentials

extension GrantType: Choice {}
extension AssertionProvider: Choice {}

/// Which grant gives the tokens, and what it needs that a person at a browser does not.
package struct GrantOptions: ParsableArguments {
  /// The grant.
  @Option(
    help: ArgumentHelp(
      """
      How tokens are had: authorization-code is a login by a person, the others are for robots; password is \
      a legacy grant (RFC 9700 forbids it).
      """,
      valueName: "grant"
    )
  )
  package var grantType: GrantType = .authorizationCode

  /// The user of a password grant.
  @OptionGroup package var password: PasswordOptions

  /// Path of the file with the token to exchange.
  @Option(
    help: ArgumentHelp(
      "A file with the token for token-exchange, jwt-bearer or given, such as a projected one; read anew each time.",
      valueName: "file"
    ),
    completion: .file()
  )
  package var assertionFile: String?

  /// Name of the variable with the token to exchange.
  @Option(
    help: ArgumentHelp(
      "An environment variable with the token for token-exchange, jwt-bearer or given.",
      valueName: "name"
    )
  )
  package var assertionEnv: String?

  /// The service that gives the token to exchange.
  @Option(
    help: ArgumentHelp(
      "A service that gives the token for token-exchange, jwt-bearer or given: github-actions.",
      valueName: "service"
    )
  )
  package var assertionFrom: AssertionProvider?

  /// The audience of the token that such a service gives.
  @Option(
    help: ArgumentHelp(
      "The audience to ask --assertion-from for; the issuer's URL unless said, with --grant-type given the client id.",
      valueName: "text"
    )
  )
  package var assertionAudience: String?

  /// What the token to exchange is.
  @Option(
    help: ArgumentHelp(
      "What the token for token-exchange is (RFC 8693 §3): jwt, id_token, access_token, or a URI.",
      valueName: "type"
    )
  )
  package var subjectTokenType = "jwt"

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// Where the token to exchange comes from, unless a service gives it.
  var assertionSource: SecretSource? {
    if let assertionFile { return .file(assertionFile, option: "--assertion-file") }
    return assertionEnv.map { .variable($0, option: "--assertion-env") }
  }

  /// Throws a usage error for options that contradict each other.
  package func validate() throws {
    let assertion = [assertionFile, assertionEnv, assertionFrom?.rawValue].compactMap { $0 }
    try SecretSource.checkOne([
      (assertionFile, "--assertion-file"), (assertionEnv, "--assertion-env"),
      (assertionFrom?.rawValue, "--assertion-from"),
    ])
    let wantsPassword = grantType == .password
    if password.username == nil, wantsPassword {
      throw ValidationError("--grant-type password needs --username")
    }
    if !wantsPassword, !password.isEmpty {
      throw ValidationError("--username and its password are for --grant-type password")
    }
    if assertion.isEmpty, grantType.takesAssertion {
      throw ValidationError(
        "--grant-type \(grantType.rawValue) needs --assertion-file, --assertion-env or --assertion-from"
      )
    }
    if !assertion.isEmpty, !grantType.takesAssertion {
      throw ValidationError("an assertion is for --grant-type token-exchange, jwt-bearer or given")
    }
    if assertionAudience != nil, assertionFrom == nil {
      throw ValidationError("--assertion-audience is for --assertion-from")
    }
    if subjectTokenType != "jwt", grantType != .tokenExchange {
      throw ValidationError("--subject-token-type is for --grant-type token-exchange")
    }
  }

  func add(to words: inout OptionWords) {
    words.add("--grant-type", grantType, unless: .authorizationCode)
    password.add(to: &words)
    words.add("--assertion-file", assertionFile)
    words.add("--assertion-env", assertionEnv)
    words.add("--assertion-from", assertionFrom?.rawValue)
    words.add("--assertion-audience", assertionAudience)
    if subjectTokenType != "jwt" { words.add("--subject-token-type", subjectTokenType) }
  }
}
