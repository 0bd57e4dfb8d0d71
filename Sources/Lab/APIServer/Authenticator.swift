// SPDX-License-Identifier: Apache-2.0

import JWTKit

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
/// As in Kubernetes: issuer and audience must match, `exp` is checked without any leeway, `nbf` and
/// `iat` prove nothing, and the groups get `system:authenticated` added.
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
  let verifiers: @Sendable () async -> JWTKeyCollection
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
    guard let envelopes else { return try await token.claims(verifiedBy: verifiers()) }
    let opened = try await envelopes.open(token, now: now)
    guard let inner = CompactToken(opened.token) else {
      throw LabError(.badOption, "no token in the envelope")
    }
    let claims = try await inner.claims(verifiedBy: verifiers())
    guard claims["cnf"]?["kid"]?.string == opened.key else {
      throw LabError(.badOption, "the token is bound to another key")
    }
    return claims
  }

  private func judge(_ claims: [String: JSONValue], now: Date) -> Verdict {
    guard issuers().contains(claims["iss"]?.string ?? "") else { return .rejected("wrong issuer") }
    let audience = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string ?? ""]
    guard !audiences.isDisjoint(with: audience) else { return .rejected("wrong audience") }
    guard let expiry = claims["exp"]?.int else { return .rejected("no expiry") }
    guard now.timeIntervalSince1970 < Double(expiry) else {
      return .rejected("expired \(Int(now.timeIntervalSince1970) - expiry) s ago")
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
