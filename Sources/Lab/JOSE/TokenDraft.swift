// SPDX-License-Identifier: Apache-2.0

/// A token before it is signed.
struct TokenDraft: Sendable {
  /// What the token is for.
  enum Use: String, Sendable {
    case id
    case access
    case userinfo
  }

  /// Who signs it.
  enum Signature: Sendable {
    case currentKey
    case foreignKey
    case none
    /// HS256 keyed with the PEM of the issuer's public RSA key.
    case publicKeyAsSecret
    /// HS256 keyed with a secret that the client knows.
    case sharedSecret(String)
  }

  /// The three parts of a signed token, in base64url.
  struct Parts: Sendable {
    let header: String
    let payload: String
    let signature: String

    var compact: String { "\(header).\(payload).\(signature)" }
  }

  let use: Use
  var claims: [String: JSONValue]
  /// The secret of the client that the token is for.
  var clientSecret: String?
  /// Members to set in the header, or with nil to leave out.
  var header: [String: JSONValue?] = [:]
  /// Another algorithm than the issuer's.
  var algorithm: SigningAlgorithm?
  var signature = Signature.currentKey
  /// Changes the signature's bytes.
  var editSignature: (@Sendable ([UInt8]) -> [UInt8])?
  /// Changes the JSON text that is signed.
  var editPayload: (@Sendable (String) -> String)?
  /// Writes the token in another way than compact.
  var write: (@Sendable (Parts) -> String)?

  init(use: Use, claims: [String: JSONValue]) {
    self.use = use
    self.claims = claims
  }

  /// The `typ` of the header.
  var type: String { use == .access ? "at+jwt" : "JWT" }
}
