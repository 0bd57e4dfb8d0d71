// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import EKSToken
import Testing

/// The order in which botocore looks for credentials.
@Suite struct ChainTests {
  private static let keys = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"]

  /// What the chain decides: the identity that comes out, or what is said about it.
  private static func identity(
    config: String = "",
    credentials: String = "",
    _ variables: [String: String] = [:],
    option: String? = nil
  ) throws -> [String] {
    let context = AWSContext(
      effects: World().effects(variables),
      environment: AWSEnvironment(home: "/home/me") { variables[$0] },
      configuration: AWSConfiguration(
        config: try INIText(parsing: Array(config.utf8)),
        credentials: try INIText(parsing: Array(credentials.utf8))
      ),
      profileOption: option
    )
    return try AWSChain(context).source().identity
  }

  @Test func `the environment's keys come first, also beside AWS_PROFILE`() throws {
    let found = try Self.identity(
      config: "[profile p]\nrole_arn = r\nsource_profile = p\n",
      Self.keys.merging(["AWS_PROFILE": "p"]) { $1 }
    )
    #expect(found == ["keys", "AKIAENV"])
  }

  @Test func `an explicit profile switches the environment's keys and web identity off`() throws {
    let variables = Self.keys.merging(
      ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:web"]
    ) { $1 }
    let credentials = "[p]\naws_access_key_id = AKIACRED\naws_secret_access_key = s\n"
    let found = try Self.identity(credentials: credentials, variables, option: "p")
    #expect(found == ["keys", "AKIACRED"])
  }

  @Test(
    arguments: [
      (
        "role_arn = r\nsource_profile = base\nsso_session = c\ncredential_process = x",
        ["role", "r"]
      ),
      ("role_arn = r\nweb_identity_token_file = /t\nsso_session = c", ["web-identity", "r"]),
      (
        "sso_session = c\nsso_role_name = R\nlogin_session = l\naws_access_key_id = C\naws_secret_access_key = s",
        ["sso", "c"]
      ),
      ("sso_start_url = https://u\nsso_account_id = 1\nlogin_session = l", ["sso", ""]),
      ("sso_account_id = 1\nlogin_session = l", ["sso", ""]),
      ("sso_role_name = R\nlogin_session = l", ["sso", ""]),
      // A session alone gives no credentials (botocore's SSOProvider, `_PROFILE_REQUIRED_CONFIG_VARS`).
      ("sso_session = c\nlogin_session = l", ["login", "l"]),
      (
        "sso_start_url = https://u\naws_access_key_id = C\naws_secret_access_key = s",
        ["keys", "C"]
      ),
      ("login_session = l\ncredential_process = x", ["login", "l"]),
      (
        "credential_process = x\naws_access_key_id = C\naws_secret_access_key = s",
        ["process", "x"]
      ),
      ("aws_access_key_id = C\naws_secret_access_key = s", ["keys", "C"]),
      ("region = r", ["instance"]),
    ] as [(String, [String])]
  )
  func `the sources of one profile have their order`(profile: String, expected: [String]) throws {
    let base = "[profile base]\naws_access_key_id = B\naws_secret_access_key = s\n"
    let found = try Self.identity(config: base + "[default]\n" + profile)
    #expect(found.starts(with: expected))
  }

  @Test func `the credentials file's keys come before a console sign-in, the config file's after`()
    throws
  {
    let config = "[default]\nlogin_session = l\naws_access_key_id = C\naws_secret_access_key = s\n"
    let credentials = "[default]\naws_access_key_id = K\naws_secret_access_key = s\n"
    #expect(try Self.identity(config: config, credentials: credentials) == ["keys", "K"])
    #expect(try Self.identity(config: config) == ["login", "l"])
  }

