// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What happens between two tokens: roles kept, profiles renamed, files torn and locked.
@Suite struct EKSLifeTests {
  private static let role = """
    [profile p]
    role_arn = arn:aws:iam::111122223333:role/dev
    source_profile = base
    [profile base]
    \(AWSDesk.keys)
    """

  @Test func `static keys need no store, no request, and leave nothing behind`() async throws {
    try await AWSDesk.with { desk in
      try desk.write("[default]\n\(AWSDesk.keys)")
      // Without the lab's STS, which would be something out of the ordinary.
      let result = try await desk.desk.lanyard(AWSDesk.getToken)
      #expect(try desk.user(of: result) == "arn:aws:iam::111122223333:user/me")
      #expect(result.errors.isEmpty)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: "\(desk.desk.folder)/state").isEmpty
      )
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: "\(desk.desk.folder)/cache").isEmpty
      )
    }
  }

  @Test func `the full program gives for static keys what the small one gives`() async throws {
    try await AWSDesk.with { desk in
      try desk.write("[default]\nsts_regional_endpoints = legacy\n\(AWSDesk.keys)")
      // In the same second, which two runs may miss.
      let pair = try await eventually("two answers of one second") { () -> (Outcome, Outcome)? in
        let small = try await desk.desk.lanyard(AWSDesk.getToken)
        let full = try await desk.desk.lanyard(AWSDesk.getToken + ["-v"])
        try? FileManager.default.removeItem(atPath: "\(desk.desk.folder)/cache/lanyard")
        let times = try [small, full].map {
          try $0.credential["status"]?["expirationTimestamp"]?.string
        }
        return times[0] == times[1] ? (small, full) : nil
      }
      #expect(pair.0.output == pair.1.output)
      #expect(pair.0.errors.isEmpty)
    }
  }

  @Test func `a role is assumed once for many processes and clusters`() async throws {
    try await AWSDesk.with { desk in
      try desk.write(Self.role)
      let variables = try desk.surroundings()
      let results = try await withThrowingTaskGroup(of: Outcome.self) { group in
        for number in 0..<6 {
          // Another cluster each time, so that no ready credential answers.
          group.addTask {
            try await desk.desk.lanyard(
              [
                "get-token", "eks", "--cluster-name", "c\(number)", "--region", AWSCloud.region,
                "--profile", "p",
              ],
              variables
            )
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(results.allSatisfy { $0.status == 0 }, "\(results.map(\.errors))")
      #expect(desk.actions == ["AssumeRole"])
    }
  }

  @Test func `a profile that was renamed keeps what was kept; its old name is an error`()
    async throws
  {
    try await AWSDesk.with { desk in
      try desk.write(Self.role)
      #expect(try await desk.getToken(["--profile", "p"]).status == 0)
      try desk.write(Self.role.replacing("[profile p]", with: "[profile q]"))
      let renamed = try await desk.getToken(["--profile", "q"])
      #expect(renamed.status == 0, "\(renamed.errors)")
      #expect(desk.actions == ["AssumeRole"])
      let old = try await desk.getToken(["--profile", "p"])
      #expect(old.status == 7)
      #expect(old.errors.contains("there is no AWS profile \"p\""))
    }
  }

  @Test func `credentials that die early are reported so, and replaced before they do`()
    async throws
  {
    try await AWSDesk.with { desk in
      try desk.write(Self.role)
      // A few seconds more than a role's credentials must have left to be used.
      desk.aws.setLife(305)
      let first = try await Self.end(of: desk.getToken(["--profile", "p"]))
      let left = first.timeIntervalSinceNow
      #expect(left <= 305 && left > 200, "reported to last for \(left) s")
      try await Task.sleep(for: .seconds(max(0, left - 299)))
      desk.aws.setLife(3600)
      // What was printed is not due yet, so that it takes something else to look at what is kept.
      try desk.write(Self.role + "\n# changed\n")
      let second = try await Self.end(of: desk.getToken(["--profile", "p"]))
      #expect(desk.actions == ["AssumeRole", "AssumeRole"])
      #expect(second.timeIntervalSince(first) > 300)
    }
  }

  /// When client-go is told that a credential ends.
  private static func end(of result: Outcome) throws -> Date {
    #expect(result.status == 0, "\(result.errors)")
    let text = try #require(try result.credential["status"]?["expirationTimestamp"]?.string)
    return try Date(text, strategy: .iso8601)
  }

  @Test func `a torn cache of the AWS CLI is as good as none, and a whole one is used`()
    async throws
  {
    try await AWSDesk.with { desk in
      try desk.write(Self.role)
      // The name is that of the role's ARN alone (docs/clouds.md).
      let file = "cli/cache/\(Self.cacheFile)"
      try desk.write(#"{"Credentials":{"AccessKeyId":"ASIA"#, to: file)
      let torn = try await desk.getToken(["--profile", "p"])
      #expect(try desk.user(of: torn).contains("assumed-role/dev/"))
      #expect(desk.actions == ["AssumeRole"])
      desk.aws.add("AKIACACHED", secret: "cached", arn: "arn:aws:iam::1:user/cached")
      let whole = """
        {"Credentials":{"AccessKeyId":"AKIACACHED","SecretAccessKey":"cached","SessionToken":"",\
        "Expiration":"2090-01-01T00:00:00Z"},"ResponseMetadata":{}}
        """
      try desk.write(whole, to: file)
      let state = ["XDG_STATE_HOME": "\(desk.desk.folder)/other"]
      let found = try await desk.getToken(["--profile", "p"], state)
      #expect(try desk.user(of: found) == "arn:aws:iam::1:user/cached")
      #expect(desk.actions == ["AssumeRole"])
      #expect(try PrivateFile.read("\(desk.desk.folder)/home/.aws/\(file)") == whole)
    }
  }

  private static let cacheFile = "d048026984ef9e845abd7c7c9f9de5dff21571ba.json"

  @Test func `a cache that is written in place all the time costs nobody a token`() async throws {
    try await AWSDesk.with { desk in
      try desk.write(Self.role)
      desk.aws.add("AKIACACHED", secret: "cached", arn: "arn:aws:iam::1:user/cached")
      let whole = """
        {"Credentials":{"AccessKeyId":"AKIACACHED","SecretAccessKey":"cached","SessionToken":"",\
        "Expiration":"2090-01-01T00:00:00Z"},"ResponseMetadata":{}}
        """
      try desk.write(whole, to: "cli/cache/\(Self.cacheFile)")
      try desk.write(whole, to: "cli/whole")
      // As version 2 of the AWS CLI writes it: cut off, then filled.
      let script = "echo going >&2; while :; do : >\"$1\"; cat \"$2\" >\"$1\"; done"
      let folder = "\(desk.desk.folder)/home/.aws/cli"
      let writer = try desk.desk.start([
        "sh", "-c", script, "sh", "\(folder)/cache/\(Self.cacheFile)", "\(folder)/whole",
      ])
      defer { writer.send(15) }
      _ = try await writer.hears { $0.contains("going") ? "" : nil }
      let words = AWSDesk.getToken + ["--profile", "p"]
      let variables = try desk.surroundings()
      let results = try await withThrowingTaskGroup(of: Outcome.self) { group in
        for number in 0..<10 {
          // A store of its own each time, so that each looks into the cache.
          let own = ["XDG_STATE_HOME", "XDG_CACHE_HOME"].map {
            ($0, "\(desk.desk.folder)/own\(number)")
          }
          let all = variables.merging(own) { $1 }
          group.addTask { try await desk.desk.lanyard(words, all) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for result in results { #expect(try !desk.user(of: result).isEmpty) }
    }
  }

  private static func instance(_ desk: AWSDesk) -> [String: String] {
    [
      "AWS_EC2_METADATA_DISABLED": "",
      "AWS_EC2_METADATA_SERVICE_ENDPOINT": "\(desk.desk.lab.issuer)/aws/imds",
    ]
  }

  @Test func `version 1 of the instance's service is asked where there is no other, if it may be`()
    async throws
  {
    try await AWSDesk.with { desk in
      desk.aws.setMetadataTokenStatus(404)
      let found = try await desk.getToken([], Self.instance(desk))
      #expect(try desk.user(of: found).contains("assumed-role/myrole/"))
      let path = "/latest/meta-data/iam/security-credentials/"
      #expect(
        desk.aws.requests.map(\.line) == [
          "PUT /latest/api/token", "GET \(path)", "GET \(path)myrole",
        ]
      )
      #expect(desk.aws.requests.suffix(2).allSatisfy { $0.headers.isEmpty })
      let strict = Self.instance(desk).merging(["AWS_EC2_METADATA_V1_DISABLED": "true"]) { $1 }
      let refused = try await desk.getToken([], strict)
      #expect(refused.status == 7)
      #expect(refused.output.isEmpty)
      #expect(refused.errors.contains("version 1 of it is switched off"))
    }
  }

  @Test func `an instance's service that fails is away for now`() async throws {
    try await AWSDesk.with { desk in
      desk.aws.setMetadataTokenStatus(503)
      let result = try await desk.getToken([], Self.instance(desk))
      #expect(result.status == 5, "\(result.errors)")
      #expect(result.errors.contains("instance metadata service answers 503"))
    }
  }

  @Test func `the region is the instance's where nothing else names one`() async throws {
    try await AWSDesk.with { desk in
      let result = try await desk.desk.lanyard(
        ["get-token", "eks", "--cluster-name", AWSCloud.cluster],
        desk.surroundings(Self.instance(desk).merging(AWSDesk.keyVariables) { $1 })
      )
      #expect(try desk.user(of: result) == "arn:aws:iam::111122223333:user/me")
      #expect(
        desk.aws.requests.map(\.line) == [
          "PUT /latest/api/token", "GET /latest/meta-data/placement/availability-zone/",
        ]
      )
      let scope = try #require(try result.signedQuery["X-Amz-Credential"])
      #expect(scope.contains("/\(AWSCloud.region)/sts/"))
    }
  }

  @Test func `a code is typed once, and serves other clusters and whoever has no terminal`()
    async throws
  {
    try await AWSDesk.with { desk in
      let device = "arn:aws:iam::111122223333:mfa/me"
      desk.aws.requireMFA(role: "arn:aws:iam::111122223333:role/dev", device: device)
      try desk.write(
        Self.role.replacing("source_profile", with: "mfa_serial = \(device)\nsource_profile")
      )
      let words = ["--profile", "p"]
      let terminal = try TerminalConversation(
        desk.desk,
        [try Programs.lanyard] + AWSDesk.getToken + words,
        desk.surroundings()
      )
      let question = "Enter MFA code for \(device):"
      _ = try await terminal.shows { $0.contains(question) ? question : nil }
      terminal.type("123456")
      #expect(try await terminal.status() == 0, "\(terminal.screen)")
      #expect(terminal.screen.contains(#""kind":"ExecCredential""#))
      #expect(!terminal.screen.contains("123456"), "it is not shown while it is typed")
      let other = try await desk.desk.lanyard(
        ["get-token", "eks", "--cluster-name", "another", "--region", AWSCloud.region] + words,
        desk.surroundings()
      )
      #expect(other.status == 0, "\(other.errors)")
      #expect(desk.actions == ["AssumeRole"])
    }
  }

  @Test func `without a person no MFA code is asked for, and it says what to do`() async throws {
    try await AWSDesk.with { desk in
      let device = "arn:aws:iam::111122223333:mfa/me"
      desk.aws.requireMFA(role: "arn:aws:iam::111122223333:role/dev", device: device)
      try desk.write(
        Self.role.replacing("source_profile", with: "mfa_serial = \(device)\nsource_profile")
      )
      let result = try await desk.getToken(["--profile", "p"])
      #expect(result.status == 3)
      #expect(result.errors.contains("there is nobody to ask"))
      #expect(desk.actions.isEmpty)
    }
  }

  @Test func `a refusal has its code, and a service that is away its own`() async throws {
    try await AWSDesk.with { desk in
      try desk.write(Self.role)
      desk.aws.refuseNext("AccessDenied", "User is not authorized to perform: sts:AssumeRole")
      let denied = try await desk.getToken(["--profile", "p"])
      #expect(denied.status == 4)
      #expect(denied.errors.contains("trust policy"))
      desk.aws.refuseNext("Throttling", "Rate exceeded", status: 400)
      desk.aws.refuseNext("Throttling", "Rate exceeded", status: 400)
      let busy = try await desk.getToken(["--profile", "p"])
      #expect(busy.status == 5, "\(busy.errors)")
    }
  }

  @Test
  func
    `credential_process runs from the account's own file, and not from one that a kubeconfig names`()
    async throws
  {
    try await AWSDesk.with { desk in
      let printed = """
        {"Version":1,"AccessKeyId":"\(AWSCloud.accessKey)","SecretAccessKey":"\(AWSCloud.secret)"}
        """
      let program = "\(desk.desk.folder)/home/print-keys"
      try PrivateFile.write(
        "#!/bin/sh\necho run >> \(desk.desk.folder)/runs\ncat <<'X'\n\(printed)\nX\n",
        to: program
      )
      let made = try await ProcessRunner.run(["chmod", "700", program])
      #expect(made.status == 0)
      let profile = "[profile p]\ncredential_process = \(program) --for 'a b'\n"
      try desk.write(profile)
      let result = try await desk.getToken(["--profile", "p"])
      #expect(try desk.user(of: result) == "arn:aws:iam::111122223333:user/me")
      #expect(try PrivateFile.read("\(desk.desk.folder)/runs") == "run\n")
      try PrivateFile.write(profile, to: "\(desk.desk.folder)/other")
      let refused = try await desk.getToken(
        ["--profile", "p"],
        ["AWS_CONFIG_FILE": "\(desk.desk.folder)/other"]
      )
      #expect(refused.status == 7)
      #expect(refused.errors.contains("aws-credential-process"))
      #expect(try PrivateFile.read("\(desk.desk.folder)/runs") == "run\n")
    }
  }

  @Test(arguments: [
    "https://sts.evil.example", "https://a1b2.execute-api.us-east-1.amazonaws.com/p",
    "https://bucket.s3.us-west-2.amazonaws.com", "https://sts.s3.amazonaws.com",
  ])
  func `a token file is not sent to a host that a kubeconfig names`(host: String) async throws {
    try await AWSDesk.with { desk in
      try PrivateFile.write("eyJ.a.b\n", to: "\(desk.desk.folder)/token")
      try desk.desk.allow([])
      let result = try await desk.getToken(
        [],
        [
          "AWS_WEB_IDENTITY_TOKEN_FILE": "\(desk.desk.folder)/token",
          "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
          "AWS_ENDPOINT_URL_STS": host,
        ]
      )
      #expect(result.status == 7)
      #expect(result.errors.contains("aws-other-hosts"))
    }
  }

  @Test func `a token that gets too long is refused with its length`() async throws {
    try await AWSDesk.with { desk in
      let variables = AWSDesk.keyVariables.merging(
        ["AWS_SESSION_TOKEN": String(repeating: "t", count: 3000)]
      ) { $1 }
      let result = try await desk.getToken([], variables)
      #expect(result.status == 4)
      #expect(result.errors.contains("EKS takes 4096"))
    }
  }

  @Test func `nothing secret is said, however much is said`() async throws {
    try await AWSDesk.with { desk in
      try desk.write(Self.role)
      let good = try await desk.getToken(["--profile", "p", "-v"])
      #expect(good.status == 0, "\(good.errors)")
      desk.aws.refuseNext("AccessDenied", "no")
      let other = [
        "XDG_STATE_HOME": "\(desk.desk.folder)/other",
        "XDG_CACHE_HOME": "\(desk.desk.folder)/other",
      ]
      let refused = try await desk.getToken(["--profile", "p", "-v"], other)
      #expect(refused.status == 4)
      try desk.write(
        "[profile p]\naws_secret_access_key = \(AWSCloud.secret)\nbroken \(AWSCloud.secret)\n"
      )
      let broken = try await desk.getToken(["--profile", "p", "-v"])
      #expect(broken.status == 7)
      let said = good.errors + refused.errors + broken.errors
      for secret in desk.aws.secrets { #expect(!said.contains(secret)) }
      #expect(!good.errors.contains(try good.token))
    }
  }
}
