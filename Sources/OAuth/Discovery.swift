// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

extension ProviderMetadata {
  /// Where the discovery document of an issuer lies: one trailing slash of the issuer does not
  /// count (OIDC Discovery 4.1).
  package static func discoveryURL(of issuer: Issuer) -> String {
    let base = issuer.text.hasSuffix("/") ? String(issuer.text.dropLast()) : issuer.text
    return base + "/.well-known/openid-configuration"
  }

  /// Fetches and parses the discovery document, and gives it for a cache; with `known`, asks only
  /// whether that one changed.
  ///
  /// Throws what ``init(parsing:issuer:)`` throws, and a code of its own for 404, a web page,
  /// redirects, other statuses and each transport failure.
  package static func discover(
    _ issuer: Issuer,
    known: CachedDocument? = nil,
    now: Date,
    send: HTTPSend
  ) async throws(OAuthError) -> (metadata: ProviderMetadata, document: CachedDocument) {
    let document = try await DocumentFetch(
      url: discoveryURL(of: issuer),
      host: issuer.host,
      subject: "its discovery document",
      limit: Limits.discoveryDocument,
      missing: .discoveryNotFound,
      html: .discoveryIsHTML
    ).run(known: known, now: now, send)
    return (try ProviderMetadata(parsing: document.bytes, issuer: issuer), document)
  }
}
