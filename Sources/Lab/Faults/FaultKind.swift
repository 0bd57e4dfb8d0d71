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
  /// The parameters that have no default.
  let requires: [String]
  let apply: @Sendable (Fault, inout AnswerPlan) -> Void

  init(
    _ name: String,
    _ summary: String,
    on endpoint: IssuerEndpoint = .token,
    requires: [String] = [],
    _ apply: @escaping @Sendable (Fault, inout AnswerPlan) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.endpoint = endpoint.rawValue
    self.requires = requires
    self.apply = apply
  }

  /// Every kind of fault the lab knows.
  package static let all =
    connection + answers + tokens + claims + signatures + tokenShapes + redirects + discovery

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

  private static let discovery = [
    FaultKind("discovery-html", "discovery answers a web page", on: .discovery) { _, plan in
      let page = "<!doctype html><title>Welcome</title><p>This is no metadata.</p>"
      plan.cannedAnswer = { _ in CannedAnswer(status: 200, type: "text/html", body: page) }
    },
    FaultKind("discovery-404", "discovery answers 404", on: .discovery) { _, plan in
      plan.cannedAnswer = { _ in CannedAnswer(status: 404, type: "text/plain", body: "not found") }
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
