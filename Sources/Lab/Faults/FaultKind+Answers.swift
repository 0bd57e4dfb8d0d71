// SPDX-License-Identifier: Apache-2.0

/// Faults of whole answers.
extension FaultKind {
  static let answers = [
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
    FaultKind(
      "answer-set",
      "set a member of a JSON answer: name, value (JSON or text)",
      requires: ["name", "value"]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let value = fault.value
      plan.editAnswer { $0[name] = value }
    },
    FaultKind(
      "answer-remove",
      "leave a member out of a JSON answer: name",
      requires: ["name"]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      plan.editAnswer { $0[name] = nil }
    },
    FaultKind(
      "answer-append",
      "append text to a member of a JSON answer: name, text (1)",
      requires: ["name"]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let text = fault.parameters["text"] ?? "1"
      plan.editAnswer { $0[name] = .string(($0[name]?.scalarText ?? "") + text) }
    },
    FaultKind(
      "answer-header",
      "set a header field of the answer: name, value (empty: take it away)",
      requires: ["name"]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let value = fault.parameters["value"] == nil ? "" : fault.value.scalarText ?? ""
      plan.headers.append((name: name, value: value))
    },
    FaultKind("refuse-dpop", "refuse a DPoP proof although DPoP is announced") { _, plan in
      plan.refusesProofs = true
    },
    FaultKind("new-dpop-nonce", "DPoP proofs need another nonce from now on") { _, plan in
      plan.renewsNonce = true
    },
    FaultKind("signed-userinfo", "userinfo comes as a signed token", on: .userInfo) { _, plan in
      plan.signsUserInfo = true
    },
    FaultKind(
      "rotate-keys",
      "new signing keys before the request is processed: keep-old (false)"
    ) { fault, plan in
      plan.rotatesKeysKeepingOld = fault.parameters["keep-old"] == "true"
    },
  ]
}
