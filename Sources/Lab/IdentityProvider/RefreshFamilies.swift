// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The refresh tokens of one login: each replaces the one before (RFC 9700 §4.14.2).
struct RefreshFamily: Sendable {
  let id: String
  let client: String
  let user: LabUser
  private(set) var scopes: [String]
  /// Whom the access tokens are for; the client itself when empty.
  let audience: [String]
  let authTime: Date
  /// 1 for the first refresh token, one more for each rotation.
  fileprivate(set) var generation = 1
  fileprivate(set) var token: String
  fileprivate(set) var expires: Date
  fileprivate(set) var superseded: Date?
  /// The thumbprint of the key that its refresh tokens are bound to (RFC 9449 §5).
  fileprivate(set) var keyThumbprint: String?
  /// Why no refresh token of it works any more; nil while one does.
  fileprivate(set) var ended: String?

  /// A grant that cannot be renewed: nothing remembers it, and it has no refresh token.
  static func single(client: String, user: LabUser, scopes: [String], now: Date) -> RefreshFamily {
    RefreshFamily(
      id: "",
      client: client,
      user: user,
      scopes: scopes,
      audience: [],
      authTime: now,
      token: "",
      expires: now
    )
  }

  var isRenewable: Bool { !token.isEmpty }

  /// The same login for an answer with fewer scopes; its refresh token keeps them all (RFC 6749 §6).
  func narrowed(to scopes: [String]?) -> RefreshFamily {
    var narrowed = self
    if let scopes { narrowed.scopes = scopes }
    return narrowed
  }
}

/// All logins and every refresh token ever issued for them.
///
/// Pure: time and randomness come in.
struct RefreshFamilies: Sendable {
  /// How long tokens live and how strict reuse is.
  struct Rules: Sendable {
    let lifetime: Int
    let reuseGrace: Int
    let rotation: Bool
  }

  /// What became of a refresh token that was presented.
  enum Outcome: Sendable {
    case renewed(RefreshFamily)
    /// The immediate predecessor came again within the grace; the family's token is its successor.
    case renewedInGrace(RefreshFamily)
    case replay(RefreshFamily)
    case refused(reason: String, RefreshFamily?)
  }

  private var families: [String: RefreshFamily] = [:]
  private var issued: [String: (family: String, generation: Int)] = [:]
  private let rules: Rules

  init(rules: Rules) {
    self.rules = rules
  }

  var all: [RefreshFamily] {
    families.values.sorted { ($0.id.count, $0.id) < ($1.id.count, $1.id) }
  }

  /// Every refresh token ever issued.
  var tokens: Set<String> { Set(issued.keys) }

  /// A new login: generation 1.
  mutating func start(
    client: String,
    user: LabUser,
    scopes: [String],
    audience: [String] = [],
    token: String,
    now: Date
  ) -> RefreshFamily {
    let family = RefreshFamily(
      id: "f\(families.count + 1)",
      client: client,
      user: user,
      scopes: scopes,
      audience: audience,
      authTime: now,
      token: token,
      expires: now.addingTimeInterval(Double(rules.lifetime))
    )
    families[family.id] = family
    issued[token] = (family: family.id, generation: 1)
    return family
  }

  /// Exchanges a refresh token; `successor` becomes the new one if it is due.
  mutating func spend(_ token: String, client: String, successor: String, now: Date) -> Outcome {
    guard let entry = issued[token], var family = families[entry.family] else {
      return .refused(reason: "unknown refresh token", nil)
    }
    guard family.client == client else {
      return .refused(reason: "refresh token of another client", family)
    }
    if let ended = family.ended {
      return .refused(reason: "family ended: \(ended)", family)
    }
    if entry.generation != family.generation {
      return spendAgain(family, generation: entry.generation, now: now)
    }
    guard now < family.expires else {
      return .refused(reason: "refresh token expired", family)
    }
    if rules.rotation {
      family.token = successor
      family.generation += 1
      family.superseded = now
      family.expires = now.addingTimeInterval(Double(rules.lifetime))
      issued[successor] = (family: family.id, generation: family.generation)
      families[family.id] = family
    }
    return .renewed(family)
  }

  private mutating func spendAgain(_ family: RefreshFamily, generation: Int, now: Date) -> Outcome {
    let isPredecessor = generation == family.generation - 1
    if isPredecessor, rules.reuseGrace > 0, let superseded = family.superseded,
      now.timeIntervalSince(superseded) <= Double(rules.reuseGrace)
    {
      return .renewedInGrace(family)
    }
    end(family.id, because: "replay of generation \(generation)")
    return .replay(families[family.id] ?? family)
  }

  /// Binds a login to a key; gives it as it is then.
  mutating func bind(_ id: String, to key: String?) -> RefreshFamily? {
    families[id]?.keyThumbprint = key
    return families[id]
  }

  /// Ends a login.
  ///
  /// Gives it, if it was alive until now.
  @discardableResult
  mutating func end(_ id: String, because reason: String) -> RefreshFamily? {
    guard var family = families[id], family.ended == nil else { return nil }
    family.ended = reason
    families[id] = family
    return family
  }

  /// The login that a refresh token, current or spent, belongs to.
  func family(of token: String) -> RefreshFamily? {
    issued[token].flatMap { families[$0.family] }
  }
}
