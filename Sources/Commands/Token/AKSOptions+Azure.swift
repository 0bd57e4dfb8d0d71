// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import Credentials
import OAuth

extension AKSOptions {
  /// The options in the words of `Azure`, with the secrets that files and variables hold.
  ///
  /// Throws a configuration failure for a secret that cannot be read, and for claims that are none.
  func azure(_ environment: [String: String]) throws(Failure) -> AzureOptions {
    var options = AzureOptions()
    options.serverID = serverID
    options.clientID = clientID
    options.tenantID = tenantID
    options.environment = self.environment
    options.authorityHost = authorityHost
    options.login = login
    options.clientSecret = try application.secretSource?.read(environment)
    options.certificateFile = application.clientCertificate
    options.certificatePassword = try application.certificatePasswordSource?.read(environment)
    options.federatedTokenFile = application.federatedTokenFile
    options.identityResourceID = application.identityResourceID
    options.pipelinesConnection = application.pipelinesConnection
    options.subscription = surroundings.subscription
    options.isLegacy = kubelogin.legacy
    options.usesTerraformVariables = surroundings.usesTerraformVariables
    options.ignoresVariables = surroundings.ignoresVariables
    options.timeout = (surroundings.timeout ?? environment["AZURE_CLI_TIMEOUT"])
      .flatMap { GoDuration.seconds($0) }
    if let claims = bound.popClaims {
      do throws(CloudError) {
        options.boundTo = try BoundToken.resource(in: claims)
      } catch {
        throw Failure(CredentialsError(error))
      }
    }
    return options
  }

  /// The files that options name beside those that `Azure` reads itself.
  var files: [String] {
    [application.clientSecretFile, application.clientCertificatePasswordFile].compactMap { $0 }
  }
}
