// SPDX-License-Identifier: Apache-2.0

/// What `lanyard get-token eks` was told, of what the fast path understands.
struct EKSArguments {
  private(set) var cluster = ""
  private(set) var region: String?
  private(set) var profile: String?
  private(set) var regionalEndpoints: String?
  private(set) var fips = false
  private(set) var dualStack = false

  /// Reads arguments (after argv[0]); nil for everything that takes the full program: another command, an option that
  /// is not known here, one that stands there twice, a value that looks like an option, two names of one cluster.
  init?(_ arguments: [[UInt8]]) {
    guard arguments.count > 2, arguments[0].elementsEqual("get-token".utf8),
      arguments[1].elementsEqual("eks".utf8)
    else { return nil }
    var given: Set<String> = []
    var rest = arguments.dropFirst(2)
    while let argument = rest.popFirst() {
      guard let text = String(validating: argument, as: UTF8.self) else { return nil }
      let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(halves[0])
      guard given.insert(name == "--cluster-id" ? "--cluster-name" : name).inserted else {
        return nil
      }
      if name == "--use-fips-endpoint" || name == "--use-dualstack-endpoint" {
        guard halves.count == 1 else { return nil }
        if name == "--use-fips-endpoint" { fips = true } else { dualStack = true }
        continue
      }
      let next = halves.count == 2 ? Array(halves[1].utf8) : rest.popFirst()
      guard let next, let first = next.first, first != UInt8(ascii: "-"),
        let value = String(validating: next, as: UTF8.self), set(name, value)
      else { return nil }
    }
    if cluster.isEmpty { return nil }
  }

  private mutating func set(_ name: String, _ value: String) -> Bool {
    switch name {
    case "--cluster-name", "--cluster-id": cluster = value
    case "--region": region = value
    case "--profile": profile = value
    case "--sts-regional-endpoints": regionalEndpoints = value
    case "--output": return value == "json"
    default: return false
    }
    return true
  }
}
