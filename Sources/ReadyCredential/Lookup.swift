// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a look at the ready credentials gave.
package enum Lookup: Sendable, Equatable {
  /// The very bytes to print.
  case hit(ArraySlice<UInt8>)
  /// Nothing that may be printed, and why.
  case miss(Miss)
}

/// Why there is no ready credential that may be printed.
package enum Miss: Sendable, Equatable {
  /// There is none.
  case none
  /// Its valid-from lies ahead: the clock was set back since.
  case notYetValid
  /// Its renew-at has passed.
  case due
  /// The session store was changed since: login, logout, another account, another key.
  case epochChanged
  /// A file that the answer was made from is not what it was.
  case dependencyChanged
  /// Folder or file could have been written or read by somebody else. It is not looked at.
  case unsafeFile
  /// The file is not in the format of this program.
  case malformed
  /// Its caller was given these bytes before and asks again, as client-go does after a 401.
  case rejected(ArraySlice<UInt8>)
}

extension ReadyFolder {
  /// Looks for the ready credential of a request.
  ///
  /// Changes nothing but the note of whom it served.
  ///
  /// - Parameters:
  ///   - key: names the request.
  ///   - storePath: where the store's epoch is read.
  ///   - now: the clock.
  ///   - askedAt: when the request began; earlier than `now` for a process that waited for a lock, so that waiting
  ///     does not look like asking again. `now` if nil.
  ///   - caller: who asked, from ``Caller/clientGo(_:)``. It is noted at a hit.
  /// - Returns: the bytes to print, or why there are none.
  package func lookup(
    _ key: ReadyCredentialKey,
    storePath: String,
    now: UnixTime,
    askedAt: UnixTime? = nil,
    caller: Caller?
  ) -> Lookup {
    let folder: Descriptor
    switch open() {
    case .missing: return .miss(.none)
    case .unsafe: return .miss(.unsafeFile)
    case .opened(let opened): folder = opened
    }
    switch Descriptor.open(key.hex, in: folder.raw, flags: O_RDWR) {
    case .missing: return .miss(.none)
    case .failed: return .miss(.unsafeFile)
    case .opened(let file):
      guard let size = safeSize(of: file) else { return .miss(.unsafeFile) }
      guard let bytes = file.read(atMost: size), let ready = ReadyFile(decoding: bytes) else {
        return .miss(.malformed)
      }
      if let miss = ready.missReason(storePath: storePath, now: now) { return .miss(miss) }
      guard let caller, !ready.rejectionTaken else { return .hit(ready.body) }
      if let served = ready.served.firstServed(caller) {
        let limit = served.advanced(byMilliseconds: Self.rejectionDistance)
        return (askedAt ?? now) >= limit ? .miss(.rejected(ready.body)) : .hit(ready.body)
      }
      note(caller, at: now, in: file, after: ready.served)
      return .hit(ready.body)
    }
  }

  /// The bytes of a ready credential that is due for renewal, for whoever cannot renew it now.
  ///
  /// They are right in everything else, and it is before the expiry that they name.
  package func stillGood(
    _ key: ReadyCredentialKey,
    storePath: String,
    now: UnixTime
  ) -> ArraySlice<UInt8>? {
    guard case .opened(let folder) = open(),
      case .opened(let file) = Descriptor.open(key.hex, in: folder.raw),
      let size = safeSize(of: file), let bytes = file.read(atMost: size),
      let ready = ReadyFile(decoding: bytes), now < ready.goodUntil,
      ready.missReason(storePath: storePath, now: now) == .due
    else { return nil }
    return ready.body
  }

  /// The size of a file that nobody else can have written or read, nil for any other.
  func safeSize(of file: borrowing Descriptor) -> Int? {
    guard let status = file.status, status.isRegular, status.owner == owner, status.isPrivate,
      status.links == 1, status.size <= ReadyFile.maximumLength
    else { return nil }
    return Int(status.size)
  }

  /// Writes a caller to the ring in place.
  ///
  /// A note that cannot be written costs only the detection of a rejection.
  func note(
    _ caller: Caller,
    at now: UnixTime,
    in file: borrowing Descriptor,
    after served: [ServedSlot]
  ) {
    let slot = ServedSlot(caller: caller, when: now)
    _ = file.write(slot.encoded(), at: ReadyFile.offset(ofSlot: served.slotToReplace))
  }
}

extension ReadyFile {
  fileprivate func missReason(storePath: String, now: UnixTime) -> Miss? {
    if now < validFrom { return .notYetValid }
    if StoreEpoch.read(storePath: storePath) != epoch { return .epochChanged }
    guard dependencies.allSatisfy(\.isUnchanged) else { return .dependencyChanged }
    return now >= renewAt ? .due : nil
  }
}
