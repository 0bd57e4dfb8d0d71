// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import OAuth

/// Credentials that a program prints (`credential_process`).
///
/// Source: "Sourcing credentials with an external process" in the AWS SDKs and Tools reference guide.
struct ProcessCredentials: Sendable {
  /// Such programs may ask a person for a touch of a key; after so many seconds they are ended.
  private static let deadline = 60.0

  let profile: AWSProfile
  let context: AWSContext

  /// Runs the program of the profile.
  ///
  /// Throws ``CloudError/Code/configuration`` if the command stands in a file that a kubeconfig can have chosen, or
  /// is no command; ``CloudError/Code/refused`` if the program fails or prints something else.
  func credentials() async throws(CloudError) -> AWSCredentials {
    let command = profile["credential_process"] ?? ""
    let file =
      context.configuration.inCredentials[profile.name]?["credential_process"] == nil
      ? AWSConfiguration.File.config : .credentials
    guard isOwn(file) || context.effects.allows(.awsCredentialProcess) else {
      throw CloudError(
        .configuration,
        "credential_process of profile \"\(profile.name)\" stands in a file outside of your own ~/.aws",
        remedy:
          "move the profile there, or \(CloudPermission.awsCredentialProcess.leave)"
      )
    }
    guard let words = ShellWords.split(command), !words.isEmpty else {
      throw CloudError(
        .configuration,
        "credential_process of profile \"\(profile.name)\" is no command",
        remedy: "check its quotes"
      )
    }
    context.effects.trace("running credential_process of profile \"\(profile.name)\"")
    return try read(try await context.effects.run(ProgramCall(words, seconds: Self.deadline)))
  }

  /// Whether a file is the one in the account's own home, which no kubeconfig can choose.
  private func isOwn(_ file: AWSConfiguration.File) -> Bool {
    guard let home = context.effects.accountHome, let path = context.environment.path(of: file)
    else { return false }
    return path == home + "/.aws/" + file.rawValue
  }

  private func read(_ answer: ProgramAnswer) throws(CloudError) -> AWSCredentials {
    guard answer.status == 0 else {
      let line = answer.errors.split(whereSeparator: \.isNewline).last.map {
        ": " + Text.line(String($0))
      }
      throw failure("ended with status \(answer.status)\(line ?? "")", "run it by hand to see why")
    }
    guard let json = try? StrictJSON(parsing: answer.output.expose().utf8) else {
      throw failure("prints something other than JSON", "run it by hand to see what")
    }
    guard json["Version"]?.integer == 1 else {
      throw failure("prints credentials in another version than 1", "update the program")
    }
    guard let credentials = MetadataCredentials.credentials(json, token: "SessionToken") else {
      throw failure(
        "prints no AccessKeyId and SecretAccessKey that AWS gives, or an Expiration that is no time",
        "run it by hand to see what"
      )
    }
    return credentials
  }

  private func failure(_ what: String, _ remedy: String) -> CloudError {
    CloudError(
      .refused,
      "credential_process of profile \"\(profile.name)\" \(what)",
      remedy: remedy
    )
  }
}
