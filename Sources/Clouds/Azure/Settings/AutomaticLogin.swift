// SPDX-License-Identifier: Apache-2.0

/// What `--login auto` takes, as a pure rule; docs/clouds.md shows the same table.
package enum AutomaticLogin {
  /// The methods to try in order; none means that a person logs in.
  ///
  /// `isSignedIn`: whether the Azure CLI has an account for the tenant. It comes first, because whoever signed in there
  /// expects to be that person; what variables name comes next, most particular first.
  package static func methods(_ settings: AzureSettings, isSignedIn: Bool) -> [LoginMethod] {
    let variables = settings.variables
    let hasApplication = settings.applicationID != nil
    var methods: [LoginMethod] = isSignedIn ? [.azureCLI] : []
    if hasApplication, settings.namesProof { methods.append(.spn) }
    if variables.isPipelines,
      (settings.options.pipelinesConnection ?? variables.connection.id) != nil,
      hasApplication || variables.connection.client != nil
    {
      methods.append(.azurePipelines)
    }
    if hasApplication, settings.hasFederatedToken { methods.append(.workloadIdentity) }
    if variables.isManagedIdentity { methods.append(.msi) }
    return methods
  }
}

extension AzureSettings {
  fileprivate var hasFederatedToken: Bool {
    options.federatedTokenFile != nil || variables.federatedTokenFile != nil || variables.isGitHub
  }
}
