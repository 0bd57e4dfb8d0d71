// SPDX-License-Identifier: Apache-2.0

/// The private folder of a tour: home, lanyard's state, two kubeconfigs.
///
/// Nothing of the person's own is read or written.
struct TourPlace: Sendable {
  let folder: String
  /// The user runs lanyard.
  let kubeconfig: String
  /// The user has a token pasted in.
  let pastedKubeconfig: String
  /// All that the tour's commands find in their environment.
  let environment: [String: String]
  /// With what kubectl runs lanyard.
  let lanyardArguments: [String]

  init(_ lab: RunningLab, lanyard: String, outside: [String: String]) throws {
    folder = try PrivateFile.temporaryFolder(prefix: "lanyard-tour")
    for name in ["state", "cache", "config", "run", "home"] {
      try PrivateFile.makeFolder("\(folder)/\(name)")
    }
    kubeconfig = "\(folder)/kubeconfig"
    pastedKubeconfig = "\(folder)/pasted"
    let beside = lanyard.prefix(upTo: lanyard.lastIndex(of: "/") ?? lanyard.startIndex)
    var environment = [
      "HOME": "\(folder)/home",
      "XDG_STATE_HOME": "\(folder)/state",
      "XDG_CACHE_HOME": "\(folder)/cache",
      "XDG_CONFIG_HOME": "\(folder)/config",
      "XDG_RUNTIME_DIR": "\(folder)/run",
      "KUBECONFIG": kubeconfig,
      "PATH": "\(beside):\(outside["PATH"] ?? "")",
      // On macOS a browser is started unless the session came over SSH; the tour brings its own.
      "SSH_TTY": "/dev/null",
    ]
    for name in ["TMPDIR", "LANG", "LC_ALL"] { environment[name] = outside[name] }
    self.environment = environment
    let caFile = "\(folder)/ca.pem"
    lanyardArguments = LabKubeconfig.lanyardArguments(
      lab,
      caFile: lab.options.issuerTLS ? caFile : nil
    )
    try PrivateFile.write(lab.caPEM, to: caFile)
    try LabKubeconfig(lab, user: .exec(command: lanyard, arguments: lanyardArguments))
      .write(to: kubeconfig)
  }

  /// The text with the folder written as `$T`, as the tour shows it.
  func short(_ text: String) -> String { text.replacing(folder, with: "$T") }

  func remove() { PrivateFile.removeFolder(folder) }
}
