// SPDX-License-Identifier: Apache-2.0

import Testing

import EKSToken

@Suite struct AWSConfigurationTests {
  private static func configuration(
    _ config: String,
    _ credentials: String = ""
  ) throws -> AWSConfiguration {
    AWSConfiguration(
      config: try INIText(parsing: Array(config.utf8)),
      credentials: try INIText(parsing: Array(credentials.utf8))
    )
  }

  @Test func `the credentials file is laid over the config file key by key`() throws {
    let configuration = try Self.configuration(
      "[profile dev]\nregion = eu-west-1\naws_access_key_id = OLD\n",
      "[dev]\naws_access_key_id = NEW\n[other]\nrole_arn = x\n"
    )
    let dev = try #require(configuration.profile("dev"))
    #expect(dev["region"] == "eu-west-1")
    #expect(dev["aws_access_key_id"] == "NEW")
    #expect(configuration.profile("other")?["role_arn"] == "x")
    #expect(configuration.profile("third") == nil)
  }

  @Test func `sections have their kinds, and names may be quoted`() throws {
    let configuration = try Self.configuration(
      """
      [default]
      region = a
      [profile "two words"]
      region = b
      [sso-session corp]
      sso_region = c
      [services mine]
      sts =
        endpoint_url = http://localhost:1
      [preview]
      x = y
      [plain]
      region = d
      """
    )
    #expect(configuration.profile("default")?["region"] == "a")
    #expect(configuration.profile("two words")?["region"] == "b")
    #expect(configuration.ssoSessions["corp"]?["sso_region"] == "c")
    #expect(configuration.services["mine"]?["sts", "endpoint_url"] == "http://localhost:1")
    #expect(configuration.profile("plain") == nil)
    #expect(configuration.profile("preview") == nil)
  }

  @Test func `a profile section named default takes the place of the plain one`() throws {
    let configuration = try Self.configuration("[profile default]\nregion=a\n[default]\nregion=b\n")
    #expect(configuration.profile("default")?["region"] == "a")
  }

  @Test(
    arguments: [
      ([:], nil, "default"), (["AWS_DEFAULT_PROFILE": "d"], nil, "d"),
      (["AWS_DEFAULT_PROFILE": "d", "AWS_PROFILE": "p"], nil, "p"),
      (["AWS_PROFILE": "p"], "o", "o"),
    ] as [([String: String], String?, String)]
  )
  func `option, then AWS_PROFILE, then its old name`(
    variables: [String: String],
    option: String?,
    expected: String
  ) {
    let environment = AWSEnvironment(home: "/h") { variables[$0] }
    #expect(environment.profileName(option: option) == expected)
  }

  @Test(
    arguments: [
      ([:], nil, "profile"), (["AWS_DEFAULT_REGION": "d"], nil, "d"),
      (["AWS_DEFAULT_REGION": "d", "AWS_REGION": "r"], nil, "r"), (["AWS_REGION": "r"], "o", "o"),
    ] as [([String: String], String?, String)]
  )
  func `option, then AWS_REGION, then its old name, then the profile`(
    variables: [String: String],
    option: String?,
    expected: String
  ) {
    let environment = AWSEnvironment(home: "/h") { variables[$0] }
    let profile = AWSProfile(name: "p", values: ["region": "profile"])
    #expect(environment.region(option: option, profile: profile) == expected)
  }

  @Test(
    arguments: [
      (nil, "/h/.aws/config"), ("/x", "/x"), ("~/y", "/h/y"), ("$HOME/z", "/h/z"),
      ("${HOME}/z", "/h/z"), ("$OTHER/z", "$OTHER/z"), ("~else/z", "~else/z"),
    ] as [(String?, String)]
  )
  func `files lie where their variable says`(value: String?, expected: String) {
    let environment = AWSEnvironment(home: "/h") { $0 == "AWS_CONFIG_FILE" ? value : nil }
    #expect(environment.path(of: .config) == expected)
  }

  @Test func `endpoints come from the service's variable, the general one, services, the profile`()
    throws
  {
    let configuration = try Self.configuration(
      "[default]\nservices = s\nendpoint_url = 4\n[services s]\nsts =\n  endpoint_url = 3\n"
    )
    let profile = configuration.profile("default")
    let orders: [([String: String], String?)] = [
      (["AWS_ENDPOINT_URL_STS": "1", "AWS_ENDPOINT_URL": "2"], "1"),
      (["AWS_ENDPOINT_URL": "2"], "2"), ([:], "3"),
      (["AWS_ENDPOINT_URL": "2", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], nil),
    ]
    for (variables, expected) in orders {
      let environment = AWSEnvironment(home: nil) { variables[$0] }
      #expect(environment.endpoint(of: "sts", profile: profile, in: configuration) == expected)
    }
    let environment = AWSEnvironment(home: nil) { _ in nil }
    #expect(environment.endpoint(of: "sso", profile: profile, in: configuration) == "4")
  }

  @Test(
    arguments: [
      ("a b", ["a", "b"]), ("  a\t'b c'  ", ["a", "b c"]), (#"a\ b"#, ["a b"]),
      (#""a \"b\" \c""#, [#"a "b" \c"#]), ("''", [""]), ("a''b", ["ab"]), ("", []),
      (#"'a\b'"#, [#"a\b"#]), ("'open", nil), (#"end\"#, nil),
    ] as [(String, [String]?)]
  )
  func `words are split as shlex splits them`(text: String, words: [String]?) {
    #expect(ShellWords.split(text) == words)
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2024-02-29T23:59:59Z", 1_709_251_199),
      ("2024-01-02T03:04:05.678Z", 1_704_164_645), ("2024-01-02 03:04:05", 1_704_164_645),
      ("2024-01-02T03:04:05UTC", 1_704_164_645), ("2024-01-02T04:04:05+01:00", 1_704_164_645),
      ("2024-01-02T00:34:05-0230", 1_704_164_645), ("2024-02-30T00:00:00Z", nil),
      ("2024-01-02", nil), ("2024-01-02T03:04:05X", nil), ("2024-01-02T03:04:05.Z", nil),
      ("", nil), ("99999-01-02T03:04:05Z", nil),
    ] as [(String, Int64?)]
  )
  func `times are those that AWS's tools write`(text: String, seconds: Int64?) {
    #expect(AWSTime.seconds(text) == seconds)
  }
}
