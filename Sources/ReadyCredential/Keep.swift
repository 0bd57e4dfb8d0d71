// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is kept ready, besides the bytes to print.
package struct ReadyTerms: Sendable {
  /// From when it may be printed: the clock at the moment it was made.
  package var validFrom: UnixTime
  /// From when it is to be renewed instead.
  package var renewAt: UnixTime
  /// Until when it may be printed all the same if a renewal is not to be had: the expiry that its bytes name.
  package var goodUntil: UnixTime
  /// The store's epoch, read inside the session lock before the credential was made (see ``StoreEpoch``).
  package var epoch: [UInt8]
  /// The files that the answer was made from, observed before they were read; at most ``Dependency/maximumCount``.
  package var dependencies: [Dependency]

  /// Terms from their parts; good until it is due if nothing is said.
  package init(
    validFrom: UnixTime,
    renewAt: UnixTime,
    goodUntil: UnixTime? = nil,
    epoch: [UInt8],
    dependencies: [Dependency] = []
  ) {
    self.validFrom = validFrom
    self.renewAt = renewAt
    self.goodUntil = goodUntil ?? renewAt
    self.epoch = epoch
    self.dependencies = dependencies
  }
}

extension ReadyFolder {
  /// Keeps `body` ready under `key`, replacing what was there in one step.
  ///
  /// Makes the folder if need be.
  ///
  /// Nothing is synced to disk: losing a ready credential costs one renewal, and a half-written one is malformed.
  ///
  /// Throws `.tooLarge` for a body that does not fit, and what stands in the way of the folder or the file.
  package func write(
    _ body: [UInt8],
    for key: ReadyCredentialKey,
    terms: ReadyTerms
  ) throws(ReadyCredentialError) {
    let file = ReadyFile(
      validFrom: terms.validFrom,
      renewAt: terms.renewAt,
      goodUntil: terms.goodUntil,
      epoch: terms.epoch,
      dependencies: terms.dependencies,
      body: body
    )
    guard let bytes = file.encoded() else {
      throw ReadyCredentialError(.tooLarge, path: path)
    }
    try create()
    guard case .opened(let folder) = open() else {
      throw ReadyCredentialError(.unsafeFolder, path: path)
    }
    let suffix = String(UInt64.random(in: .min ... .max), radix: 16)
    let temporary = Self.temporaryPrefix + suffix
    let raw = unsafe openat(
      folder.raw,
      temporary,
      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
      0o600
    )
    guard raw >= 0 else { throw cannotWrite(key) }
    let created = Descriptor(raw: raw)
    guard fchmod(created.raw, 0o600) == 0, created.write(bytes),
      unsafe renameat(folder.raw, temporary, folder.raw, key.hex) == 0
    else {
      let error = cannotWrite(key)
      unsafe unlinkat(folder.raw, temporary, 0)
      throw error
    }
  }

  /// Notes that `caller` was given the ready credential, for a program that printed it without ``lookup``.
  package func noteServed(_ key: ReadyCredentialKey, to caller: Caller, at now: UnixTime) {
    change(key) { file, ready in
      guard ready.served.firstServed(caller) == nil else { return }
      note(caller, at: now, in: file, after: ready.served)
    }
  }

  /// Marks a rejection as taken up: the same bytes are never called rejected again, until a renewal replaces them.
  package func noteRejection(_ key: ReadyCredentialKey) {
    change(key) { file, _ in
      _ = file.write([1], at: ReadyFile.rejectionOffset)
    }
  }

  private func change(
    _ key: ReadyCredentialKey,
    _ body: (borrowing Descriptor, ReadyFile) -> Void
  ) {
    guard case .opened(let folder) = open(),
      case .opened(let file) = Descriptor.open(key.hex, in: folder.raw, flags: O_RDWR),
      let size = safeSize(of: file), let bytes = file.read(atMost: size),
      let ready = ReadyFile(decoding: bytes)
    else { return }
    body(file, ready)
  }

  private func cannotWrite(_ key: ReadyCredentialKey) -> ReadyCredentialError {
    ReadyCredentialError(.cannotWrite, path: path + "/" + key.hex, cause: errno)
  }

  /// How the names of unfinished files begin.
  static let temporaryPrefix = ".unfinished-"
}
