// SPDX-License-Identifier: Apache-2.0

package import OAuth
package import SessionStore

/// Where a credential comes from: one request against one store.
///
/// Three verbs: `credential`, `login`, `forget`.
package struct CredentialSource: Sendable {
  let request: CredentialRequest
  let store: SessionStore
  let effects: Effects
  let options: Options

  /// What the surroundings of a request decide, beside the request itself.
  package struct Options: Sendable {
    /// How a login is to be done.
    package var preference: LoginPreference
    /// Who is there.
    package var audience: Audience
    /// Loopback addresses to listen on, in order of preference.
    package var listenAddresses: [String]
    /// The machine id for stores on network file systems.
    package var hostID: String?
    /// The folder in memory where ready credentials and orphans lie; nil if there is none.
    package var runtimeFolder: String?
    /// Secrets that a grant needs and that are read when they are needed.
    package var secrets: Secrets
    /// The kubeconfig context that the request is for, if one is known; for the page in the browser.
    package var contextName: @Sendable () -> String?
    /// The command that logs in for this request, for messages.
    package var loginCommand: @Sendable () -> String
    /// What says which certificates are trusted for the issuer, for messages.
    package var certificatesFrom: @Sendable () -> String = { "this kubeconfig" }

    /// Makes the options.
    package init(
      preference: LoginPreference,
      audience: Audience,
      listenAddresses: [String],
      hostID: String?,
      runtimeFolder: String?,
      secrets: Secrets = Secrets(),
      contextName: @escaping @Sendable () -> String? = { nil },
      loginCommand: @escaping @Sendable () -> String
    ) {
      self.preference = preference
      self.audience = audience
      self.listenAddresses = listenAddresses
      self.hostID = hostID
      self.runtimeFolder = runtimeFolder
      self.secrets = secrets
      self.contextName = contextName
      self.loginCommand = loginCommand
    }
  }

  /// Where the secrets of a grant come from; each is read anew whenever it is needed.
  package struct Secrets: Sendable {
    /// The token that a token exchange or a JWT bearer grant begins with.
    package var assertion: @Sendable () async throws(CredentialsError) -> Secret
    /// The password of the request's user, from a file or a variable; nil if it has to be asked for.
    package var password: (@Sendable () async throws(CredentialsError) -> Secret)?

    /// Puts them together; what is left out is not to be had.
    package init(
      assertion: @escaping @Sendable () async throws(CredentialsError) -> Secret =
        Secrets.noAssertion,
      password: (@Sendable () async throws(CredentialsError) -> Secret)? = nil
    ) {
      self.assertion = assertion
      self.password = password
    }

    /// What there is to say where no assertion was named.
    @Sendable
    package static func noAssertion() async throws(CredentialsError) -> Secret {
      throw CredentialsError(
        .configuration,
        "the grant needs an assertion, and none is named",
        remedy: "name one: --assertion-file, --assertion-env or --assertion-from"
      )
    }
  }

  /// How a login would be done here.
  var way: LoginWay {
    guard request.grant == .password else {
      return WhoMayBeAsked.way(options.preference, options.audience)
    }
    // A password that lies at hand needs nobody; one that is asked for needs somebody who can type.
    let possible = options.secrets.password != nil || options.audience.canAnswer
    return options.preference != .never && possible ? .password : .none
  }

  /// Prepares a source; touches nothing.
  package init(
    request: CredentialRequest,
    store: SessionStore,
    effects: Effects,
    options: Options
  ) {
    self.request = request
    self.store = store
    self.effects = effects
    self.options = options
  }

  /// Whether a person has logged in for this request, and the session can still give tokens.
  package var isLoggedIn: Bool {
    guard let session = (try? open())?.record?.session else { return false }
    return session.summary.state == .active
  }

  var documents: Documents { Documents(request: request, store: store, effects: effects) }

  /// The remedy of every message that ends in a login.
  var logInAgain: String { "log in: \(options.loginCommand())" }

  /// Opens the session of this request.
  ///
  /// A damaged file is told once, has been set aside, and reads as none.
  func open() throws(CredentialsError) -> (record: Record?, damaged: String?) {
    let id = try request.sessionID
    do {
      return (try Record(store: store, id: id, key: try store.unlock()), nil)
    } catch {
      switch error.code {
      case .notEstablished, .folderMissing: return (nil, nil)
      case .corrupt(let path?): return (nil, path)
      default: throw CredentialsError(error)
      }
    }
  }

  /// Makes what is missing of the store's folders, that of the locks among them.
  func prepareFolders() throws(CredentialsError) {
    do throws(StoreError) {
      try store.prepareFolders()
    } catch {
      throw CredentialsError(error)
    }
  }

  /// The queue in front of this store's locks.
  var queue: LockQueue { LockQueue(store: store, effects: effects) }
}
