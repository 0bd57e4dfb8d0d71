// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Evaluates every rule about claims, each on its own.
struct ClaimsCheck {
  let json: StrictJSON
  let expectation: IDTokenExpectation
  private(set) var faults: [IDTokenFault] = []
  private(set) var subject: String?
  private(set) var audience: [String]?
  private(set) var exp: Int64?
  private(set) var iat: Int64?

  init(json: StrictJSON, expectation: IDTokenExpectation) {
    self.json = json
    self.expectation = expectation
  }

  /// Runs all rules; without an accepted algorithm `at_hash` cannot be evaluated.
  mutating func run(algorithm: SigningAlgorithm?) {
    checkIssuer()
    checkSubject()
    checkAudience()
    checkTimes()
    checkNonce()
    checkPrevious()
    if let algorithm { checkAccessTokenHash(algorithm) }
  }

  // OIDC Core 3.1.3.7, rule 2.
  private mutating func checkIssuer() {
    guard let found = json["iss"]?.string else { return faults.append(.issuer(found: nil)) }
    if !Text.sameBytes(found, expectation.issuer.text) {
      faults.append(.issuer(found: Text.line(found)))
    }
  }

  // OIDC Core 2 and 12.2. Control characters would reach terminals.
  private mutating func checkSubject() {
    guard let found = json["sub"]?.string, !found.isEmpty else {
      return faults.append(.subjectMissing)
    }
    guard found.utf8.count <= Limits.subject, !Text.hasControls(found) else {
      return faults.append(.subjectInvalid)
    }
    if let previous = expectation.previousSubject, !Text.sameBytes(found, previous) {
      faults.append(.subjectChanged)
    }
    subject = found
  }

  // OIDC Core 3.1.3.7, rules 3 to 5.
  private mutating func checkAudience() {
    let found = json["aud"].flatMap { value in value.string.map { [$0] } ?? value.strings }
    guard let found, !found.isEmpty, !found.contains("") else {
      return faults.append(.audienceInvalid)
    }
    let shown = found.prefix(10).map { Text.line($0, limit: 80) }
    let party = json["azp"]
    let isOurs = party?.string.map { Text.sameBytes($0, expectation.clientID) } ?? false
    if let party, !isOurs {
      faults.append(.authorizedParty(found: Text.line(party.string ?? "", limit: 80)))
    }
    let trusted = expectation.additionalAudiences
    let foreign = found.filter { audience in
      !Text.sameBytes(audience, expectation.clientID)
        && !trusted.contains { Text.sameBytes($0, audience) }
    }
    let namesClient = found.contains { Text.sameBytes($0, expectation.clientID) }
    if !namesClient, foreign.count == found.count || !isOurs {
      faults.append(.audience(found: shown))
    } else if !foreign.isEmpty, party == nil {
      faults.append(
        .authorizedPartyMissing(audiences: foreign.prefix(10).map { Text.line($0, limit: 80) })
      )
    }
    audience = found
  }

  // OIDC Core 3.1.3.7, rules 9 and 10 (every token comes fresh from its issuer); RFC 7519 section 4.1.5.
  private mutating func checkTimes() {
    let now = expectation.now.timeIntervalSince1970
    let skew = Double(expectation.skew)
    exp = time("exp")
    if let exp, Double(exp) <= now - skew {
      faults.append(.expired(seconds: Self.whole(now - Double(exp))))
    }
    iat = time("iat")
    if let iat, Double(iat) > now + skew {
      faults.append(.issuedInFuture(seconds: Self.whole(Double(iat) - now)))
    }
    if let iat, Double(iat) < now - Double(Limits.tokenAge) {
      faults.append(.issuedLongAgo(seconds: Self.whole(now - Double(iat))))
    }
    if json["nbf"] != nil, let nbf = time("nbf"), Double(nbf) > now + skew {
      faults.append(.notYetValid(seconds: Self.whole(Double(nbf) - now)))
    }
  }

  private mutating func time(_ claim: String) -> Int64? {
    guard let seconds = json[claim]?.integer, UnverifiedTimes.range.contains(seconds) else {
      faults.append(.timeInvalid(claim: claim))
      return nil
    }
    return seconds
  }

  private static func whole(_ seconds: Double) -> Int64 {
    Int64(min(max(seconds, 0), Double(UnverifiedTimes.range.upperBound)))
  }

  private mutating func checkNonce() {
    let found = json["nonce"]
    switch expectation.nonce {
    case .none:
      break
    case .exactly(let expected):
      guard let found else { return faults.append(.nonceMissing) }
      if !Self.equal(found, expected) { faults.append(.nonceMismatch) }
    case .absentOrEqual(let expected):
      if let found, let expected, !Self.equal(found, expected) { faults.append(.nonceMismatch) }
    }
  }

  // OIDC Core 12.2: a refresh is not a new login. A later auth_time passes all the same: whoever logs in again in the
  // same browser session moves it at issuers that keep one login for all of their clients, as Keycloak does.
  private mutating func checkPrevious() {
    guard let previous = expectation.previous else { return }
    if json["auth_time"] != nil, let authTime = time("auth_time"),
      let before = previous.authTime, authTime < before
    {
      faults.append(.authTimeChanged)
    }
    if (json["azp"] != nil) != previous.hasAuthorizedParty {
      faults.append(.authorizedPartyChanged)
    }
  }

  private mutating func checkAccessTokenHash(_ algorithm: SigningAlgorithm) {
    guard let found = json["at_hash"], let token = expectation.accessToken else { return }
    let expected = algorithm.leftHalfHashes(of: token.expose()).map { Base64URL.encode($0) }
    if !expected.contains(where: { Self.equal(found, $0) }) {
      faults.append(.accessTokenHashMismatch)
    }
  }

  private static func equal(_ found: StrictJSON, _ expected: String) -> Bool {
    guard let text = found.string else { return false }
    return ConstantTime.equal(Array(text.utf8), Array(expected.utf8))
  }
}
