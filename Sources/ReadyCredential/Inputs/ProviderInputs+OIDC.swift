// SPDX-License-Identifier: Apache-2.0

extension ProviderInputs {
  /// What `get-token oidc` reads.
  static var oidc: ProviderInputs {
    ProviderInputs(
      // Another job of GitHub Actions is another principal, and its URL tells jobs apart.
      readers: [("--assertion-from", ["ACTIONS_ID_TOKEN_REQUEST_URL"])],
      pathOptions: [
        "--client-secret-file", "--certificate-authority", "--client-key-file",
        "--client-certificate-file", "--password-file", "--assertion-file",
      ],
      variableOptions: [
        "--client-secret-env", "--client-key-env", "--client-certificate-env", "--password-env",
        "--assertion-env",
      ]
    )
  }
}
