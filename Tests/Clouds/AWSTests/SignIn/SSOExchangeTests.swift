// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Exchanges of `aws eks get-token` 1.45.11 with IAM Identity Center, as they were recorded: lanyard does the same.
@Suite struct SSOExchangeTests {
  /// What was recorded.
  struct Exchange: Sendable, CustomTestStringConvertible {
    let name: String
    let profile: String
    let path: String
    /// The file before.
    let file: String
    /// Method, path and query of each request, the field of it that matters, and its body.
    let requests: [(line: String, field: String, body: String)]
    /// The file afterwards.
    let written: String
    var testDescription: String { name }
  }

  static let exchanges = [
    Exchange(
      name: "sso session refresh",
      profile: "dev",
      path: SSOAccessTests.corp,
      file: SSOAccessTests.file(expiresAt: "2020-01-01T00:00:00Z"),
      requests: [
        (
          "POST /token", "Content-Type: application/json",
          """
          {"grantType": "refresh_token", "clientId": "cid", "clientSecret": "csec", "refreshToken": "oldrt"}
          """
        ),
        (
          "GET /federation/credentials?role_name=Dev&account_id=111122223333",
          "x-amz-sso_bearer_token: newat", ""
        ),
      ],
      written: """
        {"startUrl": "https://d-1.awsapps.com/start", "region": "us-east-1", "accessToken": "newat", \
        "expiresAt": "2026-11-23T21:53:59Z", "clientId": "cid", "clientSecret": "csec", \
        "registrationExpiresAt": "2099-01-01T00:00:00Z", "refreshToken": "newrt"}
        """
    ),
    Exchange(
      name: "sso legacy",
      profile: "old",
      path: SSOAccessTests.legacy,
      file: """
        {"startUrl": "https://d-1.awsapps.com/start", "region": "us-east-1", "accessToken": "oldat", \
        "expiresAt": "2099-01-01T00:00:00Z"}
        """,
      requests: [
        (
          "GET /federation/credentials?role_name=Dev&account_id=111122223333",
          "x-amz-sso_bearer_token: oldat", ""
        )
      ],
      written: """
        {"startUrl": "https://d-1.awsapps.com/start", "region": "us-east-1", "accessToken": "oldat", \
        "expiresAt": "2099-01-01T00:00:00Z"}
        """
    ),
    Exchange(
      name: "sso legacy expired",
      profile: "old",
      path: SSOAccessTests.legacy,
      file: #"{"accessToken": "oldat", "expiresAt": "2020-01-01T00:00:00Z"}"#,
      requests: [],
      written: #"{"accessToken": "oldat", "expiresAt": "2020-01-01T00:00:00Z"}"#
    ),
  ]

  @Test(arguments: exchanges)
  func `as the AWS CLI does it`(exchange: Exchange) async throws {
    let world = World { sent in
      sent.method == "GET" ? SSOCredentialsTests.credentials : SSOAccessTests.renewal
    }
    world.put(exchange.file, at: exchange.path)
    let context = try world.context(SSOAccessTests.config)
    let profile = context.profile(exchange.profile)
    let result = await outcome {
      try await SSOCredentials.credentials(of: profile, in: context)
    }
    #expect((result.cloudError?.code == .loginNeeded) == exchange.requests.isEmpty)
    #expect(world.sent.count == exchange.requests.count)
    for (sent, recorded) in zip(world.sent, exchange.requests) {
      let target = sent.url.trimmingPrefix("https://").drop { $0 != "/" }
      #expect("\(sent.method) \(target)" == recorded.line)
      #expect(sent.headers.map { "\($0.name.rawName): \($0.value)" } == [recorded.field])
      #expect(sent.members == members(recorded.body))
    }
    #expect(world.members(exchange.path) == members(exchange.written))
  }

  private func members(_ text: String) -> [String: StrictJSON] {
    (try? StrictJSON(parsing: text.utf8))?.members ?? [:]
  }
}
