// SPDX-License-Identifier: Apache-2.0

/// A kubeconfig with one context, `lab`, for a running lab.
package struct LabKubeconfig: Sendable {
  /// How the user of the context gets its token.
  package enum User: Sendable {
    /// kubectl runs this program and these arguments (client.authentication.k8s.io/v1).
    case exec(command: String, arguments: [String])
    /// A token pasted in.
    case token(String)
  }

  /// The first line of every kubeconfig written here; a file without it is not overwritten.
  package static let marker = "# written by lanyard-lab, which will overwrite it\n"

  /// The kubeconfig, YAML.
  package let text: String

  /// For a lab and a user of it.
  package init(_ lab: RunningLab, user: User) {
    text = """
      \(Self.marker)apiVersion: v1
      kind: Config
      current-context: lab
      clusters:
      - name: lab
        cluster:
          server: \(Self.quote(lab.apiServerURL))
          certificate-authority-data: \(Base64Text.encode(lab.caPEM))
      contexts:
      - name: lab
        context:
          cluster: lab
          user: lab
          namespace: default
      users:
      - name: lab
        user:
      \(Self.lines(user))

      """
  }

  /// The arguments with which lanyard gets a token for the lab.
  ///
  /// `caFile` is needed when the issuer speaks TLS.
  package static func lanyardArguments(
    _ lab: RunningLab,
    clientID: String = "lanyard",
    caFile: String? = nil
  ) -> [String] {
    var arguments = ["get-token", "oidc", "--issuer-url", lab.issuer, "--client-id", clientID]
    if let caFile { arguments += ["--certificate-authority", caFile] }
    return arguments
  }

  /// Writes the file, mode 0600; throws `LabError.file` when something else lies there.
  package func write(to path: String) throws {
    try PrivateFile.write(text, to: path, replacingOnly: Self.marker)
  }

  private static func lines(_ user: User) -> String {
    switch user {
    case .token(let token):
      return "    token: \(quote(token))"
    case .exec(let command, let arguments):
      let items = arguments.map { "      - \(quote($0))" }.joined(separator: "\n")
      return """
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: \(quote(command))
              interactiveMode: IfAvailable
              provideClusterInfo: false
              args:
        \(items)
        """
    }
  }

  /// A double-quoted YAML scalar; JSON strings are such.
  private static func quote(_ text: String) -> String { JSONValue.string(text).text }
}
