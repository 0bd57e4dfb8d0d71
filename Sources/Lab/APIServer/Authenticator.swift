// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who a request comes from, in the words of authentication.k8s.io/v1.
struct UserInfo: Sendable, Equatable {
  let username: String
  let groups: [String]
  let extra: [String: [String]]

  /// The `userInfo` member of a review.
  var json: JSONValue {
    var members: [String: JSONValue] = [
      "username": .string(username), "groups": .strings(groups),
    ]
    if !extra.isEmpty { members["extra"] = .object(extra.mapValues { JSONValue.strings($0) }) }
    return .object(members)
  }
}

/// The OIDC authentication rule of a kube-apiserver, with keys taken straight from the lab's
/// issuer.
///
/// As in Kubernetes, which leaves it to go-oidc: issuer and audience must match, `exp` is checked
/// without any leeway and `nbf` with five minutes, `iat` only has to be a number, and the groups get
/// `system:authenticated` added.
struct Authenticator: Sendable {
  /// A user, or why there is none.
  ///
  /// The reason is for the log: a client learns nothing but 401.
  enum Verdict: Sendable {
    case accepted(UserInfo)
    case rejected(String)
  }

  let issuers: @Sendable () -> [String]
  let audiences: Set<String>
  /// The check of tokens that are bound to a key; nil where plain ones are taken.
  let envelopes: BoundTokenCheck?
  let usernameClaim: String
  let usernamePrefix: String
  let groupsPrefix: String
  /// The issuer's public keys.
  let keys: @Sendable () async -> [JSONValue]
  /// Whose a token is that is none of the issuer's; nil for an unknown one.
  var outsider: @Sendable (String) -> String? = { _ in nil }

  /// Judges the value of an Authorization header.
  func judge(_ header: String?, now: Date) async -> Verdict {
    guard let header, !header.isEmpty else { return .rejected("no credentials") }
    let halves = header.split(separator: " ", maxSplits: 1)
    guard halves.count == 2, halves[0].lowercased() == "bearer" else {
      return .rejected("no bearer token")
    }
    let token = halves[1].trimmingPrefix { $0 == " " }
    guard token.utf8.count <= 65_536 else { return .rejected("token too long") }
    if let name = outsider(String(token)) {
      return .accepted(UserInfo(username: name, groups: ["system:authenticated"], extra: [:]))
    }
    let claims: [String: JSONValue]
    do {
      guard let token = CompactToken(String(token)) else { return .rejected("no token") }
      claims = try await self.claims(of: token, now: now)
    } catch let error as LabError where envelopes != nil {
      return .rejected(error.message)
    } catch {
      return .rejected("not a token signed by this issuer's keys")
    }
    return judge(claims, now: now)
  }

  /// The claims of a token that one of the issuer's keys signed, taken out of its envelope if it must have one.
  private func claims(of token: CompactToken, now: Date) async throws -> [String: JSONValue] {
    guard let envelopes else { return try await token.claims(verifiedByOneOf: keys()) }
    let opened = try await envelopes.open(token, now: now)
    guard let inner = CompactToken(opened.token) else {
      throw LabError(.badOption, "no token in the envelope")
    }
    let claims = try await inner.claims(verifiedByOneOf: keys())
    guard claims["cnf"]?["kid"]?.string == opened.key else {
      throw LabError(.badOption, "the token is bound to another key")
    }
    return claims
  }

  /// How far `nbf` may be ahead, in seconds (go-oidc, `IDTokenVerifier.Verify`).
  private static let leeway = 300.0

  private static func flaw(inTimesOf claims: [String: JSONValue], now: Double) -> String? {
    guard let expiry = claims["exp"]?.wholeSeconds else { return "no expiry" }
    guard now < expiry else { return "expired \(Int(min(now - expiry, 1e15))) s ago" }
    for name in ["iat", "nbf"] {
      guard let claim = claims[name] else { continue }
      guard let time = claim.wholeSeconds else { return "\(name) is no time" }
      if name == "nbf", time > now + leeway { return "not valid yet" }
    }
    return nil
  }

  private func judge(_ claims: [String: JSONValue], now: Date) -> Verdict {
    guard issuers().contains(claims["iss"]?.string ?? "") else { return .rejected("wrong issuer") }
    let audience = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string ?? ""]
    guard !audiences.isDisjoint(with: audience) else { return .rejected("wrong audience") }
    if let flaw = Self.flaw(inTimesOf: claims, now: now.timeIntervalSince1970) {
      return .rejected(flaw)
    }
    guard let name = claims[usernameClaim]?.string, !name.isEmpty else {
      return .rejected("no claim \(usernameClaim)")
    }
    let groups = claims["groups"]?.array?.compactMap(\.string) ?? []
    var extra: [String: [String]] = [:]
    if let id = claims["jti"]?.string {
      extra["authentication.kubernetes.io/credential-id"] = ["JTI=\(id)"]
    }
    return .accepted(
      UserInfo(
        username: usernamePrefix + name,
        groups: groups.map { groupsPrefix + $0 } + ["system:authenticated"],
        extra: extra
      )
    )
  }
}

extension JSONValue {
  /// A time as go-oidc reads it: a number of 64 bits, of which a fraction is dropped.
  fileprivate var wholeSeconds: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): Int64(exactly: value.rounded(.towardZero)).map { Double($0) }
    default: nil
    }
  }
}
