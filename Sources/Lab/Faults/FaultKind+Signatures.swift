// SPDX-License-Identifier: Apache-2.0

/// Faults of signatures and algorithms.
extension FaultKind {
  static let signatures = [
    FaultKind("bad-signature", "every byte of the signature is changed (xor 0x5A)") {
      fault,
      plan in
      plan.editTokens(of: fault) { draft in
        draft.editSignature = { $0.map { $0 ^ 0x5A } }
      }
    },
    FaultKind("zero-signature", "every byte of the signature is zero (for ECDSA, r = s = 0)") {
      fault,
      plan in
      plan.editTokens(of: fault) { draft in
        draft.editSignature = { $0.map { _ in 0 } }
      }
    },
    FaultKind(
      "sign-alg",
      "signed with another algorithm, by the usual key if it can: alg",
      takes: [.algorithm.required]
    ) { fault, plan in
      let algorithm = try? SigningAlgorithm(parsing: fault.parameters["alg"] ?? "")
      plan.editTokens(of: fault) { $0.algorithm = algorithm }
    },
    FaultKind("hs256-public-key", "HS256 keyed with the PEM of the issuer's public RSA key") {
      fault,
      plan in
      plan.editTokens(of: fault) { $0.signature = .publicKeyAsSecret }
    },
    FaultKind("hs256-client-secret", "HS256 keyed with the client's secret (or its id)") {
      fault,
      plan in
      plan.editTokens(of: fault) { draft in
        let secret = draft.clientSecret ?? draft.claims["aud"]?.string ?? ""
        draft.signature = .sharedSecret(secret)
      }
    },
  ]
}
