// SPDX-License-Identifier: Apache-2.0

/// The claims of an ID token that passed; there is no other way to get one.
///
/// Texts still come from a server: whoever prints them escapes them.
package struct IDTokenClaims: Sendable, Equatable {
  package let issuer: String
  /// 1 to 255 bytes, without control characters.
  package let subject: String
  /// At least one.
  package let audience: [String]
  /// Seconds since 1970.
  package let exp: Int64
  /// Seconds since 1970.
  package let iat: Int64
  package let nonce: String?
  package let email: String?
  package let preferredUsername: String?
  package let name: String?
  /// Nil if the claim is absent or not an array of strings.
  package let groups: [String]?

  /// Nil for a check that has not found what every token has.
  fileprivate init?(_ check: ClaimsCheck) {
    guard let subject = check.subject, let audience = check.audience, let exp = check.exp,
      let iat = check.iat
    else { return nil }
    let json = check.json
    self.issuer = check.expectation.issuer.text
    self.subject = subject
    self.audience = audience
    self.exp = exp
    self.iat = iat
    nonce = json["nonce"]?.string
    email = json.displayClaim("email")
    preferredUsername = json.displayClaim("preferred_username")
    name = json.displayClaim("name")
    groups = json["groups"]?.strings
  }
}

/// What became of an ID token.
package enum IDTokenVerdict: Sendable, Equatable {
  /// Every rule holds.
  case passed(IDTokenClaims)
  /// At least one rule does not; all that could be evaluated are listed.
  case failed([IDTokenFault])

  /// Judges an ID token by OIDC Core 3.1.3.7 and 12.2.
  ///
  /// Claims are judged even if the signature is bad, so that the list of faults is complete; they
  /// come out only when there is none. It does not throw.
  package static func judge(
    _ token: Secret,
    against expectation: IDTokenExpectation,
    keys: KeySet
  ) -> IDTokenVerdict {
    let jws: CompactJWS
    do {
      jws = try CompactJWS(token.expose())
    } catch {
      return .failed([.malformed(error.reason)])
    }
    let header = TokenHeader(jws.header)
    var faults = header.faults
    let announced = expectation.algorithms
    faults += SignatureCheck(jws: jws, header: header, keys: keys, announced: announced).faults()
    let json: StrictJSON
    do {
      json = try StrictJSON(parsing: jws.payload)
    } catch {
      return .failed(faults + [.malformed("its payload is not JSON: \(error.reason)")])
    }
    guard json.members != nil else {
      return .failed(faults + [.malformed("its payload is not an object")])
    }
    var check = ClaimsCheck(json: json, expectation: expectation)
    check.run(algorithm: header.algorithm)
    faults += check.faults
    guard faults.isEmpty, let claims = IDTokenClaims(check) else { return .failed(faults) }
    return .passed(claims)
  }

  /// True if fetching the key set again, once, may change the verdict: the token names a key that
  /// is not in it, or nothing in it can be used.
  package var wantsFreshKeys: Bool {
    guard case .failed(let faults) = self else { return false }
    return faults.contains { fault in
      switch fault {
      case .unknownKey, .noUsableKey: true
      default: false
      }
    }
  }

  /// The faults; none for a passed verdict.
  package var faults: [IDTokenFault] {
    if case .failed(let faults) = self { faults } else { [] }
  }
}
