// SPDX-License-Identifier: Apache-2.0

package import OAuth
import ReadyCredential

/// Which of the issuer's tokens goes to the API server.
package enum TokenKind: String, Sendable, Codable, CaseIterable {
  /// The ID token, which kube-apiserver's OIDC authenticator expects.
  case id
  /// The access token, for API servers that accept the issuer's own JWTs.
  case access
}

/// Everything about a wanted credential that decides which session it comes from.
package struct CredentialRequest: Sendable {
  /// The issuer that the session is with.
  package var issuer: Issuer
  /// The OAuth client (RFC 6749 §2.2).
  package var clientID: String
  /// The secret of a confidential client; how it is sent is the issuer's choice.
  package var clientSecret: Secret?
  /// The scopes to ask for, `openid` among them.
  package var scopes: [String]
  /// The `audience` parameter, for issuers that want one.
  package var audience: String?
  /// A label that keeps two logins at one issuer apart.
  package var account: String?
  /// Which token is handed out.
  package var token: TokenKind
  /// The certificates (PEM) that are trusted for the issuer beside the system's; empty if none were named.
  package var authorities: [UInt8]

  /// Makes a request; scopes are completed with `openid` and `offline_access` only by the caller.
  package init(
    issuer: Issuer,
    clientID: String,
    clientSecret: Secret?,
    scopes: [String],
    audience: String?,
    account: String?,
    token: TokenKind,
    authorities: [UInt8]
  ) {
    self.issuer = issuer
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.scopes = scopes
    self.audience = audience
    self.account = account
    self.token = token
    self.authorities = authorities
  }

  /// The token endpoint with this client's way of authenticating there.
  func tokenEndpoint(_ metadata: ProviderMetadata) -> TokenEndpoint {
    TokenEndpoint(
      endpoint: metadata.tokenEndpoint,
      clientID: clientID,
      authentication: .preferred(secret: clientSecret, metadata: metadata),
      audience: audience
    )
  }

  /// Hex SHA-256 of the extra trust anchors; empty if there are none.
  ///
  /// Part of the session record, not of its key: a request with other anchors must be noticed, not get a new session.
  package var authoritiesDigest: String {
    authorities.isEmpty ? "" : Fingerprint.hex(of: [authorities], label: "authorities")
  }
}

/// SHA-256 over length-prefixed parts, so that no two different lists of parts give the same bytes.
enum Fingerprint {
  /// The digest of the parts, 32 bytes, under a label that keeps different uses apart.
  static func bytes(of parts: [[UInt8]], label: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in [Array("lanyard/\(label)/1".utf8)] + parts {
      unsafe withUnsafeBytes(of: UInt64(part.count).bigEndian) {
        unsafe bytes.append(contentsOf: $0)
      }
      bytes.append(contentsOf: part)
    }
    return SHA256.hash(bytes)
  }

  /// The same digest in hexadecimal digits.
  static func hex(of parts: [[UInt8]], label: String) -> String {
    HexDigits.text(bytes(of: parts, label: label))
  }
}
