// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

/// The options that say which issuer the lab plays.
struct LabBehaviour: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Pushed authorization requests: off, offered or required.",
      valueName: "availability"
    )
  )
  var par = "off"

  @Option(
    help: ArgumentHelp(
      "Tokens bound to a key (DPoP): off, offered or required.",
      valueName: "availability"
    )
  )
  var dpop = "off"

  @Flag(help: "Let DPoP proofs need a nonce.")
  var dpopNonce = false

  @Option(
    help: ArgumentHelp(
      "What a dead refresh token is answered with: \(names(DeadRefreshAnswer.self)).",
      valueName: "answer"
    )
  )
  var deadRefresh = "invalid-grant"

  @Option(
    help: ArgumentHelp(
      "When a refresh answers with an ID token: \(names(RefreshIDToken.self)).",
      valueName: "when"
    )
  )
  var refreshIDToken = "always"

  @Option(
    help: ArgumentHelp("How long metadata and key set may be cached.", valueName: "seconds")
  )
  var documentMaxAge = 300

  func apply(to options: inout LabOptions) throws {
    options.pushedRequests = try Availability(parsing: par)
    options.dpop = try Availability(parsing: dpop)
    options.dpopNonce = dpopNonce
    options.deadRefreshAnswer = try Self.parse(deadRefresh, "dead-refresh")
    options.refreshIDToken = try Self.parse(refreshIDToken, "refresh-id-token")
    options.documentMaxAge = documentMaxAge
  }

  private static func names<Choice: CaseIterable & RawRepresentable<String>>(_ type: Choice.Type)
    -> String
  {
    Choice.allCases.map(\.rawValue).joined(separator: ", ")
  }

  private static func parse<Choice: CaseIterable & RawRepresentable<String>>(
    _ text: String,
    _ option: String
  ) throws -> Choice {
    guard let choice = Choice(rawValue: text) else {
      throw ValidationError("--\(option) takes \(names(Choice.self)), not \"\(text)\"")
    }
    return choice
  }
}
