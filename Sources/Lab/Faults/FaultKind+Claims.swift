// SPDX-License-Identifier: Apache-2.0

/// Faults of single claims and header members.
extension FaultKind {
  static let claims = [
    FaultKind(
      "claim-set",
      "set a claim: name, value (JSON or text)",
      takes: [.text("name").required, .text("value").required]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let value = fault.value
      plan.editTokens(of: fault) { $0.claims[name] = value }
    },
    FaultKind("claim-remove", "leave a claim out: name", takes: [.text("name").required]) {
      fault,
      plan in
      guard let name = fault.parameters["name"] else { return }
      plan.editTokens(of: fault) { $0.claims[name] = nil }
    },
    FaultKind(
      "claim-append",
      "append text to a claim: name, text (1)",
      takes: [.text("name").required, .text("text")]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let text = fault.parameters["text"] ?? "1"
      plan.editTokens(of: fault) { draft in
        draft.claims[name] = .string((draft.claims[name]?.scalarText ?? "") + text)
      }
    },
    FaultKind(
      "claim-shift",
      "move the time in a claim: name, seconds",
      takes: [.text("name").required, .seconds.required]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let seconds = fault.number("seconds", default: 0)
      plan.editTokens(of: fault) { draft in
        guard let time = draft.claims[name]?.int else { return }
        // Another fault may have set any number.
        draft.claims[name] = .int(time &+ seconds)
      }
    },
    FaultKind(
      "claim-twice",
      "a claim stands in the payload twice, first with another value: name, value",
      takes: [.text("name").required, .text("value").required]
    ) { fault, plan in
      let member = JSONValue.string(fault.parameters["name"] ?? "").text + ":" + fault.value.text
      plan.editTokens(of: fault) { draft in
        draft.editPayload = { "{\(member),\($0.dropFirst())" }
      }
    },
    FaultKind(
      "header-set",
      "set a member of the token's header: name, value (JSON or text)",
      takes: [.text("name").required, .text("value").required]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let value = fault.value
      plan.editTokens(of: fault) { $0.header[name] = .some(value) }
    },
    FaultKind(
      "header-remove",
      "leave a member out of the token's header: name",
      takes: [.text("name").required]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      plan.editTokens(of: fault) { $0.header.updateValue(nil, forKey: name) }
    },
    FaultKind("unknown-kid", "the header names a key that nobody has, another one each time") {
      fault,
      plan in
      plan.editTokens(of: fault) { $0.header["kid"] = .some(.string(Randomness.token())) }
    },
  ]
}
