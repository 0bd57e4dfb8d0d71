// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

/// The options that describe a lab.
struct LabSetup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The identity provider's port; any free one unless given.",
      valueName: "port"
    )
  )
  var idpPort = 0

  @Option(
    help: ArgumentHelp("The API server's port; any free one unless given.", valueName: "port")
  )
  var apiPort = 0

  @Flag(help: "Let the identity provider speak TLS with the lab's own CA, too.")
  var tls = false

  @Option(
    name: .customLong("user"),
    help: ArgumentHelp(
      "Who can log in, again for each; the password is the name unless given. (default: alice:dev,ops and bob:dev)",
      valueName: "name[:group,…[:password]]"
    )
  )
  var users: [String] = []

  @Option(
    name: .customLong("client"),
    help: ArgumentHelp(
      "One more client, again for each; public without a secret. There are always lanyard and lanyard-confidential.",
      valueName: "id[:secret]"
    )
  )
  var clients: [String] = []

  @Option(
    name: .customLong("client-auth"),
    help: ArgumentHelp(
      "One more client that authenticates in this way alone, again for each; the value is a secret, or a file with a public key (PEM or JWK) or certificate. Methods: \(ClientAuthenticationMethod.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "id:method[:value]"
    )
  )
  var clientMethods: [String] = []

  @Option(help: ArgumentHelp("The client that the kubeconfig names.", valueName: "id"))
  var clientID = "lanyard"

  @Option(help: ArgumentHelp("How long access and ID tokens live.", valueName: "seconds"))
  var accessLifetime = 60

  @Option(help: ArgumentHelp("How long a refresh token lives once issued.", valueName: "seconds"))
  var refreshLifetime = 600

  @Option(
    help: ArgumentHelp(
      "How long a spent refresh token may come again; 0: it never may, and ends the login.",
      valueName: "seconds"
    )
  )
  var reuseGrace = 0

  @Flag(help: "Do not replace the refresh token at a refresh.")
  var noRotation = false

  @Option(help: ArgumentHelp("How long a device waits between polls.", valueName: "seconds"))
  var deviceInterval = 5

  @Option(
    help: ArgumentHelp(
      "What signs tokens: \(SigningAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "algorithm"
    )
  )
  var alg = "RS256"

  @Option(
    help: ArgumentHelp(
      "What the key set lacks or gets wrong: \(KeySetShape.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "form"
    )
  )
  var jwks = "full"

  @Flag(help: "Give the key set an address that only the metadata tells.")
  var randomJwksPath = false

  @OptionGroup var behaviour: LabBehaviour

  @Option(
    name: .customLong("fault"),
    help: ArgumentHelp(
      "A fault from the start, again for each; see above.",
      valueName: "name[:key=value,…]"
    )
  )
  var faults: [String] = []

  @Option(
    help: ArgumentHelp("The claim that the API server takes as user name.", valueName: "claim")
  )
  var usernameClaim = "preferred_username"

  @Option(help: ArgumentHelp("What the API server puts before user names.", valueName: "text"))
  var usernamePrefix = ""

  @Option(help: ArgumentHelp("What the API server puts before groups.", valueName: "text"))
  var groupsPrefix = ""

  @Option(help: ArgumentHelp("Append the log to this file, as JSON lines.", valueName: "file"))
  var log: String?

  func options() throws -> LabOptions {
    for (name, value) in [
      ("access-lifetime", accessLifetime), ("refresh-lifetime", refreshLifetime),
    ] where value < 1 {
      throw ValidationError("--\(name) takes at least 1 second")
    }
    for (name, value) in [("reuse-grace", reuseGrace), ("device-interval", deviceInterval)]
    where value < 0 {
      throw ValidationError("--\(name) takes no negative seconds")
    }
    var options = LabOptions()
    options.issuerPort = idpPort
    options.apiServerPort = apiPort
    options.issuerTLS = tls
    if !users.isEmpty { options.users = try users.map(LabUser.init(parsing:)) }
    options.clients += try clients.map(LabClient.init(parsing:))
    options.clients += try clientMethods.map(LabClient.init(parsingMethod:))
    options.algorithm = try SigningAlgorithm(parsing: alg)
    options.keySetShape = try KeySetShape(parsing: jwks)
    options.randomKeysPath = randomJwksPath
    options.accessLifetime = accessLifetime
    options.refreshLifetime = refreshLifetime
    options.reuseGrace = reuseGrace
    options.rotation = !noRotation
    options.deviceInterval = deviceInterval
    options.faults = try faults.map(Fault.init(parsing:))
    options.usernameClaim = usernameClaim
    options.usernamePrefix = usernamePrefix
    options.groupsPrefix = groupsPrefix
    options.logFile = log
    try behaviour.apply(to: &options)
    return options
  }
}
