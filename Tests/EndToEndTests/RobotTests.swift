// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// Grants that nobody logs in for.
@Suite struct RobotTests {
  @Test func `client credentials, once while the token is good`() async throws {
    try await Desk.with { desk in
      let account = try desk.account()
      let secret = try desk.file("secret", "lanyard-confidential-secret\n")
      let words =
        LabKubeconfig.lanyardArguments(desk.lab, clientID: "lanyard-confidential") + [
          "--grant-type", "client-credentials", "--client-secret-file", secret,
        ]
      try await desk.trust()
      let first = try await desk.lanyard(words, account)
      #expect(first.status == 0, "\(first.errors)")
      #expect(try first.claims["sub"]?.string == "lanyard-confidential")
      #expect(try await desk.lanyard(words, account).output == first.output)
      #expect(desk.lab.count(.clientGrant) == 1)
      let logout = try await desk.lanyard(["logout"] + desk.session(words), account)
      #expect(logout.status == 0, "\(logout.errors)")
    }
  }

  /// Without a ready credential each call of a robot is a request: that is worth a line.
  @Test func `a robot whose token cannot be kept ready is told`() async throws {
    try await Desk.with { desk in
      let (words, account) = try await robot(desk)
      let nowhere = ["XDG_RUNTIME_DIR": "/proc/x", "XDG_CACHE_HOME": "/proc/x"]
      let result = try await desk.lanyard(words, account.merging(nowhere) { $1 })
      #expect(result.status == 0)
      #expect(
        result.errors.hasPrefix(
          "every call asks anew, for no token can be kept ready: the folder /proc/x"
        ),
        "\(result.errors)"
      )
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(try await desk.lanyard(words, account).errors.isEmpty)
    }
  }

  /// Real processes: one asks the issuer, and the others find its answer.
  @Test func `twenty that ask at once are one request`() async throws {
    try await Desk.with { desk in
      let (words, account) = try await robot(desk)
      let outcomes = try await all(20, desk, words, account)
      #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes.map(\.errors))")
      #expect(Set(outcomes.map(\.output)).count == 1)
      #expect(desk.lab.count(.clientGrant) == 1)
    }
  }

  /// Real processes: one finds out that the issuer is down, and the others are told.
  @Test func `twenty that ask an issuer that is down are one request`() async throws {
    try await Desk.with { desk in
      let (words, account) = try await robot(desk)
      // The pause after a first failure is shorter than twenty processes may take to start on a busy machine.
      desk.lab.faults.set(
        try Fault(
          "status",
          grant: "client_credentials",
          parameters: ["code": "503", "header.retry-after": "600"]
        )
      )
      let outcomes = try await all(20, desk, words, account)
      #expect(outcomes.allSatisfy { $0.status == 5 && $0.output.isEmpty })
      let tried = desk.lab.log().filter { $0.kind == .requestArrived && $0.endpoint == "token" }
      #expect(tried.count == 1)
      #expect(outcomes.count { $0.errors.contains("next try in") } == 19)
    }
  }

  /// What the API server has refused is not handed out again, nor is the issuer asked at every turn.
  @Test func `a rejected token is asked for anew once`() async throws {
    try await Desk.with { desk in
      let (words, account) = try await robot(desk)
      let answers = try await desk.asksAgain(words, account)
      #expect(answers[1] != answers[0])
      #expect(answers[2] == answers[1])
      #expect(answers[3] == answers[1])
      #expect(desk.lab.count(.clientGrant) == 2)
    }
  }

  private func robot(_ desk: Desk) async throws -> ([String], [String: String]) {
    let secret = try desk.file("secret", "lanyard-confidential-secret\n")
    let words =
      LabKubeconfig.lanyardArguments(desk.lab, clientID: "lanyard-confidential") + [
        "--grant-type", "client-credentials", "--client-secret-file", secret,
      ]
    try await desk.trust()
    return (words, try desk.account())
  }

  private func all(
    _ count: Int,
    _ desk: Desk,
    _ words: [String],
    _ account: [String: String]
  ) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      for _ in 0..<count { group.addTask { try await desk.lanyard(words, account) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test func `a refused client is a wrong configuration, and nothing is printed`() async throws {
    try await Desk.with { desk in
      let account = try desk.account()
      let secret = try desk.file("secret", "another\n")
      let words =
        LabKubeconfig.lanyardArguments(desk.lab, clientID: "lanyard-confidential") + [
          "--grant-type", "client-credentials", "--client-secret-file", secret,
        ]
      try await desk.trust()
      let result = try await desk.lanyard(words, account)
      #expect(result.status == 7)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("invalid_client"))
    }
  }

  // MARK: assertions

  private func words(_ desk: Desk, _ grant: String, _ more: [String]) -> [String] {
    desk.getToken + ["--grant-type", grant] + more
  }

  @Test(arguments: ["jwt-bearer", "token-exchange"])
  func `a projected file is read again when it has changed`(grant: String) async throws {
    try await Desk.with { desk in
      let account = try desk.account()
      try await desk.trust()
      for name in ["robot-1", "robot-2"] {
        let file = try desk.file("token", desk.lab.assertion(subject: name) + "\n")
        let words = words(desk, grant, ["--assertion-file", file])
        let result = try await desk.lanyard(words, account)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.claims["sub"]?.string == name)
        #expect(try await desk.lanyard(words, account).output == result.output)
      }
      let kind: LabEvent.Kind = grant == "jwt-bearer" ? .assertionGrant : .exchangeGrant
      #expect(desk.lab.count(kind) == 2)
    }
  }

  @Test(arguments: ["jwt-bearer", "token-exchange"])
  func `a variable`(grant: String) async throws {
    try await Desk.with { desk in
      try await desk.trust()
      for name in ["robot-1", "robot-2"] {
        var variables = try desk.account()
        variables["ROBOT_TOKEN"] = try desk.lab.assertion(subject: name)
        let words = words(desk, grant, ["--assertion-env", "ROBOT_TOKEN"])
        let result = try await desk.lanyard(words, variables)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.claims["sub"]?.string == name)
      }
    }
  }

  @Test func `an ID token, if it is asked for`() async throws {
    try await Desk.with { desk in
      try await desk.trust()
      let file = try desk.file("token", desk.lab.assertion(subject: "robot"))
      let words = words(desk, "jwt-bearer", ["--assertion-file", file, "--token", "id"])
      let result = try await desk.lanyard(words + ["--scope", "openid"], desk.account())
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.claims["aud"]?.string == "lanyard")
    }
  }

  @Test func `an expired assertion is refused`() async throws {
    try await Desk.with { desk in
      try await desk.trust()
      let file = try desk.file("token", desk.lab.assertion(subject: "robot", lifetime: -10))
      let result = try await desk.lanyard(
        words(desk, "jwt-bearer", ["--assertion-file", file]),
        desk.account()
      )
      #expect(result.status == 4, "\(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  @Test func `a token that is handed on as it is`() async throws {
    try await Desk.with { desk in
      try await desk.trust()
      let token = try desk.lab.assertion(subject: "robot", audience: "kubernetes")
      let file = try desk.file("token", token)
      let words = words(desk, "given", ["--assertion-file", file])
      let result = try await desk.lanyard(words, desk.account())
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.token == token)
      #expect(desk.lab.count(.requestArrived) == 0)
    }
  }

  // MARK: jobs of GitHub Actions

  /// Another lab plays the service that gives jobs their tokens; it answers with a canned one.
  private func withService(
    _ desk: Desk,
    _ body: (RunningLab, [String: String]) async throws -> Void
  )
    async throws
  {
    let service = try await Lab.start()
    let token = try desk.lab.assertion(subject: "repo:octo/app")
    let fault = try Fault(
      "status",
      endpoint: "userinfo",
      times: nil,
      parameters: [
        "code": "200", "type": "application/json", "body": "{\"value\":\"\(token)\"}",
      ]
    )
    service.faults.set(fault)
    var variables = try desk.account()
    variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "\(service.issuer)/userinfo?version=1"
    variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "job-secret"
    do {
      try await body(service, variables)
      await service.stop()
    } catch {
      await service.stop()
      throw error
    }
  }

  @Test func `a job's token goes only where it may`() async throws {
    try await Desk.with { desk in
      try await withService(desk) { service, variables in
        let words = words(desk, "jwt-bearer", ["--assertion-from", "github-actions"])
        let untrusted = try await desk.lanyard(words, variables)
        #expect(untrusted.status == 7, "the issuer is not trusted")
        try await desk.trust()
        let elsewhere = try await desk.lanyard(words, variables)
        #expect(elsewhere.status == 7, "\(elsewhere.errors)")
        #expect(elsewhere.errors.contains("lanyard trust \(service.issuer)"))
        #expect(service.count(.requestArrived) == 0)
        try await desk.trust(service.issuer)
        let result = try await desk.lanyard(words, variables)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.claims["sub"]?.string == "repo:octo/app")
        #expect(service.count(.requestArrived) == 1)
      }
    }
  }

  @Test func `outside a job that is said`() async throws {
    try await Desk.with { desk in
      try await desk.trust()
      let words = words(desk, "jwt-bearer", ["--assertion-from", "github-actions"])
      let result = try await desk.lanyard(words, desk.account())
      #expect(result.status == 7)
      #expect(result.errors.contains("id-token: write"))
    }
  }

  // MARK: passwords

  @Test func `a password in a file logs in, renews and logs out`() async throws {
    try await Desk.with { desk in
      let account = try desk.account()
      let file = try desk.file("password", "alice\n")
      let words = words(desk, "password", ["--username", "alice", "--password-file", file])
      try await desk.trust()
      desk.lab.faults.set(try Fault("expires", grant: "password", parameters: ["seconds": "1"]))
      let first = try await desk.lanyard(words, account)
      #expect(first.status == 0, "\(first.errors)")
      try await Task.sleep(for: .seconds(1.1))
      let second = try await desk.lanyard(words, account)
      #expect(second.status == 0, "\(second.errors)")
      #expect(try second.token != first.token)
      #expect(desk.lab.count(.passwordGrant) == 1)
      #expect(desk.lab.count(.refresh) == 1)
      let logout = try await desk.lanyard(["logout"] + desk.session(words), account)
      #expect(logout.errors.contains("the refresh token is revoked"), "\(logout.errors)")
    }
  }

  @Test func `a wrong password is refused, and not sent again at once`() async throws {
    try await Desk.with { desk in
      let account = try desk.account()
      let file = try desk.file("password", "wrong\n")
      let words = words(desk, "password", ["--username", "alice", "--password-file", file])
      try await desk.trust()
      #expect(try await desk.lanyard(words, account).status == 4)
      #expect(try await desk.lanyard(words, account).status == 3)
    }
  }
}
