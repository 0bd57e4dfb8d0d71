// SPDX-License-Identifier: Apache-2.0

/// A way in which the identity provider shall misbehave, and when.
///
/// As JSON (`POST /admin/faults`):
/// `{"name":"status","endpoint":"token","grant":"refresh_token","times":2,
/// "parameters":{"code":500}}`. On the command line: `status:code=500,grant=refresh_token,times=2`.
package struct Fault: Sendable, Equatable {
  /// One of the names in `FaultKind.all`.
  package let name: String
  /// Where it applies: `token`, `authorization`, `discovery`, … or `*`.
  ///
  /// Without it, where such a fault makes sense.
  package let endpoint: String
  /// For the token endpoint: the short name of a grant, such as `refresh_token` or `device_code`;
  /// nil for every grant.
  package let grant: String?
  /// The client it applies to; nil for every client.
  package let client: String?
  /// How many matching requests are let through first.
  package var skip: Int
  /// How many matching requests it applies to; nil: for ever.
  package var times: Int?
  /// What the kind of fault takes, for example `ms` or `code`.
  package let parameters: [String: String]

  /// A fault by its name; throws `LabError.badOption` when there is no such fault, endpoint or grant,
  /// when `skip` or `times` is no count, and for a parameter that the fault does not take, does not
  /// get though it needs it, or cannot use.
  package init(
    _ name: String,
    endpoint: String? = nil,
    grant: String? = nil,
    client: String? = nil,
    skip: Int = 0,
    times: Int? = 1,
    parameters: [String: String] = [:]
  ) throws {
    guard let kind = FaultKind.all.first(where: { $0.name == name }) else {
      let names = FaultKind.all.map(\.name).joined(separator: ", ")
      throw LabError(.badOption, "there is no fault \"\(name)\"", remedy: "known faults: \(names)")
    }
    let endpoint = endpoint ?? kind.endpoint
    guard endpoint == "*" || IssuerEndpoint(rawValue: endpoint) != nil else {
      let names = IssuerEndpoint.allCases.map(\.rawValue).joined(separator: ", ")
      throw LabError(
        .badOption,
        "there is no endpoint \"\(endpoint)\"",
        remedy: "known endpoints: \(names)"
      )
    }
    try Self.check(grant: grant, skip: skip, times: times)
    try kind.check(parameters)
    self.name = name
    self.endpoint = endpoint
    self.grant = grant
    self.client = client
    self.skip = skip
    self.times = times
    self.parameters = parameters
  }

  private static func check(grant: String?, skip: Int, times: Int?) throws {
    let grants = GrantType.allCases.map(\.shortName)
    if let grant, !grants.contains(grant) {
      throw LabError(
        .badOption,
        "there is no grant \"\(grant)\"",
        remedy: "known grants: \(grants.joined(separator: ", "))"
      )
    }
    guard skip >= 0, times ?? 1 >= 1 else {
      throw LabError(.badOption, "a fault skips 0 requests or more, and hits 1 or more")
    }
  }

  /// Parses `NAME[:KEY=VALUE,…]`; `endpoint`, `grant`, `client`, `skip` and `times` (a number or
  /// `forever`) are taken out of the parameters.
  ///
  /// Throws `LabError.badOption`.
  package init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1)
    var parameters: [String: String] = [:]
    for pair in parts.count > 1 ? parts[1].split(separator: ",") : [] {
      let halves = pair.split(separator: "=", maxSplits: 1)
      guard halves.count == 2 else {
        throw LabError(.badOption, "\"\(pair)\" in fault \"\(text)\" is no KEY=VALUE")
      }
      parameters[String(halves[0])] = String(halves[1])
    }
    try self.init(name: String(parts.first ?? ""), flat: parameters)
  }

  /// Reads the JSON form; throws `LabError.badOption`.
  package init(json: JSONValue) throws {
    guard let name = json["name"]?.string else {
      throw LabError(.badOption, "a fault needs a \"name\"")
    }
    var members = json.object ?? [:]
    members["name"] = nil
    let given = members.removeValue(forKey: "parameters") ?? [:]
    guard var parameters = given.object else {
      throw LabError(.badOption, "the parameters of the fault \"\(name)\" are no object")
    }
    for (key, value) in parameters.removeValue(forKey: "headers")?.object ?? [:] {
      parameters["header.\(key)"] = value
    }
    // As JSON text, so that "1" and 1 stay two things.
    parameters["value"] = parameters["value"].map { .string($0.text) }
    var flat: [String: String] = [:]
    for (key, value) in parameters.merging(members, uniquingKeysWith: { first, _ in first })
    where value != .null {
      guard let text = value.scalarText else {
        throw LabError(.badOption, "\(key) of the fault \"\(name)\" is no text and no number")
      }
      flat[key] = text
    }
    try self.init(name: name, flat: flat)
  }

  private init(name: String, flat: [String: String]) throws {
    var rest = flat
    let times: Int?
    switch rest.removeValue(forKey: "times") {
    case nil: times = 1
    case "forever": times = nil
    case let text?:
      guard let number = Int(text), number > 0 else {
        throw LabError(
          .badOption,
          "\"\(text)\" is no number of times",
          remedy: "a number, or forever"
        )
      }
      times = number
    }
    let endpoint = rest.removeValue(forKey: "endpoint")
    let grant = rest.removeValue(forKey: "grant")
    let client = rest.removeValue(forKey: "client")
    let skipped = rest.removeValue(forKey: "skip") ?? "0"
    guard let skip = Int(skipped) else {
      throw LabError(.badOption, "\"\(skipped)\" is no number of requests to skip")
    }
    try self.init(
      name,
      endpoint: endpoint,
      grant: grant,
      client: client,
      skip: skip,
      times: times,
      parameters: rest
    )
  }

  /// The JSON form.
  package var json: JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(name), "endpoint": .string(endpoint), "skip": .int(skip),
      "times": times.map(JSONValue.int) ?? "forever",
      "parameters": .object(parameters.mapValues(JSONValue.string)),
    ]
    members["grant"] = grant.map(JSONValue.string)
    members["client"] = client.map(JSONValue.string)
    return .object(members)
  }

  /// The parameter `value`: JSON where it is JSON, and text otherwise.
  var value: JSONValue {
    let text = parameters["value"] ?? ""
    return (try? JSONValue.parse(text)) ?? .string(text)
  }

  /// A whole-number parameter.
  func number(_ name: String, default fallback: Int) -> Int {
    parameters[name].flatMap { Int($0) } ?? fallback
  }
}
