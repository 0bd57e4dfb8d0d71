// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One thing that the lab's servers did.
///
/// As JSON, absent members are left out.
package struct LabEvent: Sendable, Codable, Equatable {
  /// What happened.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// A request was read completely; nothing was done about it yet.
    case requestArrived = "request-arrived"
    /// The answer is about to be written: a client that has the answer finds this event in the log.
    case requestAnswered = "request-answered"
    /// The connection was closed without an answer; `reason` says whether before or after
    /// processing.
    case requestDropped = "request-dropped"
    /// A person logged in on the login page.
    case login
    /// A login or a request at any endpoint was refused; `reason` says why.
    case denied
    /// An authorization code was exchanged: a new family, generation 1.
    case codeGrant = "code-grant"
    /// A refresh token was exchanged; `generation` is that of the successor.
    case refresh
    /// A spent refresh token came again within the grace: the successor was given out once more.
    case replayInGrace = "replay-in-grace"
    /// A spent refresh token, or a spent code, came again.
    case replay
    /// A family ended; `reason` says why. None of its refresh tokens works any more.
    case familyRevoked = "family-revoked"
    /// A client revoked a token (RFC 7009).
    case revocation
    /// The claims of a person were given out (OpenID Connect Core §5.3).
    case userInfo = "userinfo"
    /// A client ended a person's logins (OpenID Connect RP-Initiated Logout).
    case logout
    /// A DPoP proof was good; `reason` names the key by its thumbprint.
    case dpopProof = "dpop-proof"
    /// A DPoP proof came without the nonce, and was sent back with it.
    case dpopNonce = "dpop-nonce"
    /// An authorization request was pushed (RFC 9126).
    case pushedRequest = "pushed-request"
    case deviceStart = "device-start"
    case devicePending = "device-pending"
    case deviceSlowDown = "device-slow-down"
    case deviceApproved = "device-approved"
    case deviceDenied = "device-denied"
    /// A device code was exchanged: a new family, generation 1.
    case deviceGrant = "device-grant"
    /// A client got a token for itself (RFC 6749 §4.4).
    case clientGrant = "client-grant"
    /// A person's name and password were exchanged: a new family, generation 1.
    case passwordGrant = "password-grant"
    /// An assertion of the trusted issuer was exchanged (RFC 7523).
    case assertionGrant = "assertion-grant"
    /// A token was exchanged for another (RFC 8693).
    case exchangeGrant = "exchange-grant"
    case keysRotated = "keys-rotated"
    case clockMoved = "clock-moved"
    /// The API server answered a request: `verb`, `path`, `status`, and `reason` for a 401.
    case apiRequest = "api-request"
  }

  /// 1, 2, 3, … without gaps.
  package var sequence: Int
  /// Milliseconds since 1970 by the machine's clock, whatever the lab's clock was moved to.
  package var milliseconds: Int
  package var kind: Kind
  /// Ties `request-arrived` to everything that came of it.
  package var request: Int?
  /// The endpoint of the identity provider, named as in the faults.
  package var endpoint: String?
  /// `authorization_code`, `refresh_token` or `device_code`.
  package var grant: String?
  package var client: String?
  /// The user's login name.
  package var user: String?
  package var sub: String?
  /// The login that a refresh token descends from; `f1` is the first.
  package var family: String?
  /// 1 for the refresh token of the login, one more for each rotation.
  package var generation: Int?
  /// The HTTP status of the answer.
  package var status: Int?
  /// The names of the faults that were applied, comma-separated.
  package var faults: String?
  /// How the client authenticated, in the events after it did.
  package var method: String?
  package var verb: String?
  package var path: String?
  package var reason: String?

  init(sequence: Int, milliseconds: Int, kind: Kind) {
    self.sequence = sequence
    self.milliseconds = milliseconds
    self.kind = kind
  }

  /// The event as one line of JSON, without the line feed.
  package var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
