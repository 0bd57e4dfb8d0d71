// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

/// The options that `up` and `tour` share.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Let the identity provider speak TLS with the lab's own CA, too.")
  var tls = false

  @Option(
    name: .customLong("fault"),
    help: ArgumentHelp(
      "A fault of the issuer from the start, again for each; lanyard-lab up --help has the names.",
      valueName: "name[:key=value,…]"
    )
  )
  var faults: [String] = []

  @Option(
    help: ArgumentHelp("Append the lab's log to this file, as JSON lines.", valueName: "file"),
    completion: .file()
  )
  var log: String?

  @Option(
    help: ArgumentHelp(
      "The lanyard program; the one beside lanyard-lab, else on PATH, unless given.",
      valueName: "file"
    ),
    completion: .file()
  )
  var lanyard: String?

  /// The usual lab with these options; throws `LabError.badOption`.
  func options() throws -> LabOptions {
    var options = LabOptions()
    options.issuerTLS = tls
    options.faults = try faults.map(Fault.init(parsing:))
    options.logFile = log
    return options
  }
}

// What the parser reads by itself, so that it can name the option and what it takes.

extension Availability: ExpressibleByArgument {}
extension DeadRefreshAnswer: ExpressibleByArgument {}
extension KeySetShape: ExpressibleByArgument {}
extension RefreshIDToken: ExpressibleByArgument {}

extension SigningAlgorithm: ExpressibleByArgument {
  /// In any case, as everywhere in the lab.
  package init?(argument: String) {
    guard let algorithm = try? SigningAlgorithm(parsing: argument) else { return nil }
    self = algorithm
  }
}
