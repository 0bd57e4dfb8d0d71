// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// Plays a scenario at a desk.
struct ScenarioRun {
  let desk: Desk
  private var variables: [String: String] = [:]
  private var state: StateFolder

  init(_ desk: Desk) {
    self.desk = desk
    state = StateFolder(desk: desk)
  }

  mutating func play(_ scenario: Scenario) async throws {
    for step in scenario.steps {
      switch step.action {
      case .variable(let name, let value): variables[name] = filled(value)
      case .fault(let text): desk.lab.faults.set(try Fault(parsing: filled(text)))
      case .state(let kind): try state.become(kind)
      case .run(let words, let answers):
        check(step, try await run(words.map(filled), answers: answers))
      }
    }
  }

  private func run(_ words: [String], answers: Bool) async throws -> Outcome {
    let conversation = try desk.start(
      state.wrapped([try Programs.lanyard] + words),
      variables.merging(state.variables) { _, new in new }
    )
    if answers { try await desk.answer(conversation) }
    return try await conversation.result()
  }

  private func check(_ step: Scenario.Step, _ result: Outcome) {
    let place = Comment(rawValue: "line \(step.line), stderr: \(result.errors)")
    #expect(result.status == step.exit, place)
    #expect(Expectation.holds(step.errors.map(filled), lines(result.errors)), place)
    if let version = step.credential {
      let credential = try? result.credential
      #expect(
        credential?["apiVersion"]?.string == "client.authentication.k8s.io/\(version)",
        place
      )
      #expect(credential?["status"]?["token"]?.string?.isEmpty == false, place)
    } else {
      let said = Comment(rawValue: "line \(step.line), stdout: \(result.output)")
      #expect(Expectation.holds(step.output.map(filled), lines(result.output)), said)
    }
  }

  private func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private func filled(_ text: String) -> String {
    let port = WebAddress(desk.lab.apiServerURL)?.port ?? 0
    return text.replacing("$ISSUER", with: desk.lab.issuer)
      .replacing("$FOLDER", with: desk.folder)
      .replacing("$API_PORT", with: String(port))
      .replacing("$LONG_EXEC_INFO", with: Self.longExecInfo)
  }

  private static var longExecInfo: String {
    let padding = String(repeating: "x", count: 120 * 1024)
    return #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","#
      + #""spec":{"interactive":false,"cluster":{"server":"https://k","config":"\#(padding)"}}}"#
  }
}
