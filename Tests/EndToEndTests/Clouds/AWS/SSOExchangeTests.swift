// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// The recorded exchanges of `aws eks get-token` 1.45.11 with IAM Identity Center: lanyard does the same.
///
/// Tokens are those of the stand-in, which takes each place of a recorded one.
@Suite struct SSOExchangeTests {
  /// A recorded run, and the profile that does the same here.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let profile: String
    /// Seconds that the access token has left before.
    let left: Double
    var testDescription: String { name }
  }

  static let rows = [
    Row(name: "sso session refresh", profile: "dev", left: -10),
    Row(name: "sso legacy", profile: "old", left: 3600),
    Row(name: "sso legacy expired", profile: "old", left: -10),
  ]

  private static let config = """
    [sso-session corp]
    sso_start_url = \(SignInDesk.startURL)
    sso_region = us-east-1
    [profile dev]
    sso_session = corp
    sso_account_id = 111122223333
    sso_role_name = Dev
    region = eu-west-1
    [profile old]
    sso_start_url = \(SignInDesk.startURL)
    sso_region = us-east-1
    sso_account_id = 111122223333
    sso_role_name = Dev
    region = eu-west-1
    """

  @Test(arguments: rows)
  func `requests and files are those of the AWS CLI`(row: Row) async throws {
    let recorded = try RecordedWire.named(row.name, in: "aws.txt")
    let file = try #require(recorded.files.first)
    let written = try #require(try JSONValue.parse(file.text).object)
    try await SignInDesk.with { aws in
      try aws.write(Self.config, to: ".aws/config")
      let made = aws.service.identityCenterFile(
        startURL: SignInDesk.startURL,
        accessLifetime: row.left
      )
      let whole = try #require(try JSONValue.parse(made).object)
      let before = whole.filter { written.keys.contains($0.key) }
      try aws.write(JSONValue.object(before).text, to: file.path)
      let result = try await aws.token(row.profile)
      #expect((result.status == 0) == (recorded.status == 0), "\(result.errors)")
      let after = try aws.members(file.path)
      let values = Self.values(before, after)
      let found = aws.service.site.received
      #expect(found.map { "\($0.method) \($0.target)" } == recorded.requests.map(\.line))
      for (request, expected) in zip(found, recorded.requests) {
        #expect(request.fields == expected.headers.mapValues { values[$0] ?? $0 })
        #expect(try Self.members(request.body) == Self.members(expected.body, values))
      }
      #expect(Set(after.keys) == Set(written.keys))
      if found.count < 2 { #expect(after == before) }
    }
  }

  /// What stands here in place of each secret of the recording.
  private static func values(
    _ before: [String: JSONValue],
    _ after: [String: JSONValue]
  ) -> [String: String] {
    let places = [
      ("oldat", before["accessToken"]), ("newat", after["accessToken"]),
      ("oldrt", before["refreshToken"]), ("cid", before["clientId"]),
      ("csec", before["clientSecret"]),
    ]
    return Dictionary(places.compactMap { name, value in value?.string.map { (name, $0) } }) { $1 }
  }

  private static func members(
    _ body: String,
    _ values: [String: String] = [:]
  ) throws -> [String: String] {
    if body.isEmpty { return [:] }
    let members = try #require(try JSONValue.parse(body).object)
    return members.compactMapValues(\.string).mapValues { values[$0] ?? $0 }
  }
}
