// SPDX-License-Identifier: Apache-2.0

import Lab

/// A fault of the lab as a row needs it, for the ID token alone where it is about tokens.
///
/// `{issuer}` in a value stands for the issuer, `{elsewhere}` for the same server under another name.
struct Misbehaviour: Sendable, ExpressibleByStringLiteral {
  let name: String
  var parameters: [String: String] = [:]
  var endpoint: String?
  var times: Int?

  init(_ name: String, _ parameters: [String: String] = [:], at endpoint: String? = nil) {
    self.name = name
    self.parameters = parameters
    self.endpoint = endpoint
  }

  init(stringLiteral name: String) { self.init(name) }

  static func append(_ claim: String, _ text: String = "1") -> Self {
    Self("claim-append", ["name": claim, "text": text])
  }

  static func set(_ claim: String, _ value: String) -> Self {
    Self("claim-set", ["name": claim, "value": value])
  }

  static func remove(_ claim: String) -> Self { Self("claim-remove", ["name": claim]) }

  static func shift(_ claim: String, _ seconds: Int) -> Self {
    Self("claim-shift", ["name": claim, "seconds": "\(seconds)"])
  }

  static func sign(_ algorithm: SigningAlgorithm) -> Self {
    Self("sign-alg", ["alg": algorithm.rawValue])
  }

  /// Changes a parameter of the authorization response.
  static func redirect(_ change: String, _ name: String, text: String? = nil, value: String? = nil)
    -> Self
  {
    var parameters = ["name": name]
    parameters["text"] = text
    parameters["value"] = value
    return Self("redirect-\(change)", parameters)
  }

  /// No name of the person in the ID token, so that a client has to ask for one.
  static let nameless: [Self] = ["name", "preferred_username", "email"].map(Self.remove)

  /// The fault for a lab; throws `LabError`.
  func fault(_ lab: RunningLab, grant: String) throws -> Fault {
    let elsewhere = lab.issuer.split(separator: "127.0.0.1").joined(separator: "localhost")
    var all = parameters.mapValues { value in
      value.split(separator: "{issuer}", omittingEmptySubsequences: false)
        .joined(separator: lab.issuer)
        .split(separator: "{elsewhere}", omittingEmptySubsequences: false)
        .joined(separator: elsewhere)
    }
    // Tokens of one answer expire together.
    let changesTokens = FaultKind.all.first { $0.name == name }?.changesTokens ?? false
    if changesTokens && name != "expires" { all["token"] = "id" }
    let isElsewhere = endpoint != nil || name.hasPrefix("redirect-")
    return try Fault(
      name,
      endpoint: endpoint,
      grant: isElsewhere ? nil : grant,
      times: times,
      parameters: all
    )
  }
}
