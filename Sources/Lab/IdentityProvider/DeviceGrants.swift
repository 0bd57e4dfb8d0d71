// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A device that waits for a person to approve it on another one (RFC 8628).
struct DeviceGrant: Sendable {
  /// What the person said.
  enum Decision: Sendable {
    case waiting
    case approved(LabUser)
    case denied
  }

  /// Seconds until an unanswered grant expires.
  static let lifetime = 600

  let deviceCode: String
  let userCode: String
  let client: String
  let scopes: [String]
  let expires: Date
  fileprivate(set) var interval: Int
  fileprivate(set) var lastPoll: Date?
  fileprivate(set) var decision = Decision.waiting
}

/// All device codes that still wait.
///
/// Pure: time comes in.
struct DeviceGrants: Sendable {
  /// The answer to one poll.
  enum Poll: Sendable {
    case approved(DeviceGrant, LabUser)
    case denied(DeviceGrant)
    case pending(DeviceGrant)
    case slowDown(DeviceGrant)
    case expired(DeviceGrant)
    case unknown
  }

  private var grants: [String: DeviceGrant] = [:]

  mutating func start(client: String, scopes: [String], interval: Int, now: Date) -> DeviceGrant {
    // For one life more, whoever polls is told that the code expired.
    let longAgo = now.addingTimeInterval(-Double(DeviceGrant.lifetime))
    grants = grants.filter { longAgo < $0.value.expires }
    let grant = DeviceGrant(
      deviceCode: Randomness.token("lab-device-"),
      userCode: Randomness.userCode(),
      client: client,
      scopes: scopes,
      expires: now.addingTimeInterval(Double(DeviceGrant.lifetime)),
      interval: interval
    )
    grants[grant.deviceCode] = grant
    return grant
  }

  /// The undecided grant with this user code; case, hyphens and spaces do not matter (RFC 8628
  /// §6.1).
  func waiting(userCode: String, now: Date) -> DeviceGrant? {
    let wanted = Self.letters(userCode)
    return grants.values.first { grant in
      guard case .waiting = grant.decision else { return false }
      return now < grant.expires && Self.letters(grant.userCode) == wanted
    }
  }

  mutating func decide(userCode: String, user: LabUser, approved: Bool, now: Date) -> DeviceGrant? {
    guard var grant = waiting(userCode: userCode, now: now) else { return nil }
    grant.decision = approved ? .approved(user) : .denied
    grants[grant.deviceCode] = grant
    return grant
  }

  /// One poll.
  ///
  /// Too early costs 5 s more between polls (RFC 8628 §3.5); a decided grant is given out once.
  mutating func poll(_ code: String, client: String, now: Date) -> Poll {
    guard var grant = grants[code], grant.client == client else { return .unknown }
    guard now < grant.expires else {
      grants[code] = nil
      return .expired(grant)
    }
    let early = grant.lastPoll.map { now.timeIntervalSince($0) < Double(grant.interval) } ?? false
    grant.lastPoll = now
    if early { grant.interval += 5 }
    grants[code] = grant
    if early { return .slowDown(grant) }
    switch grant.decision {
    case .waiting:
      return .pending(grant)
    case .approved(let user):
      grants[code] = nil
      return .approved(grant, user)
    case .denied:
      grants[code] = nil
      return .denied(grant)
    }
  }

  private static func letters(_ code: String) -> String {
    code.uppercased().filter(\.isLetter)
  }
}
