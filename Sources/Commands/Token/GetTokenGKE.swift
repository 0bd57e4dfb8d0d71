// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Clouds
import Google

/// `lanyard get-token gke`: a credential for Google GKE.
struct GetTokenGKE: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gke",
    abstract: "Print a credential for Google GKE.",
    discussion: """
      gcloud's own sign-in is used if there is one, without starting gcloud; else Application Default Credentials.

      example of the kubeconfig user that runs it:
        kubectl config set-credentials gke \\
          --exec-api-version=client.authentication.k8s.io/v1 \\
          --exec-interactive-mode=Never --exec-command=lanyard \\
          --exec-arg=get-token --exec-arg=gke
      """
  )

  @OptionGroup var options: GKEOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let request = try options.request()
    let options = options
    try await CloudCommand.printCredential(global) {
      effects async throws(CloudError) -> CloudToken in
      try await GoogleCredentials.token(options.completing(request, effects), effects)
    }
  }
}
