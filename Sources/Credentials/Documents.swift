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

  /// Metadata, from the cache while it is fresh.
  ///
  /// A login asks with `fresh`.
  func metadata(fresh: Bool = false) async throws(OAuthError) -> ProviderMetadata {
    if !fresh, let cached = read("metadata"),
      let metadata = try? ProviderMetadata(parsing: cached.document, issuer: request.issuer)
    {
      return metadata
    }
    effects.trace("asking the issuer for its metadata")
    let (metadata, document) = try await ProviderMetadata.discover(
      request.issuer,
      send: effects.sender(request.trust)
    )
    write("metadata", document)
    return metadata
  }

  /// Keys, from the cache while they are fresh and nothing better is wanted.
  func keys(_ metadata: ProviderMetadata, refetch: Bool = false) async throws(OAuthError) -> KeySet
  {
    if let cached = read("keys"), let keys = try? KeySet(parsing: cached.document) {
      let age = effects.now().timeIntervalSince1970 - cached.fetched
      if !refetch || (0..<Numbers.keyRefetch).contains(age) { return keys }
    }
    effects.trace("asking the issuer for its keys")
    let (keys, document) = try await KeySet.fetch(
      from: metadata.keysEndpoint,
      send: effects.sender(request.trust)
    )
    write("keys", document)
    return keys
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

  /// Whether this issuer refused to bind tokens to a key a short while ago, although it announces that it would.
  var dpopWasRefused: Bool { read("dpop-refused") != nil }

  /// Remembers that, for as long as metadata are kept.
  func noteDPoPRefused() { write("dpop-refused", []) }

  // MARK: the cache: a line with the time of receipt, then the document as it came

  private func name(_ kind: String) -> String { "\(kind)-\(request.documentDigest)" }

  private func read(_ kind: String) -> (fetched: Double, document: [UInt8])? {
    guard let bytes = store.readCache(name: name(kind)),
      let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
      let fetched = Double(String(decoding: bytes[..<end], as: UTF8.self))
    else { return nil }
    let age = effects.now().timeIntervalSince1970 - fetched
    guard (0..<Numbers.documentLife).contains(age) else { return nil }
    return (fetched, Array(bytes[bytes.index(after: end)...]))
  }

  private func write(_ kind: String, _ document: [UInt8]) {
    let stamp = "\(effects.now().timeIntervalSince1970)\n"
    // A cache that cannot be written costs a request next time, nothing else.
    try? store.writeCache(name: name(kind), Array(stamp.utf8) + document)
  }
}
