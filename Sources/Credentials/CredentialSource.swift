// SPDX-License-Identifier: Apache-2.0

import OAuth
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
    /// The command that logs in for this request, for messages.
    package var loginCommand: @Sendable () -> String

    /// Makes the options.
    package init(
      preference: LoginPreference,
      audience: Audience,
      listenAddresses: [String],
      hostID: String?,
      runtimeFolder: String?,
      loginCommand: @escaping @Sendable () -> String
    ) {
      self.preference = preference
      self.audience = audience
      self.listenAddresses = listenAddresses
      self.hostID = hostID
      self.runtimeFolder = runtimeFolder
      self.loginCommand = loginCommand
    }
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

  /// Takes a lock, looking every few milliseconds; nil when the time is over.
  ///
  /// `meanwhile` runs before each new attempt and ends the waiting by giving a value.
  func take<Found>(
    _ path: String,
    why: String,
    seconds: Double,
    meanwhile: () throws(CredentialsError) -> Found?
  ) async throws(CredentialsError) -> Taken<Found> {
    let start = effects.uptime()
    var pause = Numbers.pollLeast
    while true {
      do {
        if let lock = try effects.attemptLock(path, why) { return .lock(lock) }
      } catch {
        throw CredentialsError(
          .store,
          error.what,
          remedy: "check owner and mode of the folder \(store.folder)"
        )
      }
      guard effects.uptime() - start < seconds else { return .late }
      do {
        try await effects.pause(pause)
      } catch {
        throw CredentialsError(.failed, "interrupted while waiting", remedy: "try again")
      }
      pause = min(pause * 2, Numbers.pollMost)
      if let found = try meanwhile() { return .found(found) }
    }
  }

  /// What waiting for a lock gave.
  enum Taken<Found> {
    case lock(HeldLock)
    case found(Found)
    case late
  }
}
