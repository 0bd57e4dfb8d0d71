// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Secrets that the user's own configuration names.
@Suite struct ConfigurationTests {
  private func words(_ desk: Desk, _ name: String = "prod") -> [String] {
    LabKubeconfig.lanyardArguments(desk.lab, clientID: "lanyard-confidential") + [
      "--grant-type", "client-credentials", "--client-secret-from", name,
    ]
  }

  /// Writes the configuration, and gives the variables that make it the account's.
  private func configure(_ desk: Desk, _ text: String) throws -> [String: String] {
    try desk.configure(text)
    return try desk.account()
  }

  /// A configuration whose secret a shell script prints, which also leaves a mark each time.
  private func script(_ desk: Desk, _ body: String) throws -> String {
    let command = "echo >> \(desk.folder)/runs; \(body)"
    return "secrets:\n  prod:\n    command: [sh, -c, '\(command)']\n"
  }

  private func runs(_ desk: Desk) -> Int {
    FileManager.default.contents(atPath: "\(desk.folder)/runs")?.count ?? 0
  }

  @Test func `a secrets manager prints the secret, once while the token is good`() async throws {
    try await Desk.with { desk in
      let account = try configure(desk, try script(desk, "echo lanyard-confidential-secret"))
      try await desk.trust()
      let first = try await desk.lanyard(words(desk), account)
      #expect(first.status == 0, "\(first.errors)")
      #expect(try await desk.lanyard(words(desk), account).output == first.output)
      #expect(runs(desk) == 1)
      #expect(desk.lab.count(.clientGrant) == 1)
    }
  }

  @Test(arguments: ["file", "env"])
  func `a file or a variable may be named as well`(way: String) async throws {
    try await Desk.with { desk in
      let file = try desk.file("secret", "lanyard-confidential-secret\n")
      let place = way == "file" ? "file: \(file)" : "env: THE_SECRET"
      var account = try configure(desk, "secrets: {prod: {\(place)}}\n")
      account["THE_SECRET"] = "lanyard-confidential-secret"
      try await desk.trust()
      let result = try await desk.lanyard(words(desk), account)
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test func `an issuer that is not trusted does not so much as run the command`() async throws {
    try await Desk.with { desk in
      let account = try configure(desk, try script(desk, "echo lanyard-confidential-secret"))
      let result = try await desk.lanyard(words(desk), account)
      #expect(result.status == 7)
      #expect(result.errors.contains("the secret prod of your configuration would be sent to"))
      #expect(runs(desk) == 0)
    }
  }

  @Test(
    arguments: [
      ("exit 3", "ended with status 3"), ("echo locked >&2; exit 1", "ended with status 1: locked"),
      ("true", "printed nothing"), ("echo a; echo b", "does not hold one line"),
    ]
  )
  func `a command that fails`(body: String, what: String) async throws {
    try await Desk.with { desk in
      let account = try configure(desk, try script(desk, body))
      try await desk.trust()
      let result = try await desk.lanyard(words(desk), account)
      #expect(result.status == 7)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains(what), "\(result.errors)")
      #expect(desk.lab.count(.requestArrived) == 0)
    }
  }

  /// Or it could say, with `VAULT_ADDR`, to whom the user's secrets manager gives the user's token.
  @Test func `a command has nothing of the kubeconfig's environment but what is passed on`()
    async throws
  {
    try await Desk.with { desk in
      let text = try script(desk, "echo $PROBE$HTTPS_PROXY")
      var account = try configure(desk, text)
      account["PROBE"] = "lanyard-confidential-secret"
      try await desk.trust()
      let result = try await desk.lanyard(words(desk), account)
      #expect(result.status == 7)
      #expect(result.errors.contains("printed nothing"), "\(result.errors)")
      _ = try configure(desk, text + "    pass: [PROBE]\n")
      #expect(try await desk.lanyard(words(desk), account).status == 0)
    }
  }

  @Test func `PATH reaches it where programs may be looked for there`() async throws {
    try await Desk.with { desk in
      let folder = "\(desk.folder)/tools"
      try PrivateFile.makeFolder(folder)
      let program = "\(folder)/print-it"
      try PrivateFile.write("#!/bin/sh\necho lanyard-confidential-secret\n", to: program)
      #expect(unsafe chmod(program, 0o700) == 0)
      let secret = "secrets: {prod: {command: [sh, -c, print-it]}}\n"
      var account = try configure(desk, secret)
      account["PATH"] = "\(folder):/usr/bin:/bin"
      try await desk.trust()
      let refused = try await desk.lanyard(words(desk), account)
      #expect(refused.status == 7)
      #expect(
        refused.errors.contains("what variables it needs stand beside it"),
        "\(refused.errors)"
      )
      _ = try configure(desk, "allow: [search-path]\n" + secret)
      #expect(try await desk.lanyard(words(desk), account).status == 0)
    }
  }

  @Test func `its own environment comes from the configuration`() async throws {
    try await Desk.with { desk in
      let text = try script(desk, "echo $PROBE; test -d \"$HOME\"")
      let account = try configure(
        desk,
        text + "    environment: {PROBE: lanyard-confidential-secret}\n"
      )
      try await desk.trust()
      let result = try await desk.lanyard(words(desk), account)
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test func `a name that is not there, a line that is wrong, a file of others`() async throws {
    try await Desk.with { desk in
      var account = try configure(desk, "secrets: {}\n")
      try await desk.trust()
      let unknown = try await desk.lanyard(words(desk), account)
      #expect(unknown.status == 7)
      #expect(unknown.errors.contains("--client-secret-from names prod"), "\(unknown.errors)")
      account = try configure(desk, "secret: {}\n")
      let wrong = try await desk.lanyard(words(desk), account)
      #expect(wrong.status == 7)
      #expect(wrong.errors.contains("line 1: secret is not known"), "\(wrong.errors)")
      let file = "\(desk.folder)/home/.config/lanyard/config.yaml"
      #expect(unsafe chmod(file, 0o666) == 0)
      let foreign = try await desk.lanyard(words(desk), account)
      #expect(foreign.status == 7)
      #expect(foreign.errors.contains("not a file that only you can write"), "\(foreign.errors)")
    }
  }

  /// A kubeconfig can set both, so that neither may say where the configuration lies.
  @Test(arguments: ["HOME", "XDG_CONFIG_HOME"])
  func `a kubeconfig cannot bring a configuration`(variable: String) async throws {
    try await Desk.with { desk in
      var account = try configure(desk, "secrets: {}\n")
      try await desk.trust()
      let other = "\(desk.folder)/scratch"
      for name in [".config", ".config/lanyard", "lanyard"] {
        try PrivateFile.makeFolder("\(other)/\(name)")
      }
      for name in [".config/lanyard", "lanyard"] {
        try PrivateFile.write(try script(desk, "echo a"), to: "\(other)/\(name)/config.yaml")
      }
      account[variable] = other
      let result = try await desk.lanyard(words(desk), account)
      #expect(result.status == 7)
      #expect(runs(desk) == 0)
    }
  }
}
