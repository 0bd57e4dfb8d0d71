// SPDX-License-Identifier: Apache-2.0

/// Faults of whole answers.
extension FaultKind {
  static let answers = [
    FaultKind(
      "status",
      "answer without processing: code (500), body, type (text/plain), retry-after, header.NAME",
      takes: [.status, .text("body"), .text("type"), .text("retry-after"), .fields]
    ) { fault, plan in
      var headers = fault.parameters.filter { $0.key.hasPrefix("header.") }
        .map { (name: String($0.key.dropFirst("header.".count)), value: $0.value) }
      if let seconds = fault.parameters["retry-after"] { headers.append(("retry-after", seconds)) }
      let answer = CannedAnswer(
        status: fault.number("code", default: 500),
        type: fault.parameters["type"] ?? "text/plain",
        body: fault.parameters["body"] ?? "",
        headers: headers
      )
      plan.cannedAnswer = { _ in answer }
    },
    FaultKind(
      "oauth-error",
      "refuse with an OAuth error: error (invalid_grant), code (400), description",
      takes: [.text("error"), .status, .text("description")]
    ) { fault, plan in
      var body: [String: JSONValue] = [
        "error": .string(fault.parameters["error"] ?? "invalid_grant")
      ]
      body["error_description"] = fault.parameters["description"].map(JSONValue.string)
      let answer = CannedAnswer(
        status: fault.number("code", default: 400),
        type: "application/json",
        body: JSONValue.object(body).text
      )
      plan.cannedAnswer = { _ in answer }
    },
    FaultKind(
      "echo",
      "refuse and repeat the secret sent: code (400), error (invalid_request), as=description|error, encoded=0|1",
      takes: [
        .status, .text("error"), .choice("as", ["description", "error"]),
        .choice("encoded", ["0", "1"]),
      ]
    ) { fault, plan in
      plan.cannedAnswer = { exchange in
        var secret = exchange.secret ?? ""
        if fault.parameters["encoded"] == "1" { secret = Self.percentEncoded(secret) }
        let inError = fault.parameters["as"] == "error"
        let error = inError ? secret : fault.parameters["error"] ?? "invalid_request"
        let description = inError ? "cannot be used" : "cannot be used: \(secret)"
        let body: JSONValue = [
          "error": .string(error), "error_description": .string(description),
        ]
        return CannedAnswer(
          status: fault.number("code", default: 400),
          type: "application/json",
          body: body.text,
          headers: [(name: "cache-control", value: "no-store")]
        )
      }
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
      takes: [.text("name").required, .text("value").required]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let value = fault.value
      plan.editAnswer { $0[name] = value }
    },
    FaultKind(
      "answer-remove",
      "leave a member out of a JSON answer: name",
      takes: [.text("name").required]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      plan.editAnswer { $0[name] = nil }
    },
    FaultKind(
      "answer-append",
      "append text to a member of a JSON answer: name, text (1)",
      takes: [.text("name").required, .text("text")]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let text = fault.parameters["text"] ?? "1"
      plan.editAnswer { $0[name] = .string(($0[name]?.scalarText ?? "") + text) }
    },
    FaultKind(
      "answer-header",
      "set a header field of the answer: name, value (empty: take it away)",
      takes: [.field.required, .text("value")]
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
      "new signing keys before the request is processed: keep-old (false)",
      takes: [.choice("keep-old", ["true", "false"])]
    ) { fault, plan in
      plan.rotatesKeysKeepingOld = fault.parameters["keep-old"] == "true"
    },
  ]

  /// Everything but letters and digits as `%XX`, which also changes a base64url text with a dash in it.
  private static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      let character = Character(UnicodeScalar(byte))
      guard byte >= 128 || !(character.isLetter || character.isNumber) else {
        return String(character)
      }
      return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}
