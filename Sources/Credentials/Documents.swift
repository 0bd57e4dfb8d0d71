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

  /// Keys, from the cache while they are good and nothing better is wanted.
  func keys(_ metadata: ProviderMetadata, refetch: Bool = false) async throws(OAuthError) -> KeySet
  {
    let cached = read("keys").flatMap { $0.url == metadata.keysEndpoint.text ? $0 : nil }
    let kept = cached.flatMap { try? KeySet(parsing: $0.bytes) }
    let age = cached.map { effects.now().timeIntervalSince($0.received) } ?? .infinity
    let isRecent = (0..<Numbers.keyRefetch).contains(age)
    let use =
      kept == nil
      ? .refetch : cached?.use(now: effects.now(), atOnce: refetch && !isRecent) ?? .refetch
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
      guard !refetch, error.isTemporary, let kept, isUsable(cached) else { throw error }
      return kept
    }
  }

  /// True within a day: what was due to be asked for again serves on while the issuer cannot answer.
  private func isUsable(_ document: CachedDocument?) -> Bool {
    guard let age = document.map({ effects.now().timeIntervalSince($0.received) }) else {
      return false
    }
    return (0..<Double(Limits.documentLife.most)).contains(age)
  }

  /// Judges an ID token, and once more with fresh keys if its key is not among the cached ones.
  func judge(
    _ token: Secret,
    against expectation: IDTokenExpectation,
    metadata: ProviderMetadata,
    fresh: Bool = false
  ) async throws(OAuthError) -> IDTokenVerdict {
    let keys = try await keys(metadata, refetch: fresh)
    let verdict = IDTokenVerdict.judge(token, against: expectation, keys: keys)
    guard verdict.wantsFreshKeys, !fresh else { return verdict }
    let others = try await self.keys(metadata, refetch: true)
    return IDTokenVerdict.judge(token, against: expectation, keys: others)
  }

  // MARK: what an issuer announced and then did not do

  /// Whether this issuer refused to bind tokens to a key within the last day, although it announces that it would.
  var dpopWasRefused: Bool {
    guard let bytes = store.readCache(name: name("dpop-refused")),
      let when = Double(String(decoding: bytes, as: UTF8.self))
    else { return false }
    let age = effects.now().timeIntervalSince1970 - when
    return (0..<Double(Limits.documentLife.most)).contains(age)
  }

  /// Remembers that it did.
  func noteDPoPRefused() {
    let now = "\(effects.now().timeIntervalSince1970)"
    // Forgetting it costs one more request at the next login.
    try? store.writeCache(name: name("dpop-refused"), Array(now.utf8))
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
