// SPDX-License-Identifier: Apache-2.0

import Clouds
import Credentials
import Host
import Kubeconfig
import ReadyCredential
import SessionStore
import Synchronization

/// What `get-token` of every cloud does around obtaining the token: exec info, ready credential, effects, printing.
struct CloudCommand {
  /// Obtains the token of one cloud.
  typealias Obtain = @Sendable (CloudEffects) async throws(CloudError) -> CloudToken

  let surroundings: ProcessSurroundings
  let store: SessionStore
  let effects: Effects
  let configuration: UserConfiguration
  /// The certificates that the configuration adds to the system's, in PEM.
  let authorities: [UInt8]

  /// Surroundings put together, with the user's own configuration; throws `Failure`.
  init(
    _ surroundings: ProcessSurroundings,
    verbose: Bool,
    byHand: Bool = false
  ) throws(Failure) {
    let configuration = try UserConfiguration.current()
    try self.init(
      surroundings,
      configuration,
      authorities: try configuration.authorityCertificates(),
      verbose: verbose,
      byHand: byHand
    )
  }

  /// Surroundings put together; throws `Failure` if there is no place for a store.
  init(
    _ surroundings: ProcessSurroundings,
    _ configuration: UserConfiguration,
    authorities: [UInt8],
    verbose: Bool = false,
    byHand: Bool = false
  ) throws(Failure) {
    self.surroundings = surroundings
    self.configuration = configuration
    self.authorities = authorities
    guard let folder = StorePath.resolve(surroundings.hot) else { throw Composition.noStoreFolder }
    store = Live.store(folder: folder)
    effects = Live.effects(surroundings, storeFolder: folder, verbose: verbose, byHand: byHand)
  }

  /// Prints one ExecCredential with the token that `obtain` gives, or the ready one; throws `Failure`.
  static func printCredential(_ global: GlobalOptions, obtain: @escaping Obtain) async throws {
    try await Failure.telling(verbose: global.verbose) {
      let surroundings = ProcessSurroundings.current()
      let info = try ExecInfo.parse(surroundings.hot.variable("KUBERNETES_EXEC_INFO"))
      let command = try CloudCommand(surroundings, verbose: global.verbose)
      try StandardOutput.writeCredential(try await command.credential(info, obtain))
    }
  }

  /// The bytes to print.
  private func credential(
    _ info: ExecInfo,
    _ obtain: @escaping Obtain
  ) async throws(CredentialsError) -> [UInt8] {
    let files = ReadFiles()
    let named = Named()
    let slot = ReadySlot.live(
      surroundings: surroundings.hot,
      storeFolder: store.folder,
      arguments: CommandLine.arguments.dropFirst().map { Array($0.utf8) },
      version: info.version,
      dependencies: { files.dependencies(of: named.paths) },
      notKept: { [effects] in effects.reportNotKept($0, toPerson: true) }
    )
    let live = live(files)
    return try await CloudCredential.bytes(slot, effects) {
      rejected async throws(CloudError) -> CloudToken in
      let kept = KeptSecrets(store: store, effects: effects, rejected: rejected)
      let token = try await obtain(live.effects(kept, interactive: info.interactive))
      named.set(token.files)
      return token
    }
  }

  /// The effects for a command that a person typed.
  var effectsByHand: CloudEffects {
    live(ReadFiles()).effects(
      KeptSecrets(store: store, effects: effects, rejected: false),
      interactive: nil
    )
  }

  /// The effects for a renewal on behalf of an asker that had these arguments and holds the lock.
  func effects(carryingOut arguments: [String], _ heard: Heard) -> CloudEffects {
    var live = live(ReadFiles())
    live.arguments = arguments
    var own = live.effects(
      KeptSecrets(store: store, effects: effects, rejected: false),
      interactive: false
    )
    own.tell = { heard.tell($0) }
    own.trace = { heard.trace($0) }
    let replace = own.replaceFile
    own.replaceFile = { path, bytes throws(CloudError) in
      try replace(path, bytes)
      heard.wrote(path)
    }
    own.alone = { _, _, body async throws(CloudError) in
      let secret = try await body()
      heard.keep(secret)
      return secret
    }
    return own
  }

  private func live(_ files: ReadFiles) -> LiveCloud {
    LiveCloud(
      surroundings: surroundings,
      configuration: configuration,
      authorities: authorities,
      effects: effects,
      files: files
    )
  }
}

/// The files that a token names once it is there.
private final class Named: Sendable {
  private let stored = Mutex<[String]>([])

  var paths: [String] { stored.withLock { $0 } }

  func set(_ paths: [String]) { stored.withLock { $0 = paths } }
}
