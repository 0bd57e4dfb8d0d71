// SPDX-License-Identifier: Apache-2.0

package import OAuth

/// What environment variables say in place of options (Azure/kubelogin `pkg/internal/env/variables.go`).
///
/// Options win, unlike in Azure/kubelogin, whose users stumble over that (its issues 427, 375 and 329).
package struct AzureVariables: Sendable {
  private let environment: [String: String]
  private let usesTerraform: Bool

  /// Every variable that can stand in for an option, and that a ready credential depends on.
  package static let names = [
    "AAD_LOGIN_METHOD", "AAD_USER_PRINCIPAL_NAME", "AAD_USER_PRINCIPAL_PASSWORD",
    "AAD_SERVICE_PRINCIPAL_CLIENT_ID", "AAD_SERVICE_PRINCIPAL_CLIENT_SECRET",
    "AAD_SERVICE_PRINCIPAL_CLIENT_CERTIFICATE",
    "AAD_SERVICE_PRINCIPAL_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_TENANT_ID", "AZURE_USERNAME", "AZURE_PASSWORD", "AZURE_AUTHORITY_HOST",
    "AZURE_FEDERATED_TOKEN_FILE", "ARM_CLIENT_ID", "ARM_CLIENT_SECRET",
    "ARM_CLIENT_CERTIFICATE_PATH", "ARM_CLIENT_CERTIFICATE_PASSWORD", "ARM_TENANT_ID",
    "AZURESUBSCRIPTION_TENANT_ID", "AZURESUBSCRIPTION_CLIENT_ID",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
  ]

  /// The variables of an environment in which empty ones are left out.
  package init(_ environment: [String: String], _ options: AzureOptions) {
    self.environment = options.ignoresVariables ? [:] : environment
    usesTerraform = options.usesTerraformVariables
  }

  /// How to come to a token, by `AAD_LOGIN_METHOD`.
  package var login: String? { environment["AAD_LOGIN_METHOD"] }
  /// The application.
  package var clientID: String? {
    first("ARM_CLIENT_ID", "AZURE_CLIENT_ID", "AAD_SERVICE_PRINCIPAL_CLIENT_ID")
  }
  /// Its secret.
  package var clientSecret: Secret? {
    first("ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "AAD_SERVICE_PRINCIPAL_CLIENT_SECRET")
      .map { Secret($0) }
  }
  /// The file with its certificate.
  package var certificateFile: String? {
    first(
      "ARM_CLIENT_CERTIFICATE_PATH",
      "AZURE_CLIENT_CERTIFICATE_PATH",
      "AAD_SERVICE_PRINCIPAL_CLIENT_CERTIFICATE"
    )
  }
  /// The password of that file.
  package var certificatePassword: Secret? {
    first(
      "ARM_CLIENT_CERTIFICATE_PASSWORD",
      "AZURE_CLIENT_CERTIFICATE_PASSWORD",
      "AAD_SERVICE_PRINCIPAL_CLIENT_CERTIFICATE_PASSWORD"
    ).map { Secret($0) }
  }
  /// The tenant.
  package var tenantID: String? { first("ARM_TENANT_ID", "AZURE_TENANT_ID", nil) }
  /// The person of a password login.
  package var username: String? {
    environment["AZURE_USERNAME"] ?? environment["AAD_USER_PRINCIPAL_NAME"]
  }
  /// The name of the variable with that person's password.
  package var passwordVariable: String? {
    ["AZURE_PASSWORD", "AAD_USER_PRINCIPAL_PASSWORD"].first { environment[$0] != nil }
  }
  /// The Entra ID to ask.
  package var authorityHost: String? { environment["AZURE_AUTHORITY_HOST"] }
  /// The projected token.
  package var federatedTokenFile: String? { environment["AZURE_FEDERATED_TOKEN_FILE"] }
  /// Whether a job of GitHub Actions can have a token.
  package var isGitHub: Bool {
    environment[GitHubActionsToken.urlVariable] != nil
      && environment[GitHubActionsToken.tokenVariable] != nil
  }
  /// Whether a job of Azure Pipelines can have one.
  package var isPipelines: Bool {
    environment["SYSTEM_OIDCREQUESTURI"] != nil && environment["SYSTEM_ACCESSTOKEN"] != nil
  }
  /// What `AzureCLI@2` and its like say of their service connection.
  package var connection: (tenant: String?, client: String?, id: String?) {
    (
      environment["AZURESUBSCRIPTION_TENANT_ID"], environment["AZURESUBSCRIPTION_CLIENT_ID"],
      environment["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"]
    )
  }
  /// Whether variables name a managed identity's service.
  package var isManagedIdentity: Bool { ManagedIdentitySource.isNamed(in: environment) }

  private func first(_ terraform: String, _ sdk: String, _ old: String?) -> String? {
    if usesTerraform { return environment[terraform] }
    return environment[sdk] ?? old.flatMap { environment[$0] }
  }
}
