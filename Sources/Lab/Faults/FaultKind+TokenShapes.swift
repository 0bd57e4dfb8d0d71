// SPDX-License-Identifier: Apache-2.0

/// Faults of the form that a token has.
extension FaultKind {
  static let tokenShapes = [
    FaultKind("payload-array", "the payload is an array with the claims in it") { fault, plan in
      plan.editTokens(of: fault) { draft in draft.editPayload = { "[\($0)]" } }
    },
    FaultKind("json-token", "JSON serialisation, with the algorithm in the unprotected header") {
      fault,
      plan in
      plan.editTokens(of: fault) { draft in
        let algorithm = draft.algorithm?.rawValue
        draft.write = { parts in
          let header: JSONValue = ["alg": .string(algorithm ?? "RS256")]
          return JSONValue.object([
            "header": header, "protected": .string(parts.header),
            "payload": .string(parts.payload), "signature": .string(parts.signature),
          ]).text
        }
      }
    },
    FaultKind(
      "encrypted-token",
      "a token of five parts (JWE): alg (RSA-OAEP), enc (A256GCM)",
      takes: [.text("alg"), .text("enc")]
    ) { fault, plan in
      let header: JSONValue = [
        "alg": .string(fault.parameters["alg"] ?? "RSA-OAEP"),
        "enc": .string(fault.parameters["enc"] ?? "A256GCM"),
      ]
      plan.editTokens(of: fault) { draft in
        draft.write = { parts in
          let rest = [256, 12, parts.payload.utf8.count, 16].map {
            Randomness.base64URL(Randomness.bytes($0))
          }
          return ([Randomness.base64URL(header.text.utf8)] + rest).joined(separator: ".")
        }
      }
    },
    FaultKind(
      "huge-token",
      "a token with a claim of so many bytes: bytes (2097152)",
      takes: [.size("bytes")]
    ) { fault, plan in
      let bytes = fault.number("bytes", default: 2_097_152)
      plan.editTokens(of: fault) { draft in
        draft.claims["padding"] = .string(String(repeating: "x", count: bytes))
      }
    },
    FaultKind(
      "dots",
      "a token with so many dots behind it: count (1000000)",
      takes: [.size("count")]
    ) { fault, plan in
      let count = fault.number("count", default: 1_000_000)
      plan.editTokens(of: fault) { draft in
        draft.write = { $0.compact + String(repeating: ".", count: count) }
      }
    },
  ]
}
