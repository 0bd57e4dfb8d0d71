// SPDX-License-Identifier: Apache-2.0

import ReadyCredential
import Testing

/// What a token for GKE depends on besides the arguments.
@Suite struct GKEInputsTests {
  private static func key(
    _ variables: [String: String],
    directory: String? = "/home/ada"
  ) -> ReadyCredentialKey? {
    ReadyCredentialKey(
      arguments: ["get-token", "gke"].map { Array($0.utf8) },
      surroundings: surroundings(variables, user: 1000, directory: directory),
      storePath: "/home/ada/.local/state/lanyard"
    )
  }

  @Test(arguments: [
    "HOME", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES",
    "GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP", "NO_GCE_CHECK",
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
    "AWS_DEFAULT_REGION", "CLOUDSDK_CONFIG", "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "CLOUDSDK_AUTH_ACCESS_TOKEN", "CLOUDSDK_CORE_ACCOUNT", "CLOUDSDK_CORE_UNIVERSE_DOMAIN",
    "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", "CLOUDSDK_AUTH_TOKEN_HOST",
    "CLOUDSDK_AUTH_SERVICE_ACCOUNT_USE_SELF_SIGNED_JWT",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS",
  ])
  func `a variable that is read makes another key`(name: String) throws {
    let plain = try #require(Self.key([:]))
    let one = try #require(Self.key([name: "/a"]))
    #expect(one != plain)
    #expect(Self.key([name: "/b"]) != one)
  }

  @Test func `other variables do not`() {
    #expect(Self.key(["CLOUDSDK_CORE_PROJECT": "p"]) == Self.key([:]))
  }

  @Test func `a file named by a relative path is another file in another folder`() {
    let variables = ["GOOGLE_APPLICATION_CREDENTIALS": "key.json"]
    #expect(Self.key(variables, directory: "/srv") != Self.key(variables))
    #expect(Self.key(variables, directory: nil) == nil)
  }
}
