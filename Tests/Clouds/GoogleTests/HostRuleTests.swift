// SPDX-License-Identifier: Apache-2.0

import Clouds
import Testing

@testable import Google

/// Where a credential may be sent.
@Suite struct HostRuleTests {
  private static let rule = HostRule(universe: nil, allowsOthers: false)

  @Test(arguments: [
    "https://oauth2.googleapis.com/token", "https://sts.googleapis.com/v1/token",
    "https://sts.mtls.googleapis.com/v1/token", "https://STS.GoogleAPIs.com/v1/token",
    "https://accounts.google.com/o/oauth2/token", "https://www.googleapis.com/oauth2/v4/token",
    "http://127.0.0.1:8080/token", "http://localhost:8080/token", "https://[::1]/token",
  ]) func `Google's, and this machine`(text: String) throws {
    #expect(try Self.rule.address(text, named: "token_uri", of: .test).text == text)
  }

  @Test(arguments: [
    "https://evil.example/token", "https://evilgoogleapis.com/token",
    "https://googleapis.com.evil.example/", "http://oauth2.googleapis.com/token",
    "https://evil.accounts.google.com/", "https://google.com/", "http://127.evil.example/",
    "https://oauth2.googleapis.com@evil.example/", "https://apis.example/token", "",
    "file:///etc/passwd", "https://2130706433/",
  ]) func `nobody else`(text: String) {
    #expect(throws: CloudError.self) {
      try Self.rule.address(text, named: "token_uri", of: .test)
    }
  }

  @Test func `the credential's own universe, if it is a domain`() throws {
    let rule = HostRule(universe: "apis.example", allowsOthers: false)
    #expect(
      try rule.address("https://sts.apis.example/x", named: "u", of: .test).host
        == "sts.apis.example"
    )
    for universe in ["example", "", "*.com", "com", "a..b", "evil.example/"] {
      let rule = HostRule(universe: universe, allowsOthers: false)
      #expect(throws: CloudError.self) {
        try rule.address("https://evil.example/", named: "u", of: .test)
      }
    }
  }

  @Test func `others, if the user's own file says so, and then by https`() throws {
    let rule = HostRule(universe: nil, allowsOthers: true)
    #expect(try rule.address("https://sts.example/", named: "u", of: .test).host == "sts.example")
    #expect(throws: CloudError.self) {
      try rule.address("http://sts.example/", named: "u", of: .test)
    }
  }
}
