// SPDX-License-Identifier: Apache-2.0

extension ProviderInputs {
  /// What `get-token aks` reads.
  ///
  /// The tokens of jobs (`SYSTEM_ACCESSTOKEN` and the like) are not among them: they change with each job, and the
  /// addresses beside them tell jobs apart.
  static var aks: ProviderInputs {
    ProviderInputs(
      readers: [],
      pathOptions: [
        "--client-secret-file", "--client-certificate", "--client-certificate-password-file",
        "--federated-token-file", "--password-file",
      ],
      variableOptions: [
        "--client-secret-env", "--client-certificate-env", "--client-certificate-password-env",
        "--password-env",
      ],
      always: persons + applications + machines + azurePaths,
      pathVariables: azurePaths
    )
  }

  /// Variables that name a file or a folder.
  private static let azurePaths = [
    "AZURE_CONFIG_DIR", "AZD_CONFIG_DIR", "AZURE_ENVIRONMENT_FILEPATH",
    "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_CERTIFICATE_PATH", "ARM_CLIENT_CERTIFICATE_PATH",
    "AAD_SERVICE_PRINCIPAL_CLIENT_CERTIFICATE", "AZURE_KUBERNETES_CA_FILE",
  ]

  private static let persons = [
    "HOME", "AAD_LOGIN_METHOD", "AAD_USER_PRINCIPAL_NAME", "AAD_USER_PRINCIPAL_PASSWORD",
    "AZURE_USERNAME", "AZURE_PASSWORD", "AZURE_AUTHORITY_HOST",
  ]

  private static let applications = [
    "AAD_SERVICE_PRINCIPAL_CLIENT_ID", "AAD_SERVICE_PRINCIPAL_CLIENT_SECRET",
    "AAD_SERVICE_PRINCIPAL_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_TENANT_ID",
    "ARM_CLIENT_ID", "ARM_CLIENT_SECRET", "ARM_CLIENT_CERTIFICATE_PASSWORD", "ARM_TENANT_ID",
    "AZURESUBSCRIPTION_TENANT_ID", "AZURESUBSCRIPTION_CLIENT_ID",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "SYSTEM_OIDCREQUESTURI",
    "ACTIONS_ID_TOKEN_REQUEST_URL", "AZURE_KUBERNETES_TOKEN_PROXY", "AZURE_KUBERNETES_SNI_NAME",
    "AZURE_KUBERNETES_CA_DATA",
  ]

  private static let machines = [
    "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT",
    "MSI_ENDPOINT", "MSI_SECRET", "AZURE_POD_IDENTITY_AUTHORITY_HOST", "DEFAULT_IDENTITY_CLIENT_ID",
  ]
}
