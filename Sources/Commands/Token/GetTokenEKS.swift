// SPDX-License-Identifier: Apache-2.0

import AWS
import ArgumentParser
import Clouds

/// `lanyard get-token eks`: a credential for Amazon EKS.
struct GetTokenEKS: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eks",
    abstract: "Print a credential for Amazon EKS.",
    discussion: """
      example of the kubeconfig user that runs it:
        kubectl config set-credentials prod-eks \\
          --exec-api-version=client.authentication.k8s.io/v1 \\
          --exec-interactive-mode=IfAvailable --exec-command=lanyard \\
          --exec-arg=get-token --exec-arg=eks \\
          --exec-arg=--cluster-name=prod --exec-arg=--region=eu-central-1
      """
  )

  @OptionGroup var options: EKSOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let request = options.request
    try await CloudCommand.printCredential(global) {
      effects async throws(CloudError) -> CloudToken in
      try await EKS.token(for: request, effects: effects)
    }
  }
}
