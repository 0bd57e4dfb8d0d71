// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken

/// What every source of AWS credentials is given: the world, and what files, environment and options say.
package struct AWSContext: Sendable {
  /// What it may do to the world.
  package let effects: CloudEffects
  /// Variables and places.
  package let environment: AWSEnvironment
  /// What the two files say.
  package let configuration: AWSConfiguration
  /// What `--profile` says, nil if it is not given.
  package let profileOption: String?
  /// What `--region` says, nil if it is not given.
  package let regionOption: String?

  /// Puts a context together.
  package init(
    effects: CloudEffects,
    environment: AWSEnvironment,
    configuration: AWSConfiguration,
    profileOption: String? = nil,
    regionOption: String? = nil
  ) {
    self.effects = effects
    self.environment = environment
    self.configuration = configuration
    self.profileOption = profileOption
    self.regionOption = regionOption
  }

  /// The context of options, with what the two files say.
  ///
  /// Throws ``CloudError/Code/configuration`` for a file that cannot be understood.
  package static func read(
    profile: String?,
    region: String?,
    effects: CloudEffects
  ) async throws(CloudError) -> AWSContext {
    let environment = AWSEnvironment(home: effects.home) { effects.environment[$0] }
    return AWSContext(
      effects: effects,
      environment: environment,
      configuration: try await AWSFiles(environment: environment, effects: effects).read(),
      profileOption: profile,
      regionOption: region
    )
  }

  /// The profile that holds, whether or not there is one of that name.
  package var profileName: String { environment.profileName(option: profileOption) }
}
