// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Credentials
import Host
import OAuth

/// `lanyard trust ISSUER`: secrets named in a kubeconfig may be sent to this issuer.
struct Trust: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Let secrets that a kubeconfig names be sent to an issuer.",
    discussion: """
      A kubeconfig that somebody else wrote could name any file as the client's secret and any server as the \
      issuer. So lanyard sends a secret file only to issuers that you trusted, here or with lanyard login.
      """
  )

  @Argument(help: "The issuer, exactly as the kubeconfig spells it.")
  var issuer: String

  func run() async throws {
    let trusted: Issuer
    do {
      trusted = try Issuer(issuer)
    } catch {
      throw Failure(CredentialsError(error))
    }
    let issuers = try TrustedIssuers.current(.current())
    do {
      try issuers.add(trusted)
    } catch {
      throw Failure(error, exitCode: ExitCodes.store)
    }
    StandardError.write("secrets may be sent to \(Terminal.escape(trusted.text)) from now on")
  }
}
