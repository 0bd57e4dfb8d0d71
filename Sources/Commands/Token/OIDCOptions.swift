// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import Credentials
import Host
import OAuth

extension LoginPreference: Choice {}
extension TokenKind: Choice {}

/// The options of `get-token oidc`, which `login` and `logout` read from a kubeconfig or take themselves.
package struct OIDCOptions: ParsableArguments {
  /// What has to be said, and is shown first.
  @OptionGroup(title: "Issuer and client") package var issuer: IssuerOptions

  /// The name of a preset.
  @Option(
    help: ArgumentHelp(
      "What kind of provider it is, for its defaults; recognised by the issuer unless said.",
      valueName: "name"
    )
  )
  package var provider: String?

  /// Scopes beside `openid` and `offline_access`.
  @Option(
    name: .customLong("scope"),
    help: "A scope to ask for beside openid and offline_access; may be given several times."
  )
  package var scopes: [String] = []

  /// Path of a file with certificates (PEM).
  @Option(
    help: ArgumentHelp(
      "Certificates (PEM) that are trusted for the issuer beside the system's.",
      valueName: "file"
    ),
    completion: .file()
  )
  package var certificateAuthority: String?

  /// The account label.
  @Option(help: "A label that keeps two logins at one issuer apart.")
  package var account: String?

  /// How to log in, as it was asked for; nil if nothing was said.
  @Option(
    name: .customLong("login"),
    help: "How to log in: auto decides by who is there; auto unless it is said."
  )
  package var wantedLogin: LoginPreference?

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

  /// How the client shows who it is.
  @OptionGroup(title: "Client") package var client: ClientOptions

  /// Which grant gives the tokens.
  @OptionGroup(title: "Grants") package var grant: GrantOptions

  /// What is asked of the issuer beside scopes.
  @OptionGroup(title: "Authorization") package var authorization: AuthorizationOptions

  /// Which token goes to the API server: the ID token of a person, the access token of a robot, unless it is said.
  package var token: TokenKind { wantedToken ?? (grant.grantType.isUnattended ? .access : .id) }

  /// The issuer, as configured.
  package var issuerURL: String? { issuer.issuerURL }

  /// The OAuth client.
  package var clientID: String? { issuer.clientID }

  /// How to log in.
  package var login: LoginPreference { wantedLogin ?? .auto }

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// Throws a usage error for options that contradict each other.
  package func validate() throws {
    if let option = optionOfBrowsers {
      throw ValidationError(
        "\(option) is for a login with a browser and contradicts --login \(login.rawValue)"
      )
    }
    for address in listenAddresses where LoopbackAddress(address) == nil {
      throw ValidationError(
        "--listen-address takes an address on loopback, such as 127.0.0.1:8000, not \"\(address)\""
      )
    }
    if authorization.redirectURI != nil, !listenAddresses.isEmpty {
      throw ValidationError("--redirect-uri says where to listen and contradicts --listen-address")
    }
    if authorization.dpop == .always, grant.grantType.isUnattended || wantedToken == .access {
      throw ValidationError(
        "--dpop always binds the refresh token of a login, and no token that an API server gets"
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

  /// An option about the way back from the browser, where the login is to be without one; nil if there is none.
  ///
  /// What `never` bars is a login by `get-token`; one by hand comes back as it is registered.
  private var optionOfBrowsers: String? {
    guard login == .device || login == .never else { return nil }
    if !listenAddresses.isEmpty { return "--listen-address" }
    guard login == .device else { return nil }
    if authorization.redirectURI != nil { return "--redirect-uri" }
    return authorization.responseMode == .query ? nil : "--response-mode"
  }

  /// The options that log in as these say, as words of a command line.
  package var loginWords: [String] {
    var words = OptionWords()
    words.add("--listen-address", each: listenAddresses)
    // What is done anyway is not said; and never would not log in.
    if login != .never { words.add("--login", login, unless: .auto) }
    return self.words + words.words
  }

  /// The options as words of a command line, for a message that tells what to run.
  package var words: [String] {
    var words = OptionWords()
    words.add("--issuer-url", issuerURL)
    words.add("--provider", provider)
    words.add("--client-id", clientID)
    client.add(to: &words)
    words.add("--scope", each: scopes)
    authorization.add(to: &words)
    words.add("--certificate-authority", certificateAuthority)
    words.add("--account", account)
    grant.add(to: &words)
    if let wantedToken, wantedToken != (grant.grantType.isUnattended ? .access : .id) {
      words.add("--token", wantedToken.rawValue)
    }
    return words.words
  }

  /// What a message calls each secret that the options have sent to the issuer, or shown to it.
  var namedSecrets: [String] {
    let sources = [client.secretSource, grant.password.source, grant.assertionSource]
    return sources.compactMap { $0?.words }
      + [client.keySource].compactMap { $0.map { "a signature of the key in \($0.words)" } }
      + [grant.assertionFrom].compactMap { $0.map { "a token of \($0.rawValue)" } }
  }

  /// The files that the answer depends on.
  var files: [String] {
    [
      certificateAuthority, client.clientSecretFile, client.clientKeyFile,
      client.clientCertificateFile, grant.password.passwordFile, grant.assertionFile,
    ].compactMap { $0 }
  }

  /// The same session, without what only the issuer has to be shown: certificates, secrets and keys.
  var withoutMaterial: OIDCOptions {
    var copy = self
    copy.certificateAuthority = nil
    copy.client = copy.client.withoutMaterial
    copy.grant.password = copy.grant.password.withoutMaterial
    return copy
  }

  /// Takes how to log in from other options, which say nothing of whose session it is.
  ///
  /// `never` is for kubectl's calls: it stops nobody who types `lanyard login`.
  package mutating func adopt(mannerOf other: OIDCOptions) {
    if other.wantedLogin != nil || login == .never { wantedLogin = other.wantedLogin }
    if !other.listenAddresses.isEmpty { listenAddresses = other.listenAddresses }
  }
}

/// Which issuer, and which of its clients.
package struct IssuerOptions: ParsableArguments {
  /// The issuer, as configured.
  @Option(
    help: "The issuer, as its discovery document spells it: https://id.example.com/realms/dev."
  )
  package var issuerURL: String?

  /// The OAuth client.
  @Option(help: "The OAuth client that kubectl logs in as.")
  package var clientID: String?

  /// Options with their defaults, as parsing needs them.
  package init() {}
}

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say on stderr what is being done, and the causes of a failure.")
  var verbose = false
}

/// Which kubeconfig and which of its contexts.
struct KubeconfigOptions: ParsableArguments {
  @Option(
    help: "The kubeconfig to read, instead of KUBECONFIG and ~/.kube/config.",
    completion: .file()
  )
  var kubeconfig: String?

  @Option(
    help: "The context, for those who are used to kubectl.",
    completion: .custom(ContextLookup.names)
  )
  var context: String?
}
