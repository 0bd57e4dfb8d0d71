// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// `lanyard login` and `lanyard logout` for a context of a kubeconfig.
@Suite struct ContextTests {
  /// A kubeconfig whose context `lab` runs lanyard.
  private func kubeconfig(_ desk: Desk) throws -> [String: String] {
    let path = "\(desk.folder)/kubeconfig"
    let user = LabKubeconfig.User.exec(command: "lanyard", arguments: desk.getToken)
    try LabKubeconfig(desk.lab, user: user).write(to: path)
    return ["KUBECONFIG": path]
  }

  /// Adds a context `work` whose user runs lanyard with these words, and `static`, whose user does not.
  private func addContexts(_ words: [String], to path: String) throws {
    let quoted = words.map { "\"\($0)\"" }.joined(separator: ", ")
    let text = try PrivateFile.read(path)
      .replacing(
        "contexts:\n",
        with: """
          contexts:
          - {name: work, context: {cluster: lab, user: work}}
          - {name: static, context: {cluster: lab, user: static}}

          """
      )
      .replacing(
        "users:\n",
        with: """
          users:
          - name: work
            user:
              exec:
                apiVersion: client.authentication.k8s.io/v1
                command: lanyard
                interactiveMode: IfAvailable
                args: [\(quoted)]
          - {name: static, user: {token: x}}

          """
      )
    try PrivateFile.write(text, to: path)
  }

