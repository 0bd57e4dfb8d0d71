// SPDX-License-Identifier: Apache-2.0

/// Faults of the authorization response, whether it goes by redirect or by form.
extension FaultKind {
  static let redirects = [
    FaultKind(
      "redirect-set",
      "set a parameter of the authorization response: name, value",
      on: .login,
      takes: [.text("name").required, .text("value").required]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let value = fault.value.scalarText ?? fault.value.text
      plan.editRedirect { parameters in
        parameters.removeAll { $0.name == name }
        parameters.append((name: name, value: value))
      }
    },
    FaultKind(
      "redirect-remove",
      "leave a parameter out of the authorization response: name",
      on: .login,
      takes: [.text("name").required]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      plan.editRedirect { parameters in parameters.removeAll { $0.name == name } }
    },
    FaultKind(
      "redirect-append",
      "append text to a parameter of the authorization response: name, text (1)",
      on: .login,
      takes: [.text("name").required, .text("text")]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let text = fault.parameters["text"] ?? "1"
      plan.editRedirect { parameters in
        for index in parameters.indices where parameters[index].name == name {
          parameters[index].value += text
        }
      }
    },
    FaultKind(
      "redirect-twice",
      "give a parameter of the authorization response twice: name, value (the same)",
      on: .login,
      takes: [.text("name").required, .text("value")]
    ) { fault, plan in
      guard let name = fault.parameters["name"] else { return }
      let value = fault.parameters["value"] == nil ? nil : fault.value.scalarText
      plan.editRedirect { parameters in
        guard let first = parameters.first(where: { $0.name == name }) else { return }
        parameters.append((name: name, value: value ?? first.value))
      }
    },
    FaultKind(
      "redirect-error",
      "the authorization response is an error: error (server_error), description",
      on: .login,
      takes: [.text("error"), .text("description")]
    ) { fault, plan in
      let error = fault.parameters["error"] ?? "server_error"
      let description = fault.parameters["description"]
      plan.editRedirect { parameters in
        parameters.removeAll { $0.name == "code" }
        parameters.append((name: "error", value: error))
        if let description {
          parameters.append((name: "error_description", value: description))
        }
      }
    },
  ]
}
