// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Clouds

/// `lanyard get-token aks`: a credential for Azure AKS.
struct GetTokenAKS: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aks",
    abstract: "Print a credential for Azure AKS."
  )

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await CloudCommand.printCredential(global) { _ async throws(CloudError) -> CloudToken in
      throw CloudError(.failed, "not there yet", remedy: "use the cloud's own plugin")
    }
  }
}
