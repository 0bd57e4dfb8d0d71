// SPDX-License-Identifier: Apache-2.0

/// Finds the key of a token and checks the signature.
struct SignatureCheck {
  let jws: CompactJWS
  let header: TokenHeader
  let keys: KeySet

  /// Nothing if the signature is right; nothing either if the header has no accepted algorithm,
  /// which is a fault of its own already.
  func faults() -> [IDTokenFault] {
    guard let algorithm = header.algorithm else { return [] }
    let candidates: [JSONWebKey]
    if let keyID = header.keyID {
      let named = keys.keys.filter { $0.keyID.map { Text.sameBytes($0, keyID) } ?? false }
      guard !named.isEmpty else { return [.unknownKey(id: Text.line(keyID, limit: 80))] }
      candidates = named.filter { $0.key.algorithm == algorithm }
      // The key decides about its algorithm, not the token: that is what stops RS256 keys used as
      // HMAC secrets.
      guard !candidates.isEmpty else { return [.algorithmMismatch(algorithm.rawValue)] }
    } else {
      candidates = keys.keys.filter { $0.key.algorithm == algorithm }
      guard !candidates.isEmpty else { return [.unknownKey(id: nil)] }
      guard candidates.count == 1 else { return [.ambiguousKey(candidates.count)] }
    }
    let isValid = candidates.contains {
      $0.key.isValid(signature: jws.signature, over: jws.signingInput)
    }
    return isValid ? [] : [.signatureInvalid]
  }
}
