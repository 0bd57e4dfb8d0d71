// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `lanyard get-token`: what kubectl runs.
struct GetToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a credential for kubectl (exec credential plugin).",
    discussion: "Prints exactly one ExecCredential on stdout, or nothing and an exit code.",
    subcommands: [GetTokenOIDC.self]
  )
}
