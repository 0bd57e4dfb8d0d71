// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// No secret that options name goes to an issuer that was not trusted, not even a signature or a handshake.
@Suite struct TrustTests {
  static let secrets: [[String]] = [
    ["--client-secret-file", "FILE"],
    ["--client-secret-env", "A_SECRET"],
    ["--client-key-file", "KEY"],
    ["--client-key-file", "KEY", "--client-certificate-file", "CERTIFICATE"],
    ["--grant-type", "client-credentials", "--client-secret-file", "FILE"],
    ["--grant-type", "password", "--username", "alice", "--password-file", "FILE"],
    ["--grant-type", "password", "--username", "alice", "--password-env", "A_SECRET"],
    ["--grant-type", "jwt-bearer", "--assertion-file", "FILE"],
    ["--grant-type", "jwt-bearer", "--assertion-env", "A_SECRET"],
    ["--grant-type", "token-exchange", "--assertion-file", "FILE"],
    ["--grant-type", "token-exchange", "--assertion-env", "A_SECRET"],
    ["--grant-type", "jwt-bearer", "--assertion-from", "github-actions"],
    ["--grant-type", "given", "--assertion-file", "FILE"],
    ["--grant-type", "given", "--assertion-env", "A_SECRET"],
  ]

  @Test(arguments: secrets) func `an issuer that was not trusted gets nothing`(options: [String])
    async throws
  {
    let certificate = try ClientCertificate.selfSigned("robot")
    try await Desk.with { desk in
      let files = [
        "FILE": try desk.file("secret", "a-secret\n"),
        "KEY": try desk.file("key.pem", certificate.keyPEM),
        "CERTIFICATE": try desk.file("client.pem", certificate.certificatePEM),
      ]
      var variables = try desk.account()
      variables["A_SECRET"] = "a-secret"
      variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "\(desk.lab.issuer)/userinfo"
      variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "a-secret"
      let words = desk.getToken + options.map { files[$0] ?? $0 }
      let result = try await desk.lanyard(words + ["--login", "browser"], variables)
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("lanyard trust \(desk.lab.issuer)"), "\(result.errors)")
      #expect(!result.errors.contains("a-secret"))
      #expect(desk.lab.count(.requestArrived) == 0)
      let logout = try await desk.lanyard(["logout"] + desk.session(words), variables)
      #expect(logout.status == 7, "\(logout.errors)")
      #expect(desk.lab.count(.requestArrived) == 0)
    }
  }

  /// `exec.env` of a kubeconfig must not choose the program that `lanyard login` starts.
  @Test(arguments: [true, false]) func `who chooses the browser`(theirs: Bool) async throws {
    try await Desk.with { desk in
      let started = "\(desk.folder)/started"
      let program = try desk.file("browser", "#!/bin/sh\necho \"$1\" > '\(started)'\nsleep 2\n")
      _ = try await ProcessRunner.run(["chmod", "700", program])
      let path = "\(desk.folder)/kubeconfig"
      let user = LabKubeconfig.User.exec(command: "lanyard", arguments: desk.getToken)
      var text = LabKubeconfig(desk.lab, user: user).text
      if theirs {
        text = text.replacing(
          "interactiveMode:",
          with: "env: [{name: BROWSER, value: \"\(program)\"}]\n      interactiveMode:"
        )
      }
      try PrivateFile.write(text, to: path)
      var variables = ["KUBECONFIG": path, "DISPLAY": ":99"]
      if !theirs { variables["BROWSER"] = program }
      let result = try await desk.logIn(["login", "lab"], as: Desk.alice, variables)
      #expect(result.status == 0, "\(result.errors)")
      #expect(((try? PrivateFile.read(started)) != nil) == !theirs)
    }
  }
}
