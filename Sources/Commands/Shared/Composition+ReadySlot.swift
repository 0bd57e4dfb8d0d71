// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Credentials
import Host
import Kubeconfig
import ReadyCredential
import SessionStore
import Synchronization

extension Composition {
  /// Where what this invocation prints is kept ready; a slot that never hits if there is no place for it.
  func readySlot(arguments: [[UInt8]], info: ExecInfo) -> ReadySlot {
    let dependencies = options.files.map { Dependency.observe($0) }
    return ReadySlot.live(
      surroundings: surroundings.hot,
      storeFolder: store.folder,
      arguments: arguments,
      version: info.version,
      dependencies: { dependencies },
      notKept: { [effects, request] in
        effects.reportNotKept($0, toPerson: request.grant.isUnattended)
      }
    )
  }
}

extension ReadySlot {
  /// The slot of one invocation on disk; one that never hits if there is no place for it.
  ///
  /// `dependencies` are asked for when something is written, and have to be as they were before it was made; `notKept`
  /// hears why it could not be.
  static func live(
    surroundings: ReadyCredential.Surroundings,
    storeFolder: String,
    arguments: [[UInt8]],
    version: ExecVersion,
    dependencies: @escaping @Sendable () -> [Dependency],
    notKept: @escaping @Sendable (ReadyCredentialError) -> Void
  ) -> ReadySlot {
    let render: @Sendable (String, Date?) -> [UInt8] = { token, expiration in
      ExecCredential.render(version, token: token, expiration: expiration)
    }
    guard let folder = ReadyFolder.resolve(surroundings),
      let key = ReadyCredentialKey(
        arguments: arguments,
        surroundings: surroundings,
        storePath: storeFolder
      )
    else {
      return ReadySlot(
        lookup: { _ in .miss(rejected: false) },
        write: { _, _, _ in },
        render: render
      )
    }
    let place = ReadyPlace(
      folder: folder,
      key: key,
      storePath: storeFolder,
      caller: Caller.clientGo(surroundings),
      dependencies: dependencies,
      notKept: notKept
    )
    return ReadySlot(
      lookup: { place.lookup($0) },
      write: { place.write($0, $1, $2) },
      fallback: { place.fallback($0) },
      render: render
    )
  }
}

extension Effects {
  /// Says that a credential could not be kept ready: with `-v` in any case, and to the person where each call now costs
  /// a request, and not only some milliseconds.
  func reportNotKept(_ error: ReadyCredentialError, toPerson: Bool) {
    if toPerson { tell("every call asks anew, for no token can be kept ready: \(error)") }
    trace("\(ErrorCatalogue.entry(error.code).name): \(error); \(error.remedy)")
  }
}

/// One file of the ready credentials, with what this process knows of it.
private final class ReadyPlace: Sendable {
  private struct Knowledge {
    /// The store's epoch as it was when the file was last looked for.
    var epoch: [UInt8] = []
    /// The bytes that the API server seems to have refused: whoever finds them again has found nothing new.
    var rejected: ArraySlice<UInt8>?
  }

  private let folder: ReadyFolder
  private let key: ReadyCredentialKey
  private let storePath: String
  private let caller: Caller?
  private let dependencies: @Sendable () -> [Dependency]
  private let notKept: @Sendable (ReadyCredentialError) -> Void
  private let askedAt = UnixTime(Clock.now())
  private let knowledge = Mutex(Knowledge())

  init(
    folder: ReadyFolder,
    key: ReadyCredentialKey,
    storePath: String,
    caller: Caller?,
    dependencies: @escaping @Sendable () -> [Dependency],
    notKept: @escaping @Sendable (ReadyCredentialError) -> Void
  ) {
    self.folder = folder
    self.key = key
    self.storePath = storePath
    self.caller = caller
    self.dependencies = dependencies
    self.notKept = notKept
  }

  func lookup(_ now: Date) -> ReadySlot.Found {
    let rejected = knowledge.withLock { knowledge in
      knowledge.epoch = StoreEpoch.read(storePath: storePath) ?? []
      return knowledge.rejected
    }
    let found = folder.lookup(
      key,
      storePath: storePath,
      now: UnixTime(now),
      askedAt: askedAt,
      caller: caller
    )
    switch found {
    case .hit(let body): return body == rejected ? .miss(rejected: true) : .hit(Array(body))
    case .miss(.rejected(let body)):
      folder.noteRejection(key)
      knowledge.withLock { $0.rejected = body }
      return .miss(rejected: true)
    case .miss: return .miss(rejected: false)
    }
  }

  func fallback(_ now: Date) -> [UInt8]? {
    folder.stillGood(key, storePath: storePath, now: UnixTime(now)).map { Array($0) }
  }

  func write(_ body: [UInt8], _ times: TokenTimes, _ now: Date) {
    let (epoch, rejected) = knowledge.withLock { ($0.epoch, $0.rejected) }
    let terms = ReadyTerms(
      validFrom: UnixTime(now),
      renewAt: UnixTime(times.renewAt),
      goodUntil: UnixTime(times.reported(at: now) ?? times.renewAt),
      epoch: epoch,
      dependencies: dependencies()
    )
    do {
      try folder.write(body, for: key, terms: terms)
    } catch {
      notKept(error)
    }
    // Served only after the pause, as it were: a caller whose next token is refused, too, is no reason to renew again.
    let isRenewed = rejected.map { $0 != body[...] } ?? false
    let served = isRenewed ? now.addingTimeInterval(Numbers.rejectionPause) : now
    if let caller { folder.noteServed(key, to: caller, at: UnixTime(served)) }
    folder.sweep(now: UnixTime(now))
  }
}

extension UnixTime {
  /// A moment to the millisecond.
  init(_ date: Date) {
    self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded(.down)))
  }
}
