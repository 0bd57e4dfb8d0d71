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
    let hot = surroundings.hot
    let render: @Sendable (String, Date?) -> [UInt8] = { token, expiration in
      ExecCredential.render(info.version, token: token, expiration: expiration)
    }
    guard let folder = ReadyFolder.resolve(hot),
      let key = ReadyCredentialKey(
        arguments: arguments,
        surroundings: hot,
        storePath: store.folder
      )
    else {
      return ReadySlot(
        lookup: { _ in .miss(rejected: false) },
        write: { _, _, _ in },
        render: render
      )
    }
    let caller = Caller.clientGo(hot)
    let dependencies = [options.certificateAuthority, options.clientSecretFile]
      .compactMap { $0 }.map { Dependency.observe($0) }
    let epoch = Mutex<[UInt8]>([])
    let storePath = store.folder
    let askedAt = UnixTime(Clock.now())
    return ReadySlot(
      lookup: { now in
        epoch.withLock { $0 = StoreEpoch.read(storePath: storePath) ?? [] }
        let found = folder.lookup(
          key,
          storePath: storePath,
          now: UnixTime(now),
          askedAt: askedAt,
          caller: caller
        )
        switch found {
        case .hit(let body): return .hit(Array(body))
        case .miss(.rejected):
          folder.noteRejection(key)
          return .miss(rejected: true)
        case .miss: return .miss(rejected: false)
        }
      },
      write: { body, times, now in
        let terms = ReadyTerms(
          validFrom: UnixTime(now),
          renewAt: UnixTime(times.renewAt),
          epoch: epoch.withLock { $0 },
          dependencies: dependencies
        )
        // A ready credential that cannot be kept costs the next caller some milliseconds and nothing else.
        try? folder.write(body, for: key, terms: terms)
        if let caller { folder.noteServed(key, to: caller, at: UnixTime(now)) }
        folder.sweep(now: UnixTime(now))
      },
      render: render
    )
  }
}

extension UnixTime {
  /// A moment to the millisecond.
  init(_ date: Date) {
    self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded(.down)))
  }
}
