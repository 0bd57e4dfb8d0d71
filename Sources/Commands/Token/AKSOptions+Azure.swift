// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import Credentials
import OAuth

extension AKSOptions {
  /// The options in the words of `Azure`, without the secrets, which are read when they are needed.
  ///
  /// Throws a configuration failure for claims that are none.
  func azure(_ environment: [String: String]) throws(CloudError) -> AzureOptions {
    var options = AzureOptions()
    options.serverID = serverID
    options.clientID = clientID
    options.tenantID = tenantID
    options.environment = self.environment
    options.authorityHost = authorityHost
    options.login = login
    options.namesClientSecret = application.secretSource != nil
    options.certificateFile = application.clientCertificate
    options.namesCertificate = application.certificateSource != nil
    options.federatedTokenFile = application.federatedTokenFile
    options.identityResourceID = application.identityResourceID
    options.pipelinesConnection = application.pipelinesConnection
    options.subscription = surroundings.subscription
    options.isLegacy = kubelogin.legacy?.isOn == true
    options.usesTerraformVariables = surroundings.usesTerraformVariables?.isOn == true
    options.ignoresVariables = surroundings.ignoresVariables?.isOn == true
    options.timeout = (surroundings.timeout ?? environment["AZURE_CLI_TIMEOUT"])
      .flatMap { GoDuration.seconds($0) }
    options.boundTo = try bound.claims.map { claims throws(CloudError) in
      try BoundToken.resource(in: claims)
    }
    return options
  }

  /// The files that options name beside those that `Azure` reads itself.
  var files: [String] {
    [application.clientSecretFile, application.clientCertificatePasswordFile].compactMap { $0 }
  }
}

extension AKSApplicationOptions {
  /// The settings with the secrets that options name.
  ///
  /// No command of a secrets manager is run for an Entra ID that is nobody's, or for a token that a kubeconfig may not
  /// have: throws what keeps secrets from being sent there, and why one cannot be read.
  func completing(
    _ settings: AzureSettings,
    _ effects: CloudEffects
  ) async throws(CloudError) -> AzureSettings {
    let sources = [secretSource, certificateSource, certificatePasswordSource]
    guard settings.method == .spn, sources.contains(where: { $0 != nil }) else { return settings }
    try settings.server.check(effects)
    try settings.host.check(effects)
    let reader = SecretReader(environment: effects.environment)
    do throws(Failure) {
      var secret: Secret?
      var certificate: Secret?
      var password: Secret?
      if let secretSource { secret = try await reader.line(secretSource) }
      if let certificateSource { certificate = try await reader.text(certificateSource) }
      if let certificatePasswordSource {
        password = try await reader.line(certificatePasswordSource)
      }
      return settings.knowing(
        clientSecret: secret,
        certificate: certificate,
        certificatePassword: password
      )
    } catch {
      throw CloudError(error)
    }
  }
}
