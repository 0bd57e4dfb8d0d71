// SPDX-License-Identifier: Apache-2.0

/// Faults of tokens that have a name of their own.
extension FaultKind {
  static let tokens = [
    FaultKind("wrong-issuer", "iss names somebody else: issuer", takes: [.text("issuer")]) {
      fault,
      plan in
      let issuer = fault.parameters["issuer"] ?? "https://issuer.invalid"
      plan.editTokens(of: fault) { $0.claims["iss"] = .string(issuer) }
    },
    FaultKind(
      "wrong-audience",
      "aud (and azp) name another client: audience",
      takes: [.text("audience")]
    ) { fault, plan in
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
    FaultKind("wrong-subject", "sub is another person's: sub", takes: [.text("sub")]) {
      fault,
      plan in
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
    FaultKind(
      "clock",
      "iat, nbf, auth_time, exp and the answer's Date are off: seconds (600)",
      takes: [.seconds]
    ) { fault, plan in
      let seconds = fault.number("seconds", default: 600)
      plan.dateShift += Double(seconds)
      plan.editTokens(of: fault) { draft in
        for name in ["iat", "nbf", "exp", "auth_time"] {
          guard let time = draft.claims[name]?.int else { continue }
          // Another fault may have set any number.
          draft.claims[name] = .int(time &+ seconds)
        }
      }
    },
    FaultKind("expires", "tokens live for another time: seconds (0)", takes: [.seconds]) {
      fault,
      plan in
      let seconds = fault.number("seconds", default: 0)
      plan.editTokens(of: fault) { draft in
        draft.claims["exp"] = .int((draft.claims["iat"]?.int ?? 0) &+ seconds)
      }
      plan.editAnswer { answer in
        if answer["access_token"] != nil { answer["expires_in"] = .int(seconds) }
      }
    },
  ]
}
