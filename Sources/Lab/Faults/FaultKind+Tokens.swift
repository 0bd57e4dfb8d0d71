// SPDX-License-Identifier: Apache-2.0

/// Faults of tokens that have a name of their own.
extension FaultKind {
  static let tokens = [
    FaultKind("wrong-issuer", "iss names somebody else: issuer") { fault, plan in
      let issuer = fault.parameters["issuer"] ?? "https://issuer.invalid"
      plan.editTokens(of: fault) { $0.claims["iss"] = .string(issuer) }
    },
    FaultKind("wrong-audience", "aud (and azp) name another client: audience") { fault, plan in
      let audience = fault.parameters["audience"] ?? "somebody-else"
      plan.editTokens(of: fault) { draft in
        draft.claims["aud"] = .string(audience)
        draft.claims["azp"] = .string(audience)
      }
    },
    FaultKind("wrong-nonce", "the ID token carries another nonce") { fault, plan in
      plan.editTokens(of: fault) { draft in
        if draft.use == .id { draft.claims["nonce"] = "not-the-nonce-of-this-request" }
      }
    },
    FaultKind("wrong-at-hash", "at_hash belongs to another access token") { fault, plan in
      plan.editTokens(of: fault) { draft in
        if draft.use == .id { draft.claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" }
      }
    },
    FaultKind("wrong-subject", "sub is another person's: sub") { fault, plan in
      let subject = fault.parameters["sub"] ?? "somebody-else"
      plan.editTokens(of: fault) { $0.claims["sub"] = .string(subject) }
    },
    FaultKind("wrong-signature", "signed by a key that is not in the key set, under its id") {
      fault,
      plan in
      plan.editTokens(of: fault) { $0.signature = .foreignKey }
    },
    FaultKind("alg-none", "not signed at all (alg none)") { fault, plan in
      plan.editTokens(of: fault) { $0.signature = .none }
    },
    FaultKind("clock", "iat, nbf, auth_time, exp and the answer's Date are off: seconds (600)") {
      fault,
      plan in
      let seconds = fault.number("seconds", default: 600)
      plan.dateShift += Double(seconds)
      plan.editTokens(of: fault) { draft in
        for name in ["iat", "nbf", "exp", "auth_time"] {
          guard let time = draft.claims[name]?.int else { continue }
          draft.claims[name] = .int(time + seconds)
        }
      }
    },
    FaultKind("expires", "tokens live for another time: seconds (0)") { fault, plan in
      let seconds = fault.number("seconds", default: 0)
      plan.editTokens(of: fault) { $0.claims["exp"] = .int(($0.claims["iat"]?.int ?? 0) + seconds) }
      plan.editAnswer { $0["expires_in"] = .int(seconds) }
    },
  ]
}
