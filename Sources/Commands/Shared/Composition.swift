// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host
import Kubeconfig
import OAuth
import ReadyCredential
import SessionStore

/// Options and surroundings put together: the request, its store and its effects.
struct Composition {
  let options: OIDCOptions
  let surroundings: ProcessSurroundings
  let request: CredentialRequest
  let store: SessionStore
  let effects: Effects

  /// Whether an issuer has to be trusted before a secret goes there, or a command is run for one.
  enum Trust {
    /// Somebody typed which issuer it is.
    case typed
    /// A kubeconfig says which it is.
    case required
  }

  /// Reads what the options name.
  ///
  /// Throws a usage failure for what is missing, a configuration failure for what is wrong.
  init(
    _ options: OIDCOptions,
    _ surroundings: ProcessSurroundings,
    trust: Trust,
    verbose: Bool,
    byHand: Bool = false
  ) async throws {
    self.options = options
    self.surroundings = surroundings
    guard let folder = StorePath.resolve(surroundings.hot) else { throw Self.noStoreFolder }
    let check: @Sendable (Issuer) throws(Failure) -> Void = { issuer throws(Failure) in
      if trust == .required { try Self.checkTrust(options, issuer, storeFolder: folder) }
    }
    request = try await RequestComposition(
      options,
      surroundings.environment,
      beforeCommand: check
    ).request()
    try check(request.issuer)
    store = Live.store(folder: folder)
    effects = Live.effects(
      surroundings,
      storeFolder: folder,
      verbose: verbose,
      byHand: byHand
    )
  }
}

extension Composition {
  /// What there is to say where no session store can be.
  static var noStoreFolder: Failure {
    Failure(
      exitCode: ExitCodes.store,
      "there is no place for the session store: neither XDG_STATE_HOME nor HOME holds an absolute path",
      remedy: "set HOME to the path of your home folder"
    )
  }

  /// Refuses to send a secret to an issuer that the user has not trusted with it.
  ///
  /// A kubeconfig is hostile input: without this it could have any file sent anywhere (docs/life-of-a-credential.md).
  private static func checkTrust(
    _ options: OIDCOptions,
    _ issuer: Issuer,
    storeFolder: String
  ) throws(Failure) {
    guard let secret = options.namedSecrets.first else { return }
    let trusted: Bool
    do throws(HostError) {
      trusted = try TrustedIssuers.current(storeFolder: storeFolder).holds(issuer)
    } catch {
      throw Failure(error, exitCode: ExitCodes.configuration)
    }
    guard trusted else {
      // A token that is handed on goes to the API server, which the kubeconfig chooses as well.
      let goal = options.grant.grantType == .given ? "handed to kubectl for" : "sent to"
      throw Failure(
        exitCode: ExitCodes.configuration,
        "\(secret) would be \(goal) \(issuer.text), which you have not trusted with secrets",
        remedy: "if the kubeconfig is right: lanyard trust \(ShellWord.quote(issuer.text))"
      )
    }
  }

  private var listenAddresses: [String] {
    guard options.listenAddresses.isEmpty else { return options.listenAddresses }
    let preset = request.manner.provider.flatMap { try? ProviderPreset.named($0) }
    return ProviderDefaults.listenAddresses(preset)
  }

  private var grantSecrets: CredentialSource.Secrets {
    let trusted = TrustedIssuers.current(storeFolder: store.folder)
    return GrantSecrets(
      options: options.grant,
      reader: SecretReader(environment: surroundings.environment),
      request: request,
      effects: effects,
      trusts: { origin in (try? trusted.holds(Issuer(origin))) == true }
    ).secrets
  }

  /// The source of credentials for the request.
  func source(interactive: Bool?, contextKnown: String?) -> CredentialSource {
    let host = surroundings.host
    var sourceOptions = CredentialSource.Options(
      preference: options.login,
      audience: Audience(
        interactive: interactive,
        terminal: host.stderrIsTerminal,
        display: host.showsBrowser
      ),
      listenAddresses: listenAddresses,
      hostID: Live.hostID,
      runtimeFolder: ReadyFolder.resolve(surroundings.hot)?.path,
      secrets: grantSecrets,
      contextName: contextName(contextKnown),
      loginCommand: loginCommand(contextKnown)
    )
    sourceOptions.certificatesFrom = certificatesFrom
    return CredentialSource(
      request: request,
      store: store,
      effects: effects,
      options: sourceOptions
    )
  }

  /// The variables that add certificates, and the kubeconfig unless it names none.
  private var certificatesFrom: @Sendable () -> String {
    let environment = surroundings.environment
    let kubeconfig = options.certificateAuthority == nil ? [] : ["this kubeconfig"]
    return {
      let variables = EnvironmentAuthorities.contributing(environment: environment)
      let sources = variables + kubeconfig
      return sources.isEmpty ? "this kubeconfig" : sources.joined(separator: " or ")
    }
  }

  /// The context that is meant: the one that was named, else the kubeconfig's that runs this very plugin.
  private func contextName(_ known: String?) -> @Sendable () -> String? {
    let options = options
    let environment = surroundings.environment
    return {
      known ?? ContextLookup(environment: environment, kubeconfig: nil).context(for: options)
    }
  }

  /// The command that logs in: by context if there is one, else by options.
  private func loginCommand(_ contextKnown: String?) -> @Sendable () -> String {
    let options = options
    let context = contextName(contextKnown)
    return {
      if let name = context() { return "lanyard login \(ShellWord.context(name))" }
      let words = options.loginWords.map { ShellWord.quote($0) }
      return "lanyard login " + words.joined(separator: " ")
    }
  }
}

/// Words as a shell takes them, for commands in messages that people copy.
package enum ShellWord {
  /// A context as `lanyard login` takes it; one that looks like an option would be one, and a kubeconfig may come from
  /// somebody who wishes for that.
  package static func context(_ name: String) -> String {
    quote(name.hasPrefix("-") ? "--context=\(name)" : name)
  }

  /// A word that means nothing else to a shell.
  package static func quote(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", ":", "@", "=", "+", ",", "%": true
      default: false
      }
    }
    return plain && !word.isEmpty
      ? word
      : "'"
        + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
  }
}
