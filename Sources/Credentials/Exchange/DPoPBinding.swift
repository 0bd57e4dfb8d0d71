// SPDX-License-Identifier: Apache-2.0

package import OAuth

/// The key of a session whose tokens are bound to one, and the issuer's last nonce (RFC 9449).
///
/// It lies in the encrypted part of the session, so that a refresh token that somebody copied off the wire is worth
/// nothing without it.
package struct DPoPBinding: Sendable, Equatable {
  /// The private key, as the session record has it.
  package let key: Secret
  /// What the issuer wants in the next proof; nil if it has not said.
  package var nonce: String?

  /// A binding as the session record has it.
  package init(key: Secret, nonce: String? = nil) {
    self.key = key
    self.nonce = nonce
  }

  /// A new key.
  init(_ effects: Effects) throws(OAuthError) {
    self.init(key: try DPoPKey(random: effects.random(DPoPKey.size)).stored)
  }

  /// What an authorization request says of the key (RFC 9449 §10).
  var thumbprint: String {
    get throws(OAuthError) { try DPoPKey(stored: key).thumbprint }
  }

  /// The call with a proof for it; with an access token for a call that carries one.
  func prove(
    _ call: HTTPCall,
    nonce: String?,
    accessToken: Secret? = nil,
    _ effects: Effects
  ) throws(OAuthError) -> HTTPCall {
    try DPoPProof(
      now: effects.now(),
      random: effects.random(32),
      nonce: nonce,
      accessToken: accessToken
    ).prove(call, with: try DPoPKey(stored: key))
  }
}
