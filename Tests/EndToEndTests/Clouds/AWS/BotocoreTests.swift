// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// The caches of sign-ins, shared with the AWS SDK for Python, which the AWS CLI is made of.
///
/// `make cloud-tools` installs it.
@Suite struct BotocoreTests {
  /// Prints the access key that botocore finds for a profile.
  private static let script = """
    import botocore.session, sys
    credentials = botocore.session.Session(profile=sys.argv[1]).get_credentials()
    print(credentials.get_frozen_credentials().access_key)
    """

  private func botocore(_ aws: SignInDesk, _ profile: String) async throws -> Outcome {
    let python = "\(Programs.repository)/.build/clouds/venv/bin/python"
    try #require(ProcessRunner.find(python) != nil, "install it first: make cloud-tools")
    let result = try await ProcessRunner.run(
      [python, "-c", Self.script, profile],
      environment: aws.desk.environment.merging(aws.service.variables) { $1 }
    )
    return Outcome(status: result.status, output: result.output, errors: result.errors)
  }

  @Test func `botocore uses and renews the sign-in that lanyard made`() async throws {
    try await SignInDesk.with { aws in
      aws.service.site.change { $0.accessLifetime = 600 }
      let login = try await aws.desk.lanyard(
        ["login", "dev", "--login", "device"],
        aws.variables
      )
      #expect(login.status == 0, "\(login.errors)")
      let before = try aws.members(SignInDesk.tokenPath)
      let found = try await botocore(aws, "dev")
      #expect(found.status == 0, "\(found.errors)")
      #expect(found.output.hasPrefix("ASIALAB111122223333N"))
      let after = try aws.members(SignInDesk.tokenPath)
      #expect(after["refreshToken"] != before["refreshToken"])
      #expect(Set(after.keys) == Set(before.keys))
    }
  }

  @Test func `lanyard uses the sign-in that botocore renewed, and the other way round`()
    async throws
  {
    try await SignInDesk.with { aws in
      try aws.signIn(for: -10)
      let found = try await botocore(aws, "dev")
      #expect(found.status == 0, "\(found.errors)")
      #expect(aws.service.site.count("/token") == 1)
      let token = try await aws.token("dev")
      #expect(token.status == 0, "\(token.errors)")
      #expect(aws.service.site.count("/token") == 1)
      try aws.signIn(for: -10)
      #expect(try await aws.token("other").status == 0)
      let again = try await botocore(aws, "other")
      #expect(again.output.hasPrefix("ASIALAB444455556666N"), "\(again.errors)")
      #expect(aws.service.site.count("/token") == 2)
      #expect(aws.service.site.replays == 0)
    }
  }

  @Test func `botocore renews the console sign-in that lanyard made, with its key`() async throws {
    try await SignInDesk.with { aws in
      aws.service.site.change { $0.consoleLifetime = 200 }
      let login = try aws.desk.startLanyard(["login", "me", "--login", "browser"], aws.variables)
      _ = try await aws.browse(login, "/v1/authorize")
      #expect(try await login.result().status == 0)
      let found = try await botocore(aws, "me")
      #expect(found.output.hasPrefix("ASIACONSOLEN2"), "\(found.errors)")
      let token = try await aws.token("me")
      #expect(token.status == 0, "\(token.errors)")
      #expect(try token.signingKey == "ASIACONSOLEN3")
      #expect(aws.service.site.count("/v1/token") == 3)
      #expect(aws.service.site.replays == 0)
    }
  }

  @Test func `lanyard uses the console sign-in that botocore renewed`() async throws {
    try await SignInDesk.with { aws in
      try await aws.signInAtConsole(for: -10)
      let found = try await botocore(aws, "me")
      #expect(found.output.hasPrefix("ASIACONSOLEN1"), "\(found.errors)")
      #expect(try await aws.token("me").signingKey == "ASIACONSOLEN1")
      let members = try aws.members(SignInDesk.sessionPath)
      #expect(members["unknown"] == [1, "two"])
    }
  }
}
