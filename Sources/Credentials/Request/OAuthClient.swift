// SPDX-License-Identifier: Apache-2.0

package import OAuth

/// What the issuer knows the client by, and what the client proves it with.
package struct OAuthClient: Sendable, Equatable {
  /// The client id (RFC 6749 §2.2).
  package var id: String
  /// The method to authenticate with; nil: by what is given and what the issuer offers.
  package var method: ClientCredential.Method?
  /// The secret of a confidential client.
  package var secret: Secret?
  /// The private key, PEM.
  package var key: Secret?
  /// The key id to name in assertions; nil: the key's thumbprint (RFC 7638).
  package var keyID: String?
  /// The certificate chain (PEM) for mutual TLS, which goes with `key`; empty if there is none.
  package var certificate: [UInt8]

  /// Makes a client; a public one unless something secret is given.
  package init(
    id: String,
    method: ClientCredential.Method? = nil,
    secret: Secret? = nil,
    key: Secret? = nil,
    keyID: String? = nil,
    certificate: [UInt8] = []
  ) {
    self.id = id
    self.method = method
    self.secret = secret
    self.key = key
    self.keyID = keyID
    self.certificate = certificate
  }

  /// Whether its method needs a secret that is named nowhere, so that it has to be asked for.
  var lacksSecret: Bool {
    guard secret == nil else { return false }
    return [.secretBasic, .secretPost, .secretJWT].contains(method)
  }
}
