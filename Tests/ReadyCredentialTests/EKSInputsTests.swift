// SPDX-License-Identifier: Apache-2.0

import ReadyCredential
import Testing

/// What a token of EKS depends on besides the arguments.
@Suite struct EKSInputsTests {
  private static func key(
    _ variables: [String: String],
    directory: String? = "/home/ada"
  ) -> ReadyCredentialKey? {
    ReadyCredentialKey(
      arguments: ["get-token", "eks", "--cluster-name", "c"].map { Array($0.utf8) },
      surroundings: surroundings(variables, user: 1000, directory: directory),
      storePath: "/home/ada/.local/state/lanyard"
    )
  }

  @Test(arguments: [
    "HOME", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME", "AWS_STS_REGIONAL_ENDPOINTS", "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_SIGNIN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_EC2_METADATA_V1_DISABLED",
    "AWS_LOGIN_CACHE_DIRECTORY",
  ])
  func `a variable that the AWS tools read makes another key`(name: String) throws {
    let plain = try #require(Self.key([:]))
    let one = try #require(Self.key([name: "/a"]))
    #expect(one != plain)
    #expect(Self.key([name: "/b"]) != one)
    #expect(Self.key([name: ""]) == plain)
  }

  @Test func `other variables do not`() {
    #expect(Self.key(["AWS_PAGER": "less", "AWS_METADATA_SERVICE_TIMEOUT": "5"]) == Self.key([:]))
  }

  @Test func `a file named by a relative path is another file in another folder`() {
    let here = Self.key(["AWS_CONFIG_FILE": "config"])
    #expect(Self.key(["AWS_CONFIG_FILE": "config"], directory: "/srv") != here)
    #expect(Self.key(["AWS_CONFIG_FILE": "config"], directory: nil) == nil)
    #expect(
      Self.key(["AWS_CONFIG_FILE": "/config"], directory: "/srv")
        == Self.key(["AWS_CONFIG_FILE": "/config"])
    )
  }
}
