// SPDX-License-Identifier: Apache-2.0

/// What the key set leaves out or gets wrong.
package enum KeySetShape: String, Sendable, CaseIterable {
  /// Every key with `kid`, `alg` and `use`.
  case full
  /// One key of each type, no `kid` in the set nor in the tokens.
  case noKeyID = "no-kid"
  /// Three keys of each type, no `kid` in the set nor in the tokens.
  case severalNoKeyID = "several-no-kid"
  /// No `alg` (RFC 7517 §4.4: it is optional).
  case noAlgorithm = "no-alg"
  /// An `alg` that is not that of the tokens that the key signs.
  case wrongAlgorithm = "wrong-alg"

  /// Whether tokens name their key.
  var namesKeys: Bool { self != .noKeyID && self != .severalNoKeyID }

  /// The key set in this shape, from complete JWKs, the newest of a type last; `decoys` are keys
  /// that sign nothing.
  func applied(to keys: [JSONValue], decoys: [JSONValue]) -> [JSONValue] {
    switch self {
    case .full: keys
    case .noKeyID: Self.lastOfEachType(keys).map { Self.without("kid", $0) }
    case .severalNoKeyID:
      (decoys + Self.lastOfEachType(keys)).map { Self.without("kid", $0) }
    case .noAlgorithm: keys.map { Self.without("alg", $0) }
    case .wrongAlgorithm: keys.map(Self.withConflict)
    }
  }

  private static func lastOfEachType(_ keys: [JSONValue]) -> [JSONValue] {
    var types: Set<String> = []
    return keys.reversed().filter { types.insert($0["kty"]?.string ?? "").inserted }.reversed()
  }

  private static func without(_ name: String, _ key: JSONValue) -> JSONValue {
    var members = key.object ?? [:]
    members[name] = nil
    return .object(members)
  }

  private static func withConflict(_ key: JSONValue) -> JSONValue {
    var members = key.object ?? [:]
    let algorithm = members["alg"]?.string.flatMap(SigningAlgorithm.init(rawValue:))
    members["alg"] = algorithm.map { .string($0.conflicting.rawValue) }
    return .object(members)
  }
}
