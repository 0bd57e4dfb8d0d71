// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// gcloud's own sign-in, read from its files.
@Suite struct GcloudTests {
  private typealias Token = GoogleDesk.Token

  @Test func `a token that gcloud keeps is used, and nobody is asked`() async throws {
    try await GoogleDesk.with { desk in
      let token = desk.google.accessToken("me@example.com")
      try await desk.signIn(
        "me@example.com",
        tokens: [Token(account: "me@example.com", token: token)]
      )
      let result = try await desk.getToken()
      #expect(try await desk.user(of: result) == "me@example.com")
      #expect(try result.token == token)
      #expect(desk.lines.isEmpty)
    }
  }

  @Test func `a token about to end is renewed once, for every cluster of the account`() async throws
  {
    try await GoogleDesk.with { desk in
      let old = Token(account: "me@example.com", token: "ya29.old", expiry: "2020-01-01 00:00:00")
      try await desk.signIn("me@example.com", tokens: [old])
      let first = try await desk.getToken()
      #expect(try await desk.user(of: first) == "me@example.com")
      // Other arguments are another ready credential, and still the same identity.
      let second = try await desk.getToken(["--account", "me@example.com"])
      #expect(try second.token == first.token)
      #expect(desk.lines == ["POST /google/token"])
    }
  }

