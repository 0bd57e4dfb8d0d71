// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Clouds

/// `lanyard get-token eks`: a credential for Amazon EKS.
struct GetTokenEKS: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eks",
    abstract: "Print a credential for Amazon EKS."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await CloudCommand.printCredential(global) { _ async throws(CloudError) -> CloudToken in
      throw CloudError(.failed, "not there yet", remedy: "use the cloud's own plugin")
    }
  }
}
