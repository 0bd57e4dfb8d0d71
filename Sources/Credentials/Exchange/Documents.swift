// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth
import SessionStore

/// The issuer's metadata and keys, cached beside the sessions so that a renewal is one request.
struct Documents: Sendable {
  let request: CredentialRequest
  let store: SessionStore
  let effects: Effects

  /// Metadata, from the cache while it is good.
  ///
  /// A login asks with `fresh`.
  func metadata(fresh: Bool = false) async throws(OAuthError) -> ProviderMetadata {
    let cached = read("metadata")
    let kept = cached.flatMap {
      try? ProviderMetadata(parsing: $0.bytes, issuer: request.issuer)
    }
    let use = kept == nil ? .refetch : cached?.use(now: effects.now(), atOnce: fresh) ?? .refetch
    if use == .fresh, let kept { return kept }
    effects.trace("asking the issuer for its metadata")
    do {
      let (metadata, document) = try await ProviderMetadata.discover(
        request.issuer,
        known: use == .revalidate ? cached : nil,
        now: effects.now(),
        send: effects.sender(request.trust)
      )
      write("metadata", document)
      return metadata
    } catch {
      guard !fresh, error.isTemporary, let kept, isUsable(cached) else { throw error }
      return kept
    }
  }

  /// Keys, from the cache while they are good; `atOnce` asks the issuer in any case.
  func keys(_ metadata: ProviderMetadata, atOnce: Bool = false) async throws(OAuthError) -> KeySet {
    let cached = cachedKeys(metadata)
    let kept = cached.flatMap { try? KeySet(parsing: $0.bytes) }
    let use = kept == nil ? .refetch : cached?.use(now: effects.now(), atOnce: atOnce) ?? .refetch
    if use == .fresh, let kept { return kept }
    effects.trace("asking the issuer for its keys")
    do {
      let (keys, document) = try await KeySet.fetch(
        from: metadata.keysEndpoint,
        known: use == .revalidate ? cached : nil,
        now: effects.now(),
        send: effects.sender(request.trust)
      )
      write("keys", document)
      return keys
    } catch {
      guard !atOnce, error.isTemporary, let kept, isUsable(cached) else { throw error }
      return kept
    }
  }

  private func cachedKeys(_ metadata: ProviderMetadata) -> CachedDocument? {
    read("keys").flatMap { $0.url == metadata.keysEndpoint.text ? $0 : nil }
  }

  /// True within a day: what was due to be asked for again serves on while the issuer cannot answer.
  private func isUsable(_ document: CachedDocument?) -> Bool {
    guard let age = document.map({ effects.now().timeIntervalSince($0.received) }) else {
      return false
    }
    return (0..<Double(Limits.documentLife.most)).contains(age)
  }

  /// Judges an ID token, and once more with fresh keys if its key is not among those that were known before it came.
  ///
  /// Issuers change their keys at any time, so it does not matter how old the known ones are; but whoever makes up key
  /// ids must not make anybody ask for keys with each of them. A login asks for keys with `fresh`.
  func judge(
    _ token: Secret,
    against expectation: IDTokenExpectation,
    metadata: ProviderMetadata,
    fresh: Bool = false
  ) async throws(OAuthError) -> IDTokenVerdict {
    let began = effects.now()
    let age = cachedKeys(metadata).map { began.timeIntervalSince($0.received) } ?? .infinity
    let areRecent = (0..<Numbers.keyRefetch).contains(age)
    let keys = try await keys(metadata, atOnce: fresh && !areRecent)
    let verdict = IDTokenVerdict.judge(token, against: expectation, keys: keys)
    let wereKnown = cachedKeys(metadata).map { $0.received < began } ?? false
    guard verdict.wantsFreshKeys, wereKnown, !wasNoted("keys-sought", within: Numbers.keyRefetch)
    else { return verdict }
    note("keys-sought")
    let others = try await self.keys(metadata, atOnce: true)
    return IDTokenVerdict.judge(token, against: expectation, keys: others)
  }

  // MARK: what happened lately

  /// Whether this issuer refused to bind tokens to a key within the last day, although it announces that it would.
  var dpopWasRefused: Bool { wasNoted("dpop-refused", within: Double(Limits.documentLife.most)) }

  /// Remembers that it did.
  func noteDPoPRefused() { note("dpop-refused") }

  private func wasNoted(_ event: String, within seconds: Double) -> Bool {
    guard let bytes = store.readCache(name: name(event)),
      let when = Double(String(decoding: bytes, as: UTF8.self))
    else { return false }
    return (0..<seconds).contains(effects.now().timeIntervalSince1970 - when)
  }

  private func note(_ event: String) {
    let now = "\(effects.now().timeIntervalSince1970)"
    // Forgetting it costs one more request.
    try? store.writeCache(name: name(event), Array(now.utf8))
  }

  // MARK: the cache

  private func name(_ kind: String) -> String { "\(kind)-\(request.documentDigest)" }

  private func read(_ kind: String) -> CachedDocument? {
    store.readCache(name: name(kind)).flatMap { CachedDocument(decoding: $0) }
  }

  private func write(_ kind: String, _ document: CachedDocument) {
    // A cache that cannot be written costs a request next time, nothing else.
    try? store.writeCache(name: name(kind), document.encoded)
  }
}
