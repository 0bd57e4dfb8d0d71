// SPDX-License-Identifier: Apache-2.0

/// One rule that an ID token breaks.
///
/// Texts taken from the token are bounded and stripped of control characters.
package enum IDTokenFault: Sendable, Equatable {
  /// Not a JWS with a JSON object inside; says what it is instead.
  case malformed(String)
  /// Its `alg` is not one of ``SigningAlgorithm``.
  case algorithmRefused(String)
  /// Its `alg` is not among those that the issuer announced.
  case algorithmNotAnnounced(String)
  /// A header parameter that is refused (`crit`, `b64`, `zip`, `enc`) or has a value that is
  /// (`typ`, `kid`).
  case headerRefused(String)
  /// The issuer has no key that can be used; why not the first of them, or nil if there is none at all.
  ///
  /// The caller may fetch the keys again, once.
  case noUsableKey(why: String?)
  /// No usable key of the issuer has this key id; the caller may fetch the keys again, once.
  case unknownKey(id: String?)
  /// It names no key, and so many could be meant.
  case ambiguousKey(Int)
  /// The key it names is for another algorithm.
  case algorithmMismatch(String)
  case signatureInvalid
  /// `iss` is missing (nil) or another.
  case issuer(found: String?)
  case subjectMissing
  /// Longer than 255 bytes, or with control characters.
  case subjectInvalid
  /// Another person than the session's.
  case subjectChanged
  /// `aud` is missing, empty, or of the wrong type.
  case audienceInvalid
  /// `aud` does not contain the client id.
  case audience(found: [String])
  /// There are further audiences, and `azp` does not say that the token is for this client.
  case authorizedPartyMissing(audiences: [String])
  /// `azp` is another client.
  case authorizedParty(found: String)
  /// `azp` came or went since the login.
  case authorizedPartyChanged
  /// `auth_time` is earlier than that of the login.
  case authTimeChanged
  /// A claim that must be a whole number of seconds from 0 to the year 9999 is missing or is not.
  case timeInvalid(claim: String)
  /// Expired so many seconds ago.
  case expired(seconds: Int64)
  /// `iat` lies so many seconds ahead.
  case issuedInFuture(seconds: Int64)
  /// Issued so many seconds ago, which no fresh answer is.
  case issuedLongAgo(seconds: Int64)
  /// `nbf` lies so many seconds ahead.
  case notYetValid(seconds: Int64)
  case nonceMissing
  case nonceMismatch
  case accessTokenHashMismatch
}

extension IDTokenFault {
  /// True if a wrong clock on one side explains it.
  package var isClock: Bool {
    switch self {
    case .expired, .issuedInFuture, .issuedLongAgo, .notYetValid: true
    default: false
    }
  }
}

extension IDTokenFault: CustomStringConvertible {
  /// One lower-case line about the token ("it expired 6 min ago").
  package var description: String {
    switch self {
    case .malformed(let reason): reason
    case .algorithmRefused(let name): "it is signed with \"\(name)\", which is not accepted"
    case .algorithmNotAnnounced(let name):
      "it is signed with \(name), which the issuer does not announce"
    case .headerRefused(let name): "its header has a \"\(name)\" that is not accepted"
    case .noUsableKey(let why):
      "the issuer has no signing key that can be used" + (why.map { " (\($0))" } ?? "")
    case .unknownKey(let id): "the issuer has no signing key \(id.map { "\"\($0)\"" } ?? "for it")"
    case .ambiguousKey(let count): "it names no key, and \(count) keys of the issuer could be meant"
    case .algorithmMismatch(let name): "the key it names is not for \(name)"
    case .signatureInvalid: "its signature is wrong"
    case .subjectMissing, .subjectInvalid, .subjectChanged: subjectDescription
    case .issuer, .audienceInvalid, .audience, .authorizedPartyMissing, .authorizedParty,
      .authorizedPartyChanged:
      partyDescription
    case .authTimeChanged: "its auth_time is not that of the login"
    case .timeInvalid, .expired, .issuedInFuture, .issuedLongAgo, .notYetValid: timeDescription
    case .nonceMissing: "it has no nonce, so it may belong to another login"
    case .nonceMismatch: "its nonce belongs to another login"
    case .accessTokenHashMismatch: "its at_hash does not fit the access token beside it"
    }
  }

  private var subjectDescription: String {
    switch self {
    case .subjectMissing: "it has no subject"
    case .subjectInvalid: "its subject is too long or has control characters"
    default: "its subject is not the one that logged in"
    }
  }

  private var partyDescription: String {
    switch self {
    case .issuer(nil): "it has no issuer"
    case .issuer(let found?): "its issuer is \"\(found)\""
    case .audience(let found): "it is for \(Self.list(found)), not for this client"
    case .authorizedPartyMissing(let others):
      "it is also for \(Self.list(others)), and does not say which client it was made for"
    case .authorizedParty(let found): "it was made for the client \"\(found)\""
    case .authorizedPartyChanged: "its azp is not that of the login"
    default: "its audience is missing or is not text"
    }
  }

  private var timeDescription: String {
    switch self {
    case .expired(let seconds): "it expired \(Self.duration(seconds)) ago"
    case .issuedInFuture(let seconds):
      "it was issued \(Self.duration(seconds)) in the future: the clocks differ"
    case .issuedLongAgo(let seconds): "it was issued \(Self.duration(seconds)) ago"
    case .notYetValid(let seconds):
      "it becomes valid in \(Self.duration(seconds)): the clocks differ"
    case .timeInvalid(let claim): "its \(claim) is missing or is not a time"
    default: ""
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }

  /// Seconds in the largest unit that leaves at least two of it.
  static func duration(_ seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}

extension IDTokenVerdict {
  /// The failed rules as one error for people; nil for a passed verdict.
  ///
  /// `host` is the issuer's.
  package func refusal(from host: String) -> OAuthError? {
    guard !faults.isEmpty else { return nil }
    let what =
      "the ID token of \(host) is refused: "
      + faults.map(\.description).joined(separator: "; ")
    if faults.allSatisfy(\.isClock) {
      return OAuthError(
        .clocksDiffer,
        what: what,
        remedy: "set this computer's clock; if it is right, the issuer's is wrong"
      )
    }
    return OAuthError(
      .tokenRejected,
      what: what,
      remedy: "check issuer URL and client id, and tell the issuer's administrator"
    )
  }
}

extension CompactJWS.Fault {
  /// What the token is instead of a JWS, for a message.
  var reason: String {
    switch self {
    case .tooLarge(let limit): "it has more than \(limit) bytes"
    case .parts(5): "it is encrypted (five parts), which is not supported"
    case .parts(let count): "it has \(count) parts where a JWT has three"
    case .encoding: "it is not base64url"
    }
  }
}
