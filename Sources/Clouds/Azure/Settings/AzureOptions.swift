// SPDX-License-Identifier: Apache-2.0

package import OAuth

/// What the command line of `get-token aks` says.
package struct AzureOptions: Sendable {
  /// The server application.
  package var serverID: String?
  /// The client or application.
  package var clientID: String?
  /// The tenant.
  package var tenantID: String?
  /// The cloud.
  package var environment: String?
  /// The Entra ID to ask, in place of the cloud's.
  package var authorityHost: String?
  /// How to come to a token.
  package var login: LoginMethod?
  /// The secret of the application, once it is read.
  package var clientSecret: Secret?
  /// Whether an option says where that secret is.
  package var namesClientSecret = false
  /// A file with the application's certificate and key.
  package var certificateFile: String?
  /// What is in such a file, once it is read from where options say: PEM, or a PFX file in base64.
  package var certificate: Secret?
  /// Whether an option says where that is.
  package var namesCertificate = false
  /// The password of that file.
  package var certificatePassword: Secret?
  /// A file with a token that the application trusts.
  package var federatedTokenFile: String?
  /// A managed identity, by its resource id.
  package var identityResourceID: String?
  /// The service connection of Azure Pipelines.
  package var pipelinesConnection: String?
  /// The subscription of the Azure CLI whose account is meant.
  package var subscription: String?
  /// Whether tokens are asked for as version 1 had them.
  package var isLegacy = false
  /// Whether Terraform's variables count in place of the Azure SDK's.
  package var usesTerraformVariables = false
  /// Whether variables count at all for what options can say.
  package var ignoresVariables = false
  /// Seconds for `az` and `azd`.
  package var timeout: Double?
  /// The resource that a bound token is for; nil for a plain token.
  package var boundTo: String?

  /// Options that say nothing.
  package init() {}
}
