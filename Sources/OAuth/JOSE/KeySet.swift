// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// An issuer's public keys (RFC 7517 section 5).
package struct KeySet: Sendable {
  let keys: [JSONWebKey]
  /// Why keys of the document are not used, one line each.
  ///
  /// Other purposes and unknown kinds are normal; where no key is left, the first line is told.
  package let skipped: [String]

  /// Number of keys that can verify a signature.
  package var count: Int { keys.count }

  /// Parses a JWK set of at most 256 KiB and 100 keys.
  ///
  /// Keys it does not understand are skipped, as section 5 asks. Throws
  /// ``OAuthError/Code/keysInvalid``.
  package init(parsing document: [UInt8]) throws(OAuthError) {
    guard document.count <= Limits.keyDocument else {
      throw Self.refusal("it has more than \(Limits.keyDocument) bytes")
    }
    let json: StrictJSON
    do {
      json = try StrictJSON(parsing: document)
    } catch {
      throw Self.refusal("it is not JSON: \(error.reason) at byte \(error.offset)", error)
    }
    guard let entries = json["keys"]?.elements else {
      throw Self.refusal("it has no array named keys")
    }
    guard entries.count <= Limits.keys else {
      throw Self.refusal("it has \(entries.count) keys, and \(Limits.keys) are accepted")
    }
    var keys: [JSONWebKey] = []
    var skipped: [String] = []
    for entry in entries {
      do throws(JSONWebKey.Skipped) {
        keys.append(try JSONWebKey(entry))
      } catch {
        let name = entry["kid"]?.string.map { "\"\(Text.line($0, limit: 40))\"" } ?? "without kid"
        skipped.append("key \(name): \(error.reason)")
      }
    }
    self.keys = keys
    self.skipped = skipped
  }

  /// Fetches and parses the set, and gives the document for a cache; with `known`, asks only whether
  /// that one changed.
  ///
  /// Throws what ``init(parsing:)`` throws, and what stands in ``OAuthError/Code`` for transport
  /// failures, redirects and statuses.
  package static func fetch(
    from endpoint: Endpoint,
    known: CachedDocument? = nil,
    now: Date,
    send: HTTPSend
  ) async throws(OAuthError) -> (keys: KeySet, document: CachedDocument) {
    let document = try await DocumentFetch(
      url: endpoint.text,
      host: endpoint.host,
      subject: "its signing keys",
      limit: Limits.keyDocument,
      missing: .keysInvalid,
      html: .keysInvalid
    ).run(known: known, now: now, send)
    return (try KeySet(parsing: document.bytes), document)
  }

  private static func refusal(_ reason: String, _ cause: (any Error)? = nil) -> OAuthError {
    OAuthError(
      .keysInvalid,
      what: "the issuer's key set is refused: \(reason)",
      remedy: "the issuer's administrator must repair what its jwks_uri answers",
      cause: cause
    )
  }
}
