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
      "One more client, again for each; public without a secret. There are always lanyard and lanyard-confidential, unless given here.",
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

  @Option(help: ArgumentHelp("What signs tokens.", valueName: "algorithm"))
  var alg = SigningAlgorithm.rs256

  @Option(help: ArgumentHelp("What the key set lacks or gets wrong.", valueName: "form"))
  var jwks = KeySetShape.full

  @Flag(help: "Give the key set an address that only the metadata tells.")
  var randomJwksPath = false

  @OptionGroup var behaviour: LabBehaviour

  @Option(
    help: ArgumentHelp("The claim that the API server takes as user name.", valueName: "claim")
  )
  var usernameClaim = "preferred_username"

  @Option(help: ArgumentHelp("What the API server puts before user names.", valueName: "text"))
  var usernamePrefix = ""

  @Option(help: ArgumentHelp("What the API server puts before groups.", valueName: "text"))
  var groupsPrefix = ""

  @OptionGroup var common: CommonOptions

  func options() throws -> LabOptions {
    var options = try common.options()
    options.issuerPort = idpPort
    options.apiServerPort = apiPort
    if !users.isEmpty { options.users = try users.map(LabUser.init(parsing:)) }
    try Self.refuseSecond(options.users.map(\.name), "--user")
    options.clients = try allClients()
    options.algorithm = alg
    options.keySetShape = jwks
    options.randomKeysPath = randomJwksPath
    options.accessLifetime = accessLifetime
    options.refreshLifetime = refreshLifetime
    options.reuseGrace = reuseGrace
    options.rotation = !noRotation
    options.deviceInterval = deviceInterval
    options.usernameClaim = usernameClaim
    options.usernamePrefix = usernamePrefix
    options.groupsPrefix = groupsPrefix
    behaviour.apply(to: &options)
    return options
  }

  /// The clients given, and those that are always there unless one of the same id is given.
  private func allClients() throws -> [LabClient] {
    let given =
      try clients.map(LabClient.init(parsing:)) + clientMethods.map(LabClient.init(parsingMethod:))
    let names = given.map(\.id)
    try Self.refuseSecond(names, "--client and --client-auth")
    let all = LabClient.defaults.filter { !names.contains($0.id) } + given
    guard all.contains(where: { $0.id == clientID }) else {
      let known = all.map(\.id).joined(separator: ", ")
      throw LabError(
        .badOption,
        "--client-id takes one of the clients, not \"\(clientID)\"",
        remedy: "there are \(known); --client adds one"
      )
    }
    return all
  }

  private static func refuseSecond(_ names: [String], _ option: String) throws {
    var seen: Set<String> = []
    if let name = names.first(where: { !seen.insert($0).inserted }) {
      throw LabError(
        .badOption,
        "\(option) name \"\(name)\" twice",
        remedy: "give each name once"
      )
    }
  }

  func validate() throws {
    let ports = 0...65_535
    let lives = 1...LabOptions.longest
    let pauses = 0...LabOptions.longest
    for (option, value, range) in [
      ("idp-port", idpPort, ports), ("api-port", apiPort, ports),
      ("access-lifetime", accessLifetime, lives), ("refresh-lifetime", refreshLifetime, lives),
      ("reuse-grace", reuseGrace, pauses), ("device-interval", deviceInterval, pauses),
      ("document-max-age", behaviour.documentMaxAge, pauses),
    ] {
      try ValidationError.unless(range, contains: value, option)
    }
  }
}

extension ValidationError {
  /// Refuses a number that an option does not take.
  static func unless(_ range: ClosedRange<Int>, contains value: Int, _ option: String) throws {
    guard !range.contains(value) else { return }
    throw ValidationError(
      "--\(option) takes a number of \(range.lowerBound) to \(range.upperBound), not \(value)"
    )
  }
}
