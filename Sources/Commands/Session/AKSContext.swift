// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import Credentials
import Host
import Kubeconfig

/// A kubeconfig user that runs `get-token aks`, for `login` and `logout`.
struct AKSContext {
  private let options: AKSOptions
  private let environment: [(String, String)]

  /// Nil if the user runs something else; throws a usage failure for arguments that are not known.
  init?(_ exec: ExecConfig) throws(Failure) {
    let words = exec.lanyardArguments
    guard words.starts(with: ["get-token", "aks"]) else { return nil }
    options = try GetTokenAKS.parsing(Array(words.dropFirst(2))).options
    environment = exec.env.map { ($0.name, $0.value) }
  }

  /// What a login of OpenID Connect needs, or the way to sign in where that is another.
  ///
  /// Throws a failure for options that cannot be used.
  func user(_ surroundings: [String: String]) throws(Failure) -> ContextUser {
    let command = try CloudCommand(.current(overriding: environment), verbose: false, byHand: true)
    var effects = command.effectsByHand
    effects.environment = surroundings.merging(environment) { $1 }.filter { !$0.value.isEmpty }
    let settings: AzureSettings
    do throws(CloudError) {
      settings = try AzureSettings(try options.azure(effects.environment), effects)
    } catch {
      throw Failure(CredentialsError(error))
    }
    guard settings.method == .auto || settings.method.isPersons else {
      return .nobody(Self.nobody(settings))
    }
    return .oidc(try AKSLogin(options: options, settings: settings).oidc(effects))
  }

  private static func nobody(_ settings: AzureSettings) -> Failure {
    let tenant = settings.options.tenantID
    let remedy =
      switch settings.method {
      case .azureCLI: "sign in there: \(AzureTool.az.signIn(tenant: tenant))"
      case .azd: "sign in there: \(AzureTool.azd.signIn(tenant: tenant))"
      default: "there is nothing to do; kubectl gets its token from lanyard get-token"
      }
    return Failure(
      exitCode: ExitCodes.configuration,
      "nobody logs in for --login \(settings.method.rawValue)",
      remedy: remedy
    )
  }
}
