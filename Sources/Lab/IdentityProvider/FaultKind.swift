// SPDX-License-Identifier: Apache-2.0

/// One kind of fault: its name, where it applies unless told otherwise, and what it does to the
/// plan of an answer.
///
/// To add a kind, add an entry to `all`.
package struct FaultKind: Sendable {
  package let name: String
  /// What it does, with its parameters, for the command's help and the documentation.
  package let summary: String
  /// The endpoint it applies to when none is given.
  package let endpoint: String
  let apply: @Sendable (Fault, inout AnswerPlan) -> Void

  private init(
    _ name: String,
    _ summary: String,
    on endpoint: IssuerEndpoint = .token,
    _ apply: @escaping @Sendable (Fault, inout AnswerPlan) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.endpoint = endpoint.rawValue
    self.apply = apply
  }

  /// Every kind of fault the lab knows.
  package static let all = connection + answers + tokens + discovery

  private static let connection = [
    FaultKind("delay", "answer late: ms (default 1000), when=before|after processing (after)") {
      fault,
      plan in
      let delay = Duration.milliseconds(fault.number("ms", default: 1000))
      if fault.parameters["when"] == "before" {
        plan.delayBefore = delay
      } else {
        plan.delayAfter = delay
      }
    },
    FaultKind("drop-before", "close the connection instead of processing the request") { _, plan in
      plan.drop = .before
    },
    FaultKind("drop-after", "process the request, then close the connection without an answer") {
      _,
      plan in
      plan.drop = .after
    },
  ]

  private static let answers = [
    FaultKind(
      "status",
      "answer without processing: code (500), body, type (text/plain), retry-after, header.NAME"
    ) { fault, plan in
      var headers = fault.parameters.filter { $0.key.hasPrefix("header.") }
        .map { (name: String($0.key.dropFirst("header.".count)), value: $0.value) }
      if let seconds = fault.parameters["retry-after"] { headers.append(("retry-after", seconds)) }
      plan.cannedAnswer = CannedAnswer(
        status: fault.number("code", default: 500),
        type: fault.parameters["type"] ?? "text/plain",
        body: fault.parameters["body"] ?? "",
        headers: headers
      )
    },
    FaultKind(
      "oauth-error",
      "refuse with an OAuth error: error (invalid_grant), code (400), description"
    ) { fault, plan in
      var body: [String: JSONValue] = [
        "error": .string(fault.parameters["error"] ?? "invalid_grant")
      ]
      body["error_description"] = fault.parameters["description"].map(JSONValue.string)
      plan.cannedAnswer = CannedAnswer(
        status: fault.number("code", default: 400),
        type: "application/json",
        body: JSONValue.object(body).text,
        headers: []
      )
    },
    FaultKind("no-refresh-token", "leave refresh_token out of the answer") { _, plan in
      plan.editAnswer { $0["refresh_token"] = nil }
    },
    FaultKind("no-id-token", "leave id_token out of the answer") { _, plan in
      plan.editAnswer { $0["id_token"] = nil }
    },
  ]

  private static let tokens = [
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
    FaultKind("clock", "iat, nbf, auth_time and exp are off: seconds (600)") { fault, plan in
      let seconds = fault.number("seconds", default: 600)
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

  private static let discovery = [
    FaultKind("discovery-html", "discovery answers a web page", on: .discovery) { _, plan in
      plan.cannedAnswer = CannedAnswer(
        status: 200,
        type: "text/html",
        body: "<!doctype html><title>Welcome</title><p>This is no metadata.</p>",
        headers: []
      )
    },
    FaultKind("discovery-404", "discovery answers 404", on: .discovery) { _, plan in
      plan.cannedAnswer = CannedAnswer(
        status: 404,
        type: "text/plain",
        body: "not found",
        headers: []
      )
    },
    FaultKind("discovery-other-issuer", "discovery names another issuer: issuer", on: .discovery) {
      fault,
      plan in
      let issuer = fault.parameters["issuer"] ?? "https://issuer.invalid"
      plan.editAnswer { $0["issuer"] = .string(issuer) }
    },
    FaultKind("discovery-huge", "discovery is valid JSON of bytes (10 MB) bytes", on: .discovery) {
      fault,
      plan in
      let bytes = fault.number("bytes", default: 10_000_000)
      plan.editAnswer { $0["padding"] = .string(String(repeating: "x", count: bytes)) }
    },
  ]
}
