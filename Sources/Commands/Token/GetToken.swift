// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `lanyard get-token`: what kubectl runs.
struct GetToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get-token",
    abstract: "Print a credential for kubectl (exec credential plugin).",
    discussion: "Prints exactly one ExecCredential on stdout, or nothing and an exit code.",
    subcommands: [GetTokenOIDC.self, GetTokenEKS.self, GetTokenGKE.self, GetTokenAKS.self]
  )

  /// Help on stdout with exit 0 would look like a credential to kubectl, so a missing provider is an error.
  func run() async throws {
    throw Failure(
      exitCode: ExitCodes.usage,
      "get-token needs to know which provider",
      remedy:
        "one of oidc (any OpenID Connect provider), eks, gke and aks; see: lanyard get-token --help"
    )
  }
}
