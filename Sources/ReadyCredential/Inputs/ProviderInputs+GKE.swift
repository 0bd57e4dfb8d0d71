// SPDX-License-Identifier: Apache-2.0

extension ProviderInputs {
  /// What `get-token gke` reads.
  static var gke: ProviderInputs {
    ProviderInputs(
      readers: [],
      pathOptions: [],
      variableOptions: [],
      always: [
        "HOME",
        // Application Default Credentials, and what some of their types read.
        "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES",
        "GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP", "NO_GCE_CHECK",
        "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION",
        // gcloud's folder, and its properties as variables.
        "CLOUDSDK_CONFIG", "CLOUDSDK_ACTIVE_CONFIG_NAME", "CLOUDSDK_AUTH_ACCESS_TOKEN",
        "CLOUDSDK_CORE_ACCOUNT", "CLOUDSDK_CORE_UNIVERSE_DOMAIN",
        "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
        "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", "CLOUDSDK_AUTH_TOKEN_HOST",
        "CLOUDSDK_AUTH_SERVICE_ACCOUNT_USE_SELF_SIGNED_JWT",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS",
      ]
    )
  }
}
