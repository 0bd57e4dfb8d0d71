// SPDX-License-Identifier: Apache-2.0

extension ProviderInputs {
  /// What `get-token gke` reads.
  static var gke: ProviderInputs {
    ProviderInputs(
      readers: [],
      pathOptions: [],
      variableOptions: [],
      always: [
        "HOME", "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES",
        "GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP", "NO_GCE_CHECK",
        // What an external account of AWS's is signed with.
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
        "AWS_DEFAULT_REGION",
        // gcloud's properties as variables.
        "CLOUDSDK_ACTIVE_CONFIG_NAME", "CLOUDSDK_AUTH_ACCESS_TOKEN", "CLOUDSDK_CORE_ACCOUNT",
        "CLOUDSDK_CORE_UNIVERSE_DOMAIN", "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT",
        "CLOUDSDK_AUTH_TOKEN_HOST", "CLOUDSDK_AUTH_SERVICE_ACCOUNT_USE_SELF_SIGNED_JWT",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS",
      ] + googlePaths,
      pathVariables: googlePaths
    )
  }

  /// Variables that name a file or a folder.
  private static let googlePaths = [
    "GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
  ]
}
