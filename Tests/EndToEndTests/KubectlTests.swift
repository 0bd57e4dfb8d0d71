// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The real kubectl.
@Suite(.serialized, .enabled(if: ProcessRunner.find("kubectl") != nil, "there is no kubectl"))
struct KubectlTests {
  private static let life = 6

  @Test func `one login, then a renewal whenever one is due`() async throws {
    try await Desk.with({ $0.accessLifetime = Self.life }) { desk in
      let kubectl = try #require(ProcessRunner.find("kubectl"))
      let path = "\(desk.folder)/kubeconfig"
      let user = LabKubeconfig.User.exec(
        command: try Programs.lanyard,
        arguments: desk.getToken + ["--login", "browser"]
      )
      try LabKubeconfig(desk.lab, user: user).write(to: path)
      let command = [kubectl, "--kubeconfig", path, "get", "pods"]
      let first = try desk.start(command)
      try await desk.answer(first)
      let pods = try await first.result()
      #expect(pods.status == 0, "\(pods.errors)")
      #expect(pods.output.hasPrefix("NAME"))
      let deadline = ContinuousClock.now + .seconds(180)
      while try lived(desk.lab) < 3 * Self.life * 1000 || desk.lab.count(.refresh) < 3 {
        try #require(ContinuousClock.now < deadline, "no three renewals in three minutes")
        let result = try await ProcessRunner.run(command, environment: desk.environment)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == pods.output)
        try await Task.sleep(for: .milliseconds(200))
      }
      #expect(desk.lab.count(.login) == 1)
      #expect(desk.lab.logins == 1)
      #expect(desk.lab.replays == 0)
      expectRenewalsOnlyWhenDue(desk.lab)
    }
  }

  /// Milliseconds from the login to the last request, as the lab noted them.
  private func lived(_ lab: RunningLab) throws -> Int {
    let log = lab.log()
    let login = try #require(log.first { $0.kind == .codeGrant })
    return try #require(log.last).milliseconds - login.milliseconds
  }

  /// A token is due at 80 % of its life, which may have begun up to a second before it was given.
  private func expectRenewalsOnlyWhenDue(_ lab: RunningLab) {
    let issued = lab.log().filter { [.codeGrant, .refresh].contains($0.kind) }.map(\.milliseconds)
    #expect(issued.count >= 4)
    for (earlier, later) in zip(issued, issued.dropFirst()) {
      #expect(later - earlier >= Self.life * 800 - 1000, "renewed before it was due")
    }
  }

  @Test func `a cluster that says where to log in`() async throws {
    try await Desk.with { desk in
      let kubectl = try #require(ProcessRunner.find("kubectl"))
      let path = "\(desk.folder)/kubeconfig"
      let user = LabKubeconfig.User.exec(
        command: try Programs.lanyard,
        arguments: ["get-token", "oidc", "--login", "browser"]
      )
      let text = LabKubeconfig(desk.lab, user: user).text
        .replacing("provideClusterInfo: false", with: "provideClusterInfo: true")
        .replacing(
          "  cluster:\n    server:",
          with: """
              cluster:
                extensions:
                - name: client.authentication.k8s.io/exec
                  extension: {issuer-url: "\(desk.lab.issuer)", client-id: lanyard}
                server:
            """
        )
      try PrivateFile.write(text, to: path)
      let command = [kubectl, "--kubeconfig", path, "get", "pods"]
      let first = try desk.start(command)
      try await desk.answer(first)
      let pods = try await first.result()
      #expect(pods.status == 0, "\(pods.errors)")
      #expect(pods.output.hasPrefix("NAME"))
      let again = try await ProcessRunner.run(command, environment: desk.environment)
      #expect(again.output == pods.output, "\(again.errors)")
      #expect(desk.lab.logins == 1)
      let logout = try await desk.lanyard(["logout", "lab", "--kubeconfig", path])
      #expect(logout.errors == "lab: logged out; the refresh token is revoked\n")
    }
  }

  @Test func `the block of the README, with another issuer`() async throws {
    try await Desk.with { desk in
      let readme = try PrivateFile.read("\(Programs.repository)/README.md")
      let line = try #require(
        readme.split(separator: "\n").first { $0.hasPrefix("kubectl config set-credentials") }
      )
      let path = "\(desk.folder)/kubeconfig"
      try LabKubeconfig(desk.lab, user: .token("none")).write(to: path)
      let variables = desk.environment.merging([
        "KUBECONFIG": path,
        "PATH": "\(Programs.repository)/.build/release:\(desk.environment["PATH", default: ""])",
      ]) { _, new in new }
      for words in [String(line), "kubectl config set-context --current --user=me"] {
        let result = try await ProcessRunner.run(["/bin/sh", "-c", words], environment: variables)
        #expect(result.status == 0, "\(result.errors)")
      }
      #expect(readme.contains("kubectl config set-context --current --user=me"))
      let written = try PrivateFile.read(path)
      #expect(written.contains("https://id.example.com/realms/dev"))
      try PrivateFile.write(
        written.replacing("https://id.example.com/realms/dev", with: desk.lab.issuer)
          .replacing("client-id=kubernetes", with: "client-id=lanyard"),
        to: path
      )
      let login = try await desk.logIn(["login"], as: Desk.alice, variables)
      #expect(login.status == 0, "\(login.errors)")
      let pods = try await ProcessRunner.run(["kubectl", "get", "pods"], environment: variables)
      #expect(pods.status == 0, "\(pods.errors)")
      #expect(pods.output.hasPrefix("NAME"))
    }
  }
}
