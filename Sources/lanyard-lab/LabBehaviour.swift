// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

/// The options that say which issuer the lab plays.
struct LabBehaviour: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Pushed authorization requests.",
      valueName: "availability"
    )
  )
  var par = Availability.off

  @Option(
    help: ArgumentHelp(
      "Tokens bound to a key (DPoP).",
      valueName: "availability"
    )
  )
  var dpop = Availability.off

  @Flag(help: "Let DPoP proofs need a nonce.")
  var dpopNonce = false

  @Option(
    help: ArgumentHelp(
      "What a dead refresh token is answered with.",
      valueName: "answer"
    )
  )
  var deadRefresh = DeadRefreshAnswer.invalidGrant

  @Option(
    help: ArgumentHelp(
      "When a refresh answers with an ID token.",
      valueName: "when"
    )
  )
  var refreshIDToken = RefreshIDToken.always

  @Option(
    help: ArgumentHelp("How long metadata and key set may be cached.", valueName: "seconds")
  )
  var documentMaxAge = 300

  func apply(to options: inout LabOptions) {
    options.pushedRequests = par
    options.dpop = dpop
    options.dpopNonce = dpopNonce
    options.deadRefreshAnswer = deadRefresh
    options.refreshIDToken = refreshIDToken
    options.documentMaxAge = documentMaxAge
  }
}
