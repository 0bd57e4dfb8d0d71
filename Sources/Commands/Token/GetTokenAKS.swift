// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import Azure
import Clouds
import Credentials
import Host
import Kubeconfig
import OAuth
import ReadyCredential

/// `lanyard get-token aks`: a credential for Azure AKS.
package struct GetTokenAKS: AsyncParsableCommand {
  /// Name and help.
  package static let configuration = CommandConfiguration(
    commandName: "aks",
    abstract: "Print a credential for Azure AKS, and for clusters of Azure Arc.",
    discussion: """
      Takes the arguments of Azure/kubelogin's get-token as they are, but for secrets.

      example of the kubeconfig user that runs it:
        kubectl config set-credentials me \\
          --exec-api-version=client.authentication.k8s.io/v1 \\
          --exec-interactive-mode=IfAvailable --exec-command=lanyard \\
          --exec-arg=get-token --exec-arg=aks \\
          --exec-arg=--tenant-id=11111111-1111-1111-1111-111111111111
      """
  )

  /// What decides which credential is wanted.
  @OptionGroup package var options: AKSOptions
  /// How much is said.
  @OptionGroup package var verbosity: AKSVerbosityOptions

  /// A command to be filled by parsing.
  package init() {}

  private var global: GlobalOptions { verbosity.global }

  /// Prints the credential; throws `Failure`.
  package func run() async throws {
    try await Failure.telling(verbose: global.verbose) { try await printCredential() }
  }

  private func printCredential() async throws {
    let command = try CloudCommand(.current(), verbose: global.verbose)
    let effects = command.effectsByHand
    let settings = try AzureSettings(try options.azure(effects.environment), effects)
    if settings.method.isPersons { return try await askPerson(settings, command) }
    guard settings.method == .auto else { return try await obtain(settings) }
    if try await hasSession(settings, command) { return try await askPerson(settings, command) }
    let tokens = AzureTokens(settings, effects, openPFX: PFX.open)
    let isSignedIn = await tokens.isSignedInAtCLI
    for method in AutomaticLogin.methods(settings, isSignedIn: isSignedIn) {
      do {
        return try await obtain(settings.taking(method))
      } catch let failure as Failure where failure.exitCode == Self.loginNeeded {
        effects.trace("\(method.rawValue) gives no token: \(failure.what)")
      }
    }
    try await askPerson(settings, command)
  }

  private static let loginNeeded = ExitCodes.code(of: .loginNeeded)

  /// Whether a person has logged in with `lanyard login` for this; then nothing else is looked for.
  private func hasSession(_ settings: AzureSettings, _ command: CloudCommand) async throws -> Bool {
    guard (try? settings.authority()) != nil else { return false }
    return try await source(settings, command, interactive: false).source.isLoggedIn
  }

  // MARK: tokens that nobody logs in for

  private func obtain(_ settings: AzureSettings) async throws {
    let files = options.files
    let application = options.application
    try await CloudCommand.printCredential(global) {
      effects async throws(CloudError) -> CloudToken in
      let settings = try await application.completing(settings, effects)
      var token = try await AzureTokens(settings, effects, openPFX: PFX.open).token()
      token.files += files
      return token
    }
  }

  // MARK: persons

  private func source(
    _ settings: AzureSettings,
    _ command: CloudCommand,
    interactive: Bool?
  ) async throws -> (source: CredentialSource, composition: Composition) {
    let login = AKSLogin(options: options, settings: settings)
    let composition = try await Composition(
      try login.oidc(command.effectsByHand),
      command.surroundings,
      trust: .required,
      verbose: global.verbose
    )
    return (composition.source(interactive: interactive, contextKnown: nil), composition)
  }

  private func askPerson(_ settings: AzureSettings, _ command: CloudCommand) async throws {
    let info = try ExecInfo.parse(command.surroundings.hot.variable("KUBERNETES_EXEC_INFO"))
    let (source, composition) = try await source(settings, command, interactive: info.interactive)
    if settings.options.boundTo != nil { return try await bind(settings, source) }
    let slot = composition.readySlot(
      arguments: CommandLine.arguments.dropFirst().map { Array($0.utf8) },
      info: info
    )
    let bytes = try await source.credential(slot)
    if let token = Self.token(in: bytes) {
      GroupOverage.note(token, settings.server, command.effectsByHand)
    }
    try StandardOutput.writeCredential(bytes)
  }

  private static func token(in credential: [UInt8]) -> Secret? {
    let document = try? StrictJSON(parsing: credential)
    return document?["status"]?["token"]?.string.map { Secret($0) }
  }

  /// A token of the person's session that is bound to a key, as Azure Arc takes it.
  private func bind(_ settings: AzureSettings, _ source: CredentialSource) async throws {
    try await CloudCommand.printCredential(global) {
      effects async throws(CloudError) -> CloudToken in
      let refreshToken: Secret
      do throws(CredentialsError) {
        refreshToken = try await source.refreshToken()
      } catch {
        throw CloudError(error)
      }
      do throws(CloudError) {
        return try await AzureTokens(settings, effects, openPFX: PFX.open)
          .boundToken(of: refreshToken, logIn: effects.loginCommand() ?? "lanyard login")
      } catch {
        if let challenge = error.cause as? EntraChallenge {
          await source.end(refreshToken, because: error.what, asking: challenge.claims)
        }
        throw error
      }
    }
  }
}
