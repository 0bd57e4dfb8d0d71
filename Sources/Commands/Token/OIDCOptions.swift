// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import Credentials

extension LoginPreference: ExpressibleByArgument {}
extension TokenKind: ExpressibleByArgument {}

/// The options of `get-token oidc`, which `login` and `logout` read from a kubeconfig or take themselves.
package struct OIDCOptions: ParsableArguments {
  /// The issuer, as configured.
  @Option(
    help: "The issuer, as its discovery document spells it: https://id.example.com/realms/dev."
  )
  package var issuerURL: String?

  /// The OAuth client.
  @Option(help: "The OAuth client that kubectl logs in as.")
  package var clientID: String?

  /// Path of the file with the client's secret.
  @Option(
    help: ArgumentHelp(
      "A file with the client's secret, for confidential clients. It is sent only to an issuer that you trusted.",
      valueName: "file"
    )
  )
  package var clientSecretFile: String?

  /// Scopes beside `openid` and `offline_access`.
  @Option(
    name: .customLong("scope"),
    help: "A scope to ask for beside openid and offline_access; may be given several times."
  )
  package var scopes: [String] = []

  /// The `audience` parameter.
  @Option(help: "The audience parameter, for issuers that want one.")
  package var audience: String?

  /// Path of a file with certificates (PEM).
  @Option(
    help: ArgumentHelp(
      "Certificates (PEM) that are trusted for the issuer beside the system's.",
      valueName: "file"
    )
  )
  package var certificateAuthority: String?

  /// The account label.
  @Option(help: "A label that keeps two logins at one issuer apart.")
  package var account: String?

  /// How to log in.
  @Option(help: "How to log in: auto decides by who is there.")
  package var login: LoginPreference = .auto

  /// `HOST:PORT` on loopback, in order of preference.
  @Option(
    name: .customLong("listen-address"),
    help: ArgumentHelp(
      "Where to wait for the browser, on loopback; may be given several times, the first free one is taken.",
      valueName: "host:port"
    )
  )
  package var listenAddresses: [String] = []

  /// The token that was asked for; nil if nothing was said.
  @Option(
    name: .customLong("token"),
    help: "Which token goes to the API server; id unless it is said."
  )
  package var wantedToken: TokenKind?

  /// Which token goes to the API server.
  package var token: TokenKind { wantedToken ?? .id }

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// Throws a usage error for options that contradict each other.
  package func validate() throws {
    if login == .device || login == .never, !listenAddresses.isEmpty {
      throw ValidationError(
        "--listen-address is for a login with a browser and contradicts --login \(login.rawValue)"
      )
    }
    for scope in scopes where scope.isEmpty || scope.contains(where: \.isWhitespace) {
      throw ValidationError("--scope takes one scope at a time, without blanks")
    }
  }
}

extension OIDCOptions {
  /// Whether nothing was said of what decides which session is meant; how to log in is not part of that.
  package var nameNoSession: Bool { words.isEmpty && wantedToken == nil }

  /// The options as words of a command line, for a message that tells what to run.
  package var words: [String] {
    var words: [String] = []
    func add(_ name: String, _ value: String?) {
      if let value { words += [name, value] }
    }
    add("--issuer-url", issuerURL)
    add("--client-id", clientID)
    add("--client-secret-file", clientSecretFile)
    scopes.forEach { add("--scope", $0) }
    add("--audience", audience)
    add("--certificate-authority", certificateAuthority)
    add("--account", account)
    if token != .id { add("--token", token.rawValue) }
    return words
  }
}

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say on stderr what is being done, and the causes of a failure.")
  var verbose = false
}

/// Which kubeconfig and which of its contexts.
struct KubeconfigOptions: ParsableArguments {
  @Option(help: "The kubeconfig to read, instead of KUBECONFIG and ~/.kube/config.")
  var kubeconfig: String?

  @Option(help: "The context, for those who are used to kubectl.")
  var context: String?
}