  @Test(
    arguments: [
      (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"], ["container"]),
      (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x"], ["container"]),
      (
        [
          "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:web",
          "AWS_ROLE_SESSION_NAME": "n",
        ],
        ["web-identity", "arn:web", "n", "/t"]
      ),
      ([:], ["instance"]),
    ] as [([String: String], [String])]
  )
  func `without files the environment decides`(
    variables: [String: String],
    expected: [String]
  ) throws {
    #expect(try Self.identity(variables) == expected)
  }

  @Test func `roles are chained down to the keys`() throws {
    let config = """
      [profile top]
      role_arn = arn:top
      source_profile = middle
      external_id = ex
      mfa_serial = arn:mfa
      duration_seconds = 900
      role_session_name = me
      [profile middle]
      role_arn = arn:middle
      source_profile = base
      [profile base]
      aws_access_key_id = B
      aws_secret_access_key = s
      """
    let found = try Self.identity(config: config, option: "top")
    #expect(
      found == [
        "role", "arn:top", "me", "ex", "arn:mfa", "900", "by",
        "role", "arn:middle", "", "", "", "", "by", "keys", "B",
      ]
    )
  }

  @Test func `a profile may name itself if it has keys, and keys in a source win over its role`()
    throws
  {
    let own =
      "[default]\nrole_arn = r\nsource_profile = default\naws_access_key_id = B\naws_secret_access_key = s\n"
    #expect(try Self.identity(config: own).suffix(3) == ["by", "keys", "B"])
    let both = """
      [default]
      role_arn = r
      source_profile = base
      [profile base]
      role_arn = other
      source_profile = default
      aws_access_key_id = B
      aws_secret_access_key = s
      """
    #expect(try Self.identity(config: both).suffix(3) == ["by", "keys", "B"])
  }

  @Test(
    arguments: [
      ("Environment", ["keys", "AKIAENV"]), ("environment", ["keys", "AKIAENV"]),
      ("EcsContainer", ["container"]), ("Ec2InstanceMetadata", ["instance"]),
    ]
  )
  func `a role's source can be named`(name: String, expected: [String]) throws {
    let variables = Self.keys.merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x"])
    { $1 }
    let config = "[profile p]\nrole_arn = r\ncredential_source = \(name)\n"
    #expect(
      try Self.identity(config: config, variables, option: "p").suffix(expected.count)
        == expected[...]
    )
  }

  @Test(
    arguments: [
      ("[profile a]\nrole_arn = r", "a", "nothing to assume it with"),
      (
        "[profile a]\nrole_arn = r\nsource_profile = a\ncredential_source = Environment", "a",
        "both"
      ),
      ("[profile a]\nrole_arn = r\nsource_profile = gone", "a", "not there"),
      ("[profile a]\nrole_arn = r\nsource_profile = a", "a", "circle"),
      (
        "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = s\nsource_profile = a",
        "a", "a → b → a"
      ),
      (
        "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nregion = x", "a",
        "no credentials"
      ),
      ("[profile a]\nrole_arn = r\ncredential_source = Moon", "a", "none"),
      ("[profile a]\nrole_arn = r\ncredential_source = Environment", "a", "no keys"),
      ("[profile a]\nrole_arn = r\ncredential_source = EcsContainer", "a", "none is named"),
      ("[profile a]\naws_access_key_id = K", "a", "no aws_secret_access_key"),
      ("[profile a]\naws_access_key_id = K\naws_secret_access_key = a b", "a", "characters"),
      ("[profile a]\nweb_identity_token_file = /t", "a", "no role"),
      ("", "gone", "no AWS profile"),
    ]
  )
  func `a profile that cannot be used says why`(config: String, option: String, what: String) throws
  {
    #expect {
      try Self.identity(config: config, option: option)
    } throws: { error in
      guard let error = error as? CloudError else { return false }
      return error.code == .configuration && error.what.contains(what)
    }
  }

  @Test func `half of the environment's keys is an error, and so is a time that is none`() {
    let half = ["AWS_ACCESS_KEY_ID": "K"]
    #expect(throws: CloudError.self) { try Self.identity(half) }
    let odd = Self.keys.merging(["AWS_CREDENTIAL_EXPIRATION": "tomorrow"]) { $1 }
    #expect(throws: CloudError.self) { try Self.identity(odd) }
  }

  @Test func `a profile that is renamed stays what it was, and the same name elsewhere is another`()
    throws
  {
    let one =
      "[profile a]\nrole_arn = r\nsource_profile = k\n[profile k]\naws_access_key_id = K\naws_secret_access_key = s\n"
    let renamed = one.replacing("[profile a]", with: "[profile b]")
    let other = one.replacing("aws_access_key_id = K", with: "aws_access_key_id = L")
    let first = try Self.identity(config: one, option: "a")
    #expect(try Self.identity(config: renamed, option: "b") == first)
    #expect(try Self.identity(config: other, option: "a") != first)
  }
}