  @Test func `login tells who and until when, and get-token has it ready`() async throws {
    try await Desk.with { desk in
      let variables = try kubeconfig(desk)
      let result = try await desk.logIn(["login", "lab"], as: Desk.alice, variables)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("logged in as alice"))
      #expect(result.errors.contains("the access token is good until"))
      #expect(result.errors.contains("the key is the file"), "said by the login that made the key")
      #expect(try await desk.lanyard(desk.getToken).status == 0)
      let again = try await desk.logIn(["login", "lab"], as: Desk.alice, variables)
      #expect(again.status == 0)
      #expect(!again.errors.contains("the key is the file"), "said once")
    }
  }

  @Test func `without a session the message names the context`() async throws {
    try await Desk.with { desk in
      let result = try await desk.lanyard(desk.getToken, try kubeconfig(desk))
      #expect(result.status == 3)
      #expect(result.output.isEmpty)
      #expect(result.errors == "lanyard: nobody is logged in\n  log in: lanyard login lab\n")
    }
  }

  @Test func `logout revokes at the issuer and forgets`() async throws {
    try await Desk.with { desk in
      let variables = try kubeconfig(desk)
      _ = try await desk.logIn(["login", "lab"], as: Desk.alice, variables)
      let token = try await desk.lanyard(desk.getToken)
      #expect(token.status == 0)
      let result = try await desk.lanyard(["logout", "lab"], variables)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors == "lab: logged out; the refresh token is revoked\n")
      #expect(desk.lab.count(.revocation) == 1)
      #expect(desk.lab.count(.familyRevoked) == 1)
      let after = try await desk.lanyard(desk.getToken)
      #expect(after.status == 3, "the ready credential must not survive a logout")
      #expect(after.output.isEmpty)
      let again = try await desk.lanyard(["logout", "lab"], variables)
      #expect(again.status == 0)
      #expect(again.errors == "lab: nobody was logged in\n")
    }
  }

  @Test func `logout --all forgets every context whose user runs lanyard`() async throws {
    try await Desk.with { desk in
      let variables = try kubeconfig(desk)
      let work = desk.getToken + ["--account", "work"]
      try addContexts(work, to: variables["KUBECONFIG", default: ""])
      _ = try await desk.logIn(["login"], as: Desk.alice, variables)
      _ = try await desk.logIn(["login", "work"], as: .init("bob"), variables)
      #expect(try await desk.lanyard(desk.getToken).token != desk.lanyard(work).token)
      let result = try await desk.lanyard(["logout", "--all"], variables)
      #expect(result.status == 0, "\(result.errors)")
      #expect(!result.errors.contains("static"))
      #expect(desk.lab.count(.revocation) == 2)
      #expect(try await desk.lanyard(desk.getToken).status == 3)
      #expect(try await desk.lanyard(work).status == 3)
    }
  }

  @Test func `logout --browser says the issuer's logout page, and only then`() async throws {
    try await Desk.with { desk in
      let variables = try kubeconfig(desk)
      _ = try await desk.logIn(["login"], as: Desk.alice, variables)
      let result = try await desk.lanyard(["logout", "--browser"], variables)
      #expect(result.status == 0, "\(result.errors)")
      let page = "\(desk.lab.issuer)/logout?client_id=lanyard&logout_hint=alice"
      #expect(
        result.errors == """
          lab: logged out; the refresh token is revoked
          open this address in your browser to log out at the issuer:
            \(page)

          """
      )
      let again = try await desk.lanyard(["logout", "--browser"], variables)
      #expect(again.errors == "lab: nobody was logged in\n")
    }
  }

  @Test func `logout without the issuer forgets here and says so`() async throws {
    try await Desk.with { desk in
      let variables = try kubeconfig(desk)
      _ = try await desk.logIn(["login"], as: Desk.alice, variables)
      await desk.lab.stop()
      let result = try await desk.lanyard(["logout"], variables)
      #expect(result.status == 0)
      #expect(result.errors.contains("logged out here, but not at the issuer"))
      #expect(try await desk.lanyard(desk.getToken).status == 3)
    }
  }

  @Test func `logout at an issuer that fails to revoke says so, and forgets here`() async throws {
    try await Desk.with { desk in
      let variables = try kubeconfig(desk)
      _ = try await desk.logIn(["login"], as: Desk.alice, variables)
      desk.lab.faults.set(try Fault(parsing: "status:code=503,endpoint=revocation"))
      let result = try await desk.lanyard(["logout"], variables)
      #expect(result.status == 0)
      #expect(
        result.errors.contains(
          "lab: logged out here, but not at the issuer: the issuer answered 503\n"
        ),
        "\(result.errors)"
      )
      #expect(result.errors.contains("may still work there"))
      #expect(try await desk.lanyard(desk.getToken).status == 3)
    }
  }

  @Test func `logout with other certificates than the login's sends and forgets nothing`()
    async throws
  {
    try await Desk.with { desk in
      #expect(try await desk.logIn().status == 0)
      let file = "\(desk.folder)/ca.pem"
      try PrivateFile.write(desk.lab.caPEM, to: file)
      let words = desk.getToken.drop { $0 != "--issuer-url" }
      let result = try await desk.lanyard(["logout"] + words + ["--certificate-authority", file])
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.errors.contains("trusts other certificates than the login did"))
      #expect(desk.lab.count(.revocation) == 0)
      #expect(try await desk.lanyard(desk.getToken).status == 0)
    }
  }

  /// A file of the login that is gone for good must not make its session one that cannot be ended.
  @Test func `logout forgets here what can no longer be told to the issuer`() async throws {
    try await Desk.with { desk in
      let file = "\(desk.folder)/ca.pem"
      try PrivateFile.write(desk.lab.caPEM, to: file)
      let words = desk.getToken + ["--certificate-authority", file]
      #expect(try await desk.logIn(words).status == 0)
      try PrivateFile.write("", to: file)
      let result = try await desk.lanyard(["logout"] + words.drop { $0 != "--issuer-url" })
      #expect(result.status == 0, "\(result.errors)")
      #expect(
        result.errors.contains(
          "logged out here, but not at the issuer: --certificate-authority is missing or empty"
        ),
        "\(result.errors)"
      )
      #expect(result.errors.contains("may still work there"))
      #expect(desk.lab.count(.revocation) == 0)
      let again = try await desk.lanyard(["logout"] + words.drop { $0 != "--issuer-url" })
      #expect(again.status == 7, "where there is nothing to forget, the option is the news")
      try PrivateFile.write(desk.lab.caPEM, to: file)
      #expect(try await desk.lanyard(words).status == 3)
    }
  }

  /// Nor is the secret shown to an issuer that is no longer trusted, or the session kept because of that.
  @Test func `logout forgets here what an issuer is no longer trusted with`() async throws {
    let client = LabClient("robot", secret: "a-secret", method: .secretBasic)
    try await Desk.with({ $0.clients.append(client) }) { desk in
      let account = try desk.account()
      let secret = try desk.file("secret", "a-secret\n")
      let words = LabKubeconfig.lanyardArguments(desk.lab, clientID: "robot")
      let session = desk.session(words) + ["--client-secret-file", secret]
      let login = try await desk.logIn(["login"] + session, as: Desk.alice, account)
      #expect(login.status == 0, "\(login.errors)")
      try PrivateFile.write("", to: "\(desk.folder)/home/.config/lanyard/trusted-issuers")
      let result = try await desk.lanyard(["logout"] + session, account)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("but not at the issuer: the file \(secret) would be sent to"))
      #expect(desk.lab.count(.revocation) == 0)
      #expect(try await desk.lanyard(["logout"] + session, account).status == 7)
    }
  }

  @Test func `logout of everything names what it does not understand`() async throws {
    try await Desk.with { desk in
      let variables = try kubeconfig(desk)
      try addContexts(["get-token", "oidc", "--colour", "red"], to: "\(desk.folder)/kubeconfig")
      _ = try await desk.logIn(["login", "lab"], as: Desk.alice, variables)
      let result = try await desk.lanyard(["logout", "--all"], variables)
      #expect(result.status == 7)
      #expect(result.errors.contains("lab: logged out; the refresh token is revoked"))
      #expect(
        result.errors.contains(
          "lanyard: context \"work\": its user runs lanyard with arguments that it does not know: "
            + "unknown option '--colour'"
        ),
        "\(result.errors)"
      )
      #expect(!result.errors.contains("static"))
    }
  }

  @Test func `certificates of a variable are other certificates than the login's`() async throws {
    try await Desk.with { desk in
      #expect(try await desk.logIn().status == 0)
      let file = "\(desk.folder)/ca.pem"
      try PrivateFile.write(desk.lab.caPEM, to: file)
      let words = desk.getToken.drop { $0 != "--issuer-url" }
      let result = try await desk.lanyard(["logout"] + words, ["SSL_CERT_FILE": file])
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.errors.contains("SSL_CERT_FILE trusts other certificates than the login did"))
      let asked = try await desk.lanyard(desk.getToken, ["SSL_CERT_FILE": file])
      #expect(asked.status == 7, "\(asked.errors)")
      #expect(asked.errors.contains("lanyard: SSL_CERT_FILE trusts other certificates"))
      let missing = try await desk.lanyard(["logout"] + words, ["SSL_CERT_FILE": "\(file).no"])
      #expect(missing.status == 7, "\(missing.errors)")
      #expect(missing.errors.contains("SSL_CERT_FILE names \(file).no, which does not exist"))
      #expect(desk.lab.count(.revocation) == 0)
      #expect(try await desk.lanyard(desk.getToken).status == 0)
    }
  }

  @Test func `another person is refused without --switch and accepted with it`() async throws {
    try await Desk.with { desk in
      let variables = try kubeconfig(desk)
      _ = try await desk.logIn(["login"], as: Desk.alice, variables)
      let kept = try await desk.lanyard(desk.getToken).token
      let bob = BrowserDriver.Person("bob")
      let refused = try await desk.logIn(["login"], as: bob, variables)
      #expect(refused.status == 4)
      #expect(
        refused.errors.contains("you logged in as bob, but this session belongs to alice")
      )
      #expect(refused.errors.contains("lanyard login lab --switch"))
      #expect(try await desk.lanyard(desk.getToken).token == kept)
      let switched = try await desk.logIn(["login", "--switch"], as: bob, variables)
      #expect(switched.status == 0, "\(switched.errors)")
      #expect(switched.errors.contains("logged in as bob"))
      #expect(try await desk.lanyard(desk.getToken).token != kept)
    }
  }
}
