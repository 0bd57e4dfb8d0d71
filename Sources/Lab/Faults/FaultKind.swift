// SPDX-License-Identifier: Apache-2.0

/// One kind of fault: its name, where it applies unless told otherwise, and what it does to the
/// plan of an answer.
///
/// To add a kind, add an entry to one of the lists that `all` is made of.
package struct FaultKind: Sendable {
  package let name: String
  /// What it does, with its parameters, for the command's help and the documentation.
  package let summary: String
  /// The endpoint it applies to when none is given.
  package let endpoint: String
  /// The parameters that it takes; any other one is refused.
  let takes: [FaultParameter]
  let apply: @Sendable (Fault, inout AnswerPlan) -> Void

  init(
    _ name: String,
    _ summary: String,
    on endpoint: IssuerEndpoint = .token,
    takes: [FaultParameter] = [],
    _ apply: @escaping @Sendable (Fault, inout AnswerPlan) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.endpoint = endpoint.rawValue
    self.takes = takes
    self.apply = apply
  }

  /// Every kind of fault the lab knows.
  package static let all = connection + answers + changesOfTokens + redirects + discovery

  /// What is in these lists changes tokens: both, or the one that `token` names.
  private static let changesOfTokens = (tokens + claims + signatures + tokenShapes).map { kind in
    FaultKind(kind, takes: kind.takes + [.choice("token", ["id", "access"])])
  }

  private init(_ kind: FaultKind, takes: [FaultParameter]) {
    name = kind.name
    summary = kind.summary
    endpoint = kind.endpoint
    apply = kind.apply
    self.takes = takes
  }

  /// The parameters that have no default.
  package var needs: [String] { takes.filter(\.isRequired).map(\.name) }

  /// Whether a fault of this kind can be restricted to the ID token or the access token.
  package var changesTokens: Bool { takes.contains { $0.isNamed("token") } }

  /// Checks the parameters of a fault; throws `LabError.badOption`.
  func check(_ parameters: [String: String]) throws {
    for (key, value) in parameters.sorted(by: { $0.key < $1.key }) {
      guard let parameter = takes.first(where: { $0.isNamed(key) }) else {
        let names = takes.map { $0.name.hasSuffix(".") ? $0.name + "NAME" : $0.name }
        throw LabError(
          .badOption,
          "the fault \"\(name)\" has no parameter \"\(key)\"",
          remedy: names.isEmpty ? "it has none" : "it takes \(names.joined(separator: ", "))"
        )
      }
      try parameter.check(key, value, of: name)
    }
    for needed in needs where parameters[needed] == nil {
      throw LabError(.badOption, "the fault \"\(name)\" needs \(needed)=…")
    }
  }

  private static let connection = [
    FaultKind(
      "delay",
      "answer late: ms (default 1000), when=before|after processing (after)",
      takes: [.number("ms", 0...3_600_000), .choice("when", ["before", "after"])]
    ) { fault, plan in
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

  private static let discovery = [
    FaultKind("discovery-html", "discovery answers a web page", on: .discovery) { _, plan in
      let page = "<!doctype html><title>Welcome</title><p>This is no metadata.</p>"
      plan.cannedAnswer = { _ in CannedAnswer(status: 200, type: "text/html", body: page) }
    },
    FaultKind("discovery-404", "discovery answers 404", on: .discovery) { _, plan in
      plan.cannedAnswer = { _ in CannedAnswer(status: 404, type: "text/plain", body: "not found") }
    },
    FaultKind(
      "discovery-other-issuer",
      "discovery names another issuer: issuer",
      on: .discovery,
      takes: [.text("issuer")]
    ) { fault, plan in
      let issuer = fault.parameters["issuer"] ?? "https://issuer.invalid"
      plan.editAnswer { $0["issuer"] = .string(issuer) }
    },
    FaultKind(
      "discovery-huge",
      "discovery is valid JSON of bytes (10 MB) bytes",
      on: .discovery,
      takes: [.size("bytes")]
    ) { fault, plan in
      let bytes = fault.number("bytes", default: 10_000_000)
      plan.editAnswer { $0["padding"] = .string(String(repeating: "x", count: bytes)) }
    },
  ]
}
