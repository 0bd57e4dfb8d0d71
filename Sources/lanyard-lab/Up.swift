// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

/// `lanyard-lab up`: both servers, until Ctrl-C.
struct Up: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Start both servers, write a kubeconfig, say what to try, and run until Ctrl-C.",
    discussion: """
      Faults make the identity provider misbehave: --fault NAME[:KEY=VALUE,…]. Where and how often: endpoint=, \
      grant= (authorization_code, refresh_token, device_code, client_credentials, password, token_exchange, \
      jwt_bearer), client=, skip=N, times=N|forever (once unless told). For example \
      --fault status:code=429,retry-after=7,grant=refresh_token,times=2. The names:

      \(FaultKind.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))
      """
  )

  @OptionGroup var setup: LabSetup

  @Option(help: "Where to write the kubeconfig.", completion: .file())
  var kubeconfig: String?

  @Option(
    help:
      "The folder for what the lab writes. Unless given, a new one in the temporary folder, which is removed at the end."
  )
  var state: String?

  @Option(help: "Write a JSON file with all addresses once everything is ready, for scripts.")
  var readyFile: String?

  func run() async throws {
    let options = try setup.options()
    let lab = try await Lab.start(options, stoppingOnSignals: true)
    var ownFolder: String?
    defer { if let ownFolder { PrivateFile.removeFolder(ownFolder) } }
    do {
      if state == nil { ownFolder = try PrivateFile.temporaryFolder(prefix: "lanyard-lab") }
      let files = try LabFiles.write(
        lab,
        folder: state ?? ownFolder ?? "",
        kubeconfig: kubeconfig,
        lanyard: setup.common.lanyard,
        clientID: setup.clientID
      )
      print(files.welcome(lab), terminator: "")
      flushOutput()
      if let readyFile { try PrivateFile.write(files.ready(lab).text + "\n", to: readyFile) }
    } catch {
      await lab.stop()
      throw error
    }
    await lab.waitUntilStopped()
    print("the lab is closed")
  }
}
