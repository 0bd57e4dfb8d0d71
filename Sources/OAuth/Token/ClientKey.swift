// SPDX-License-Identifier: Apache-2.0

/// A client's private key for `private_key_jwt`, with the algorithm and the name it signs under.
package struct ClientKey: Sendable {
  let key: SigningKey
  /// The algorithm that was asked for; nil leaves it to the key and the issuer.
  let explicitAlgorithm: SigningAlgorithm?
  /// `kid` of its signatures: the one given, else the RFC 7638 thumbprint of the public key, which
  /// is what most tools that make a JWK set name a key.
  package let keyID: String

  /// Reads an unencrypted PKCS #8 key in PEM: RSA of 2048 to 8192 bits, P-256, P-384, P-521 or
  /// Ed25519.
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` for a text that is none, an algorithm that the key
  /// cannot sign with, and a key id that is empty, too long or not visible ASCII; nothing of the
  /// text is in the error.
  package init(
    pem: Secret,
    algorithm: SigningAlgorithm? = nil,
    keyID: String? = nil
  ) throws(OAuthError) {
    do throws(PrivateKeyPEM.Flaw) {
      key = try PrivateKeyPEM.read(pem.expose())
    } catch {
      throw Self.refusal(error.reason)
    }
    if let algorithm, !key.algorithms.contains(algorithm) {
      let names = key.algorithms.map(\.rawValue).joined(separator: ", ")
      throw Self.refusal("it cannot sign with \(algorithm.rawValue), only with \(names)")
    }
    explicitAlgorithm = algorithm
    if let keyID {
      guard !keyID.isEmpty, keyID.utf8.count <= Limits.keyID, Text.isVisibleASCII(keyID) else {
        throw Self.refusal("its key id is not 1 to \(Limits.keyID) visible ASCII characters")
      }
      self.keyID = keyID
    } else {
      do {
        self.keyID = try key.thumbprint()
      } catch {
        throw Self.refusal("its public half cannot be computed")
      }
    }
  }

  /// What it signs with: the algorithm asked for, else the first that the issuer announces
  /// (`token_endpoint_auth_signing_alg_values_supported`; nil if it announces none), else the
  /// key's most usual.
  ///
  /// RS256 comes before PS256 where both would do, because a client registered without an algorithm
  /// is registered for that.
  package func algorithm(announced: [String]?) -> SigningAlgorithm {
    let usual = key.algorithms
    return explicitAlgorithm
      ?? usual.first { announced?.contains($0.rawValue) ?? true }
      ?? usual[0]
  }

  private static func refusal(_ reason: String) -> OAuthError {
    OAuthError(
      .requestInvalid,
      what: "the client's private key cannot be used: \(reason)",
      remedy: "give an unencrypted PKCS #8 key in PEM whose public half the issuer knows"
    )
  }
}

extension ClientKey: CustomStringConvertible, CustomReflectable {
  /// Its name and nothing of the key.
  package var description: String { "client key \(keyID)" }

  /// A mirror without children, so that `dump` shows nothing of the key either.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
