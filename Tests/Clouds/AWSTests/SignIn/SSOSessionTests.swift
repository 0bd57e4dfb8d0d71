// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import EKSToken
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What profiles say about IAM Identity Center, and the names of files that follow.
@Suite struct SSOSessionTests {
  private func session(_ config: String) throws -> SSOSession {
    let context = try World().context(config)
    return try SSOSession(of: context.profile("p"), in: context.configuration)
  }

  @Test(arguments: try Vectors.cloudRequests().ssoTokenCacheFiles)
  func `the token's file by the name of a session, or by a start URL`(
    vector: Vectors.CloudRequests.Named
  ) throws {
    let isURL = vector.key.hasPrefix("https:")
    let url = isURL ? vector.key : "https://d-1.awsapps.com/start"
    let place = "sso_start_url = \(url)\nsso_region = us-east-1\n"
    let session = try session(
      isURL
        ? "[profile p]\n\(place)"
        : "[sso-session \(vector.key)]\n\(place)[profile p]\nsso_session = \(vector.key)\n"
    )
    let path = try session.tokenPath(AWSEnvironment(home: "/h") { _ in nil })
    #expect(path == "/h/.aws/sso/cache/\(vector.file)")
  }

  @Test(arguments: try Vectors.cloudRequests().ssoRoleCredentials)
  func `the file of a role's credentials`(vector: Vectors.CloudRequests.Key) throws {
    let key = try StrictJSON(parsing: vector.json.utf8)
    let name = try #require(key["sessionName"]?.string ?? key["startUrl"]?.string)
    let isNamed = key["sessionName"] != nil
    let place = "sso_region = us-east-1\nsso_start_url = \(isNamed ? "https://u" : name)\n"
    let role = """
      sso_account_id = \(try #require(key["accountId"]?.string))
      sso_role_name = \(try #require(key["roleName"]?.string))

      """
    let context = try World().context(
      isNamed
        ? "[sso-session \(name)]\n\(place)[profile p]\nsso_session = \(name)\n\(role)"
        : "[profile p]\n\(place)\(role)"
    )
    let profile = context.profile("p")
    let session = try SSOSession(of: profile, in: context.configuration)
    #expect(try SSORole(of: profile)?.cacheFile(session) == vector.file)
  }

  @Test(arguments: [
    ("[profile p]\nsso_session = gone", "which is not in the AWS configuration"),
    ("[profile p]\nsso_start_url = https://a", "has no sso_region"),
    ("[sso-session s]\nsso_region = r\n[profile p]\nsso_session = s", "has no sso_start_url"),
    (
      "[sso-session s]\nsso_region = r\nsso_start_url = a\n[profile p]\nsso_session = s\nsso_region = q",
      "different values of sso_region"
    ),
    ("[profile p]\nsso_start_url = a b\nsso_region = r", "characters that it cannot have"),
  ])
  func `what is wrong with a profile`(config: String, words: String) async throws {
    let error = await outcome { try session(config) }.cloudError
    #expect(error?.code == .configuration)
    #expect(error?.what.contains(words) == true)
  }

  @Test func `the scopes that a session asks for`() throws {
    let config =
      "[profile p]\nsso_session = s\n[sso-session s]\nsso_region = r\nsso_start_url = a\n"
    #expect(try session(config).scopes == ["sso:account:access"])
    let more = config + "sso_registration_scopes = a:b , c:d"
    #expect(try session(more).scopes == ["a:b", "c:d"])
  }

  @Test(arguments: [
    (SignInService.ssoOIDC, "us-east-1", false, false, "oidc.us-east-1.amazonaws.com"),
    (.ssoPortal, "us-east-1", false, false, "portal.sso.us-east-1.amazonaws.com"),
    (.signIn, "us-east-1", false, false, "us-east-1.signin.aws.amazon.com"),
    (.ssoOIDC, "cn-north-1", false, false, "oidc.cn-north-1.amazonaws.com.cn"),
    (.ssoPortal, "cn-north-1", false, false, "portal.sso.cn-north-1.amazonaws.com.cn"),
    (.signIn, "cn-north-1", false, false, "cn-north-1.signin.amazonaws.cn"),
    (.signIn, "us-gov-west-1", false, false, "us-gov-west-1.signin.amazonaws-us-gov.com"),
    (.signIn, "eusc-de-east-1", false, false, "signin.eusc-de-east-1.amazonaws.eu"),
    (.ssoOIDC, "us-gov-west-1", true, false, "oidc.us-gov-west-1.amazonaws.com"),
    (.ssoOIDC, "us-gov-west-1", true, true, "oidc-fips.us-gov-west-1.api.aws"),
    (.ssoOIDC, "us-east-1", true, false, "oidc-fips.us-east-1.amazonaws.com"),
    (.ssoPortal, "us-east-1", true, true, "portal.sso-fips.us-east-1.api.aws"),
    (.signIn, "us-east-1", true, false, "signin-fips.us-east-1.amazonaws.com"),
    (.signIn, "us-east-1", false, true, "signin.us-east-1.api.aws"),
  ])
  func hosts(
    service: SignInService,
    region: String,
    fips: Bool,
    dualStack: Bool,
    host: String
  ) {
    let variant = SignInService.Variant(fips: fips, dualStack: dualStack)
    #expect(service.host(region: region, variant) == host)
  }

  @Test(arguments: ["", "-a", "a-", "us_east", "us-east-1.evil.example", "US-EAST-1", "a/b", "é"])
  func `a region that would make another host`(region: String) async throws {
    let context = try World().context("")
    let error = await outcome {
      try SignInService.ssoOIDC.base(region: region, profile: nil, in: context)
    }.cloudError
    #expect(error?.code == .configuration)
  }

  @Test(arguments: [
    ("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:9/", nil),
    ("AWS_ENDPOINT_URL", "https://localhost:9", nil),
    ("AWS_ENDPOINT_URL_SSO", "https://localhost:9", "https://oidc.us-east-1.amazonaws.com"),
    ("AWS_USE_FIPS_ENDPOINT", "true", "https://oidc-fips.us-east-1.amazonaws.com"),
    ("AWS_ENDPOINT_URL", "https://evil.example", nil),
    ("AWS_ENDPOINT_URL", "https://bucket.s3.amazonaws.com", nil),
    ("AWS_ENDPOINT_URL", "http://localhost.evil.example", nil),
    ("AWS_ENDPOINT_URL", "ftp://localhost", nil),
  ])
  func `variables that move the service`(name: String, value: String, base: String?) throws {
    let context = try World().context("", [name: value])
    let found = try? SignInService.ssoOIDC.base(region: "us-east-1", profile: nil, in: context)
    #expect(found?.text == base)
  }

  @Test func `the user's own configuration lets another host in`() throws {
    let context = try World().context(
      "",
      ["AWS_ENDPOINT_URL": "https://proxy.example"],
      allows: [.awsOtherHosts]
    )
    let base = try SignInService.ssoPortal.base(region: "us-east-1", profile: nil, in: context)
    #expect(base.text == "https://proxy.example")
  }

  @Test(arguments: [
    ("2026-11-23T21:53:59Z", 1_795_470_839), ("2026-11-23T21:53:59.75Z", 1_795_470_839),
    ("2026-11-23T21:53:59UTC", 1_795_470_839), ("2026-11-23T22:53:59+01:00", 1_795_470_839),
  ])
  func times(text: String, seconds: Double) {
    #expect(AWSTime.date(text) == Date(timeIntervalSince1970: seconds))
    #expect(AWSTime.text(Date(timeIntervalSince1970: seconds + 0.9)) == "2026-11-23T21:53:59Z")
  }
}
