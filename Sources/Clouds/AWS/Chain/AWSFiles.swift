// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken

/// The two files of the AWS configuration.
package struct AWSFiles: Sendable {
  /// After so many seconds a file that makes no sense is read once more: `aws configure` writes it in place.
  private static let secondLook = 0.05

  private let environment: AWSEnvironment
  private let effects: CloudEffects

  /// The files that an environment names.
  package init(environment: AWSEnvironment, effects: CloudEffects) {
    self.environment = environment
    self.effects = effects
  }

  /// Where they lie, absolute, whether or not they are there.
  package var paths: [String] {
    [AWSConfiguration.File.config, .credentials].compactMap(environment.path)
      .filter { $0.hasPrefix("/") }
  }

  /// What they say together; a file that is not there says nothing.
  ///
  /// Throws ``CloudError/Code/configuration`` for one that cannot be understood.
  package func read() async throws(CloudError) -> AWSConfiguration {
    AWSConfiguration(
      config: try await text(of: .config),
      credentials: try await text(of: .credentials)
    )
  }

  private func text(of file: AWSConfiguration.File) async throws(CloudError) -> INIText? {
    guard let path = environment.path(of: file) else { return nil }
    do {
      return try parsed(path)
    } catch {
      try? await effects.pause(Self.secondLook)
      return try parsed(path)
    }
  }

  private func parsed(_ path: String) throws(CloudError) -> INIText? {
    guard let bytes = try effects.readFile(path, INIText.maximumLength) else { return nil }
    do {
      return try INIText(parsing: bytes)
    } catch {
      throw CloudError(
        .configuration,
        "line \(error.line) of \(path) cannot be understood: \(error.reason)",
        remedy: "correct it"
      )
    }
  }
}
