// SPDX-License-Identifier: Apache-2.0

/// Sessions on disk: one encrypted file each, written so that a kill or a power loss costs nothing.
///
/// The store takes no locks. Callers hold the session's lock (``lockPath(forSession:)``) around everything that
/// writes, and around ``open(_:key:)``, which may set a damaged file aside.
package struct SessionStore: Sendable {
  /// The store's folder, `<state>/lanyard`.
  package let folder: String

  let files: FileEffects
  let random: @Sendable (Int) -> [UInt8]
  let keySources: [any KeySource]
  /// Where the session files lie; nil on a network file system without a host id.
  let sessionsFolder: String?

  /// Describes a store; touches the disk only to ask on which kind of file system it lies.
  ///
  /// - Parameters:
  ///   - folder: `<state>/lanyard`, absolute; it need not exist yet.
  ///   - hostID: the machine id. On a network file system sessions are kept per host, because two hosts must
  ///     not share a refresh token that rotates.
  ///   - files: the system calls.
  ///   - keySources: the sources that `store.json` may name; by default the key file `<folder>/key`.
  ///   - random: gives that many cryptographically secure bytes.
  package init(
    folder: String,
    hostID: String?,
    files: FileEffects = .posix,
    keySources: [any KeySource]? = nil,
    random: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.folder = folder
    self.files = files
    self.random = random
    self.keySources = keySources ?? [KeyFile("\(folder)/key", files: files, random: random)]
    sessionsFolder =
      if !Self.isOnNetwork(folder, files) {
        "\(folder)/sessions"
      } else if let hostID, isSafeName(hostID) {
        "\(folder)/sessions-\(hostID)"
      } else {
        nil
      }
  }

  var atomic: AtomicFile { AtomicFile(files: files, random: random) }

  /// Asks about the folder or, while it does not exist, about the nearest ancestor that does.
  private static func isOnNetwork(_ folder: String, _ files: FileEffects) -> Bool {
    var path = folder
    while (try? files.status(path)) == nil, path != "/", path != "." {
      path = parentFolder(of: path)
    }
    return files.isNetwork(path)
  }
}

extension SessionStore {
  /// The lock of one session; its file is made by who locks it and never deleted.
  package func lockPath(forSession id: SessionID) -> String {
    "\(locksFolder)/session-\(id)"
  }

  /// The lock of logins at one issuer, named by a digest of the issuer (letters, digits, `.`, `_`, `-`).
  package func lockPath(forLogin issuerDigest: String) -> String {
    let name = isSafeName(issuerDigest) ? issuerDigest : Hex.encode(Array(issuerDigest.utf8))
    return "\(locksFolder)/login-\(name.prefix(200))"
  }

  /// The lock of the store, held while the data key is found or made and used for writing: two first logins must not
  /// make two keys.
  ///
  /// A renewal takes none: it is handed the key and writes one session under that session's lock, and nothing changes
  /// the key of a store.
  package var storeLockPath: String { "\(locksFolder)/store" }

  var locksFolder: String { "\(folder)/locks" }
  var cacheFolder: String { "\(folder)/cache" }
}
