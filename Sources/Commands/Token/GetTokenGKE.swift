// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Clouds

/// `lanyard get-token gke`: a credential for Google GKE.
struct GetTokenGKE: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gke",
    abstract: "Print a credential for Google GKE."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await CloudCommand.printCredential(global) { _ async throws(CloudError) -> CloudToken in
      throw CloudError(.failed, "not there yet", remedy: "use the cloud's own plugin")
    }
  }
}
