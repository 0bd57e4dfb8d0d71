// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import Credentials
import Host
import Kubeconfig
import ReadyCredential

/// `lanyard get-token oidc`: a credential from any OpenID Connect provider.
package struct GetTokenOIDC: AsyncParsableCommand {
  /// Name and help.
  package static let configuration = CommandConfiguration(
    commandName: "oidc",
    abstract: "Print a credential from an OpenID Connect provider.",
    usage: "lanyard get-token oidc --issuer-url <issuer-url> --client-id <client-id> [<options>]",
    discussion: """
      example of the kubeconfig user that runs it:
        kubectl config set-credentials me \\
          --exec-api-version=client.authentication.k8s.io/v1 \\
          --exec-interactive-mode=IfAvailable --exec-command=lanyard \\
          --exec-arg=get-token --exec-arg=oidc \\
          --exec-arg=--issuer-url=https://id.example.com/realms/dev \\
          --exec-arg=--client-id=kubernetes
      """
  )

  /// What decides which credential is wanted.
  @OptionGroup package var options: OIDCOptions
  @OptionGroup var global: GlobalOptions

  /// A command to be filled by parsing.
  package init() {}

  /// Prints the credential; throws `Failure`.
  package func run() async throws {
    try await Failure.telling(verbose: global.verbose) { try await printCredential() }
  }

  private func printCredential() async throws {
    let surroundings = ProcessSurroundings.current()
    let raw = surroundings.hot.variable("KUBERNETES_EXEC_INFO")
    let info = try ExecInfo.parse(raw)
    let settings = info.cluster?.config.flatMap { PluginSettings(json: $0) }
    let options = try ClusterSettings.completing(
      options,
      // After `lanyard get-token oidc`.
      typed: CommandLine.arguments.dropFirst(3),
      settings
    )
    let composition = try await Composition(
      options,
      surroundings,
      trust: .required,
      verbose: global.verbose
    )
    let source = composition.source(interactive: info.interactive, contextKnown: nil)
    let slot = composition.readySlot(
      arguments: CommandLine.arguments.dropFirst().map { Array($0.utf8) },
      info: info
    )
    try StandardOutput.writeCredential(try await source.credential(slot))
  }
}
