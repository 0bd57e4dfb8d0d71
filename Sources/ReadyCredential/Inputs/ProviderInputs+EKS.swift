// SPDX-License-Identifier: Apache-2.0

extension ProviderInputs {
  /// What `get-token eks` reads.
  ///
  /// Time limits and numbers of attempts are not inputs: they do not change what is answered.
  static var eks: ProviderInputs {
    ProviderInputs(
      readers: [],
      pathOptions: [],
      variableOptions: [],
      always: ["HOME"] + awsKeys + awsSettings + awsEndpoints + awsMetadata + awsPaths,
      pathVariables: awsPaths
    )
  }

  private static let awsPaths = [
    "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_LOGIN_CACHE_DIRECTORY",
  ]

  private static let awsKeys = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
  ]

  private static let awsSettings = [
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AWS_STS_REGIONAL_ENDPOINTS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
  ]

  private static let awsEndpoints = [
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC",
    "AWS_ENDPOINT_URL_SIGNIN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  ]

  private static let awsMetadata = [
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_EC2_METADATA_V1_DISABLED",
  ]
}
