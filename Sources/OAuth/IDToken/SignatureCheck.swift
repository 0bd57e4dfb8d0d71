// SPDX-License-Identifier: Apache-2.0

/// Finds the key of a token and checks the signature.
struct SignatureCheck {
  let jws: CompactJWS
  let header: TokenHeader
  let keys: KeySet
  /// What the issuer announced to sign with; empty if it announced nothing.
  let announced: [String]

  /// Nothing if the signature is right; nothing either if the header has no accepted algorithm,
  /// which is a fault of its own already.
  func faults() -> [IDTokenFault] {
    guard let algorithm = header.algorithm else { return [] }
    guard announced.isEmpty || announced.contains(algorithm.rawValue) else {
      return [.algorithmNotAnnounced(algorithm.rawValue)]
    }
    guard !keys.keys.isEmpty else { return [.noUsableKey(why: keys.skipped.first)] }
    let candidates: [JSONWebKey]
    if let keyID = header.keyID {
      let named = keys.keys.filter { $0.keyID.map { Text.sameBytes($0, keyID) } ?? false }
      guard !named.isEmpty else { return [.unknownKey(id: Text.line(keyID, limit: 80))] }
      candidates = named.filter { $0.algorithms.contains(algorithm) }
      // The key decides about its algorithm, not the token: that is what stops RS256 keys used as
      // HMAC secrets.
      guard !candidates.isEmpty else { return [.algorithmMismatch(algorithm.rawValue)] }
    } else {
      candidates = keys.keys.filter { $0.algorithms.contains(algorithm) }
      guard !candidates.isEmpty else { return [.unknownKey(id: nil)] }
      // Trying them all would let whoever brings a key into the set sign as any other; OIDC Core 10.1
      // asks for a kid when there are several.
      guard candidates.count == 1 else { return [.ambiguousKey(candidates.count)] }
    }
    let isValid = candidates.contains {
      $0.key.isValid(jws.signature, over: jws.signingInput, algorithm)
    }
    return isValid ? [] : [.signatureInvalid]
  }
}