  @Test func `twelve processes at once ask once`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      desk.google.setDelay(0.5)
      let variables = try desk.surroundings()
      let tokens = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<12 {
          group.addTask {
            let result = try await desk.desk.lanyard(["get-token", "gke"], variables)
            #expect(result.status == 0, "\(result.errors)")
            return try result.token
          }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(tokens.count == 1)
      #expect(desk.lines == ["POST /google/token"])
    }
  }

  @Test func `two accounts are two identities, whichever is active`() async throws {
    try await GoogleDesk.with { desk in
      let rows = ["me@example.com", "you@example.com"].map { email in
        (account: email, credential: desk.google.authorizedUser(email, base: desk.base))
      }
      try await desk.signIn(rows)
      try desk.configure("me@example.com")
      #expect(try await desk.user(of: desk.getToken()) == "me@example.com")
      let other = try await desk.getToken(["--account", "you@example.com"])
      #expect(try await desk.user(of: other) == "you@example.com")
      // The same words as the first time, after `gcloud config set account`.
      try desk.configure("you@example.com")
      #expect(try await desk.getToken().token == other.token)
      try desk.configure("me@example.com", named: "work")
      #expect(try await desk.user(of: desk.getToken()) == "me@example.com")
      let active = try await desk.getToken([], ["CLOUDSDK_ACTIVE_CONFIG_NAME": "default"])
      #expect(try await desk.user(of: active) == "you@example.com")
      #expect(desk.lines.count == 2)
    }
  }

  @Test func `a new sign-in of the same account is another identity`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let first = try await desk.getToken()
      try await desk.signIn("me@example.com")
      let second = try await desk.getToken()
      #expect(try await desk.user(of: second) == "me@example.com")
      #expect(try first.token != second.token)
    }
  }

  @Test(
    .enabled(if: ProcessRunner.find("gcloud") != nil, "there is no gcloud")
  ) func `an account that the real gcloud switches to`() async throws {
    try await GoogleDesk.with { desk in
      let rows = ["me@example.com", "you@example.com"].map { email in
        (account: email, credential: desk.google.authorizedUser(email, base: desk.base))
      }
      try await desk.signIn(rows)
      for email in ["me@example.com", "you@example.com", "me@example.com"] {
        let variables = desk.desk.environment.merging(["CLOUDSDK_CORE_DISABLE_PROMPTS": "1"]) { $1 }
        let switched = try await ProcessRunner.run(
          ["gcloud", "config", "set", "account", email],
          environment: variables
        )
        #expect(switched.status == 0, "\(switched.errors)")
        #expect(try await desk.user(of: desk.getToken()) == email)
      }
      #expect(desk.lines.count == 2)
    }
  }

  @Test func `an account that gcloud does not have`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let result = try await desk.getToken(["--account", "you@example.com"])
      #expect(result.status == 3)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("gcloud auth login you@example.com"), "\(result.errors)")
    }
  }

  @Test(arguments: [
    GoogleRefusal("invalid_grant", "reauth related error (invalid_rapt)", subtype: "invalid_rapt"),
    GoogleRefusal("invalid_grant", "Bad Request", subtype: "rapt_required"),
    GoogleRefusal("invalid_grant", "Token has been expired or revoked."),
  ]) func `who has to sign in again is told how`(refusal: GoogleRefusal) async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      desk.google.refuse([refusal])
      let result = try await desk.getToken()
      #expect(result.status == 3, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("run: gcloud auth login me@example.com"), "\(result.errors)")
    }
  }

  @Test func `a sign-in that is revoked does not live on`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      desk.google.setLife(4)
      let first = try await desk.getToken()
      #expect(first.status == 0, "\(first.errors)")
      desk.google.revokeSignIns()
      // Sooner or later the short token is due, and nothing stands in for it.
      let end = try await eventually("the refusal") {
        let result = try await desk.getToken()
        return result.status == 0 ? nil : result
      }
      #expect(end.status == 3, "\(end.errors)")
    }
  }

  @Test(arguments: ["CLOUDSDK_AUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", "file"])
  func `an access token that is given`(way: String) async throws {
    try await GoogleDesk.with { desk in
      let token = desk.google.accessToken("robot@example.com")
      let file = try desk.desk.file("token", "\(token)\n")
      var variables: [String: String] = [:]
      switch way {
      case "file": try desk.configure("me@example.com", "[auth]\naccess_token_file = \(file)\n")
      case "CLOUDSDK_AUTH_ACCESS_TOKEN": variables[way] = token
      default: variables[way] = file
      }
      let result = try await desk.getToken([], variables)
      #expect(try await desk.user(of: result) == "robot@example.com")
      #expect(try result.credential["status"]?["expirationTimestamp"] == nil)
      #expect(desk.lines.isEmpty)
    }
  }

  @Test func `a credential file that gcloud is told to use, as in jobs of CI systems`() async throws
  {
    try await GoogleDesk.with { desk in
      let key = try desk.google.serviceAccount("ci@lab.iam.gserviceaccount.com", base: desk.base)
      let file = try desk.desk.file("key.json", key.text)
      let variables = ["CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE": file]
      let result = try await desk.getToken([], variables)
      #expect(try await desk.user(of: result) == "ci@lab.iam.gserviceaccount.com")
    }
  }

  @Test(arguments: ["option", "property", "variable"])
  func `a service account to act as`(way: String) async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let account = "deployer@lab.iam.gserviceaccount.com"
      var words: [String] = []
      var variables = desk.endpoint
      switch way {
      case "option": words = ["--impersonate-service-account", account]
      case "property":
        try desk.configure("me@example.com", "[auth]\nimpersonate_service_account = \(account)\n")
      default: variables["CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT"] = account
      }
      let first = try await desk.getToken(words, variables)
      #expect(try await desk.user(of: first) == account)
      // A verbose run is another ready credential of the same identity.
      let second = try await desk.getToken(words + ["-v"], variables)
      #expect(try second.token == first.token)
      #expect(desk.lines.count == 2)
    }
  }

  @Test func `a service account that one may not act as`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      desk.google.deny("other@lab.iam.gserviceaccount.com")
      let words = ["--impersonate-service-account", "other@lab.iam.gserviceaccount.com"]
      let result = try await desk.getToken(words, desk.endpoint)
      #expect(result.status == 4)
      #expect(result.errors.contains("roles/iam.serviceAccountTokenCreator"), "\(result.errors)")
    }
  }
}
