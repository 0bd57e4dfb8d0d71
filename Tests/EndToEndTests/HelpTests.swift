// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// The help texts, each as the file in `Help` that has the command's name.
///
/// To write those files anew, and then look at what has changed:
///
///     WRITE_HELP=1 swift test -c release --skip-build --disable-xctest --filter HelpTests
@Suite struct HelpTests {
  static let commands = [
    "", "get-token", "get-token oidc", "get-token eks", "get-token gke", "get-token aks", "login",
    "logout", "trust",
  ]

  @Test(arguments: commands)
  func `the help is that of the file`(command: String) async throws {
    let words = command.split(separator: " ").map(String.init)
    let result = try await ProcessRunner.run(
      [try Programs.lanyard] + words + ["--help"],
      environment: ["HOME": "/nowhere"]
    )
    #expect(result.status == 0, "\(result.errors)")
    let name = words.isEmpty ? "lanyard" : words.joined(separator: "-")
    let path = "\(Programs.repository)/Tests/EndToEndTests/Help/\(name).txt"
    if ProcessRunner.environment["WRITE_HELP"] != nil {
      try PrivateFile.write(result.output, to: path)
    }
    #expect(try PrivateFile.read(path) == result.output, "see HelpTests for how to write it anew")
  }

  @Test func `contexts are completed`() async throws {
    try await Desk.with { desk in
      let path = "\(desk.folder)/kubeconfig"
      let user = LabKubeconfig.User.exec(command: "lanyard", arguments: desk.getToken)
      try LabKubeconfig(desk.lab, user: user).write(to: path)
      let words = ["---completion", "login", "--", "positional@0", "2", "0", "lanyard", "login"]
      let found = try await desk.lanyard(words + [""], ["KUBECONFIG": path])
      #expect(found.output == "lab\n", "\(found)")
      let named = try await desk.lanyard(words + ["--kubeconfig", path])
      #expect(named.output == "lab\n", "\(named)")
      #expect(try await desk.lanyard(words + [""]).output == "\n")
    }
  }
}
