// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What an ID token must agree with.
package struct IDTokenExpectation: Sendable {
  /// What to ask of the `nonce` claim.
  package enum NonceRule: Sendable, Equatable {
    /// Present and equal: the code flow (OIDC Core 3.1.3.7, rule 11).
    case exactly(String)
    /// Absent, or equal to the nonce of the login: a renewal (OIDC Core 12.2). With nil there is
    /// nothing to compare with, and any nonce passes.
    case absentOrEqual(String?)
    /// No nonce was sent: the device flow.
    case none
  }

  /// `iss` must equal it byte for byte.
  package var issuer: Issuer
  /// `aud` must contain it, and `azp` must equal it if present.
  package var clientID: String
  package var nonce: NonceRule
  /// The access token of the same answer; a present `at_hash` must match it (OIDC Core 3.1.3.6).
  ///
  /// Without it a present `at_hash` is not checked.
  package var accessToken: Secret?
  /// The subject of the session; another one is a fault (OIDC Core 12.2).
  package var previousSubject: String?
  /// What the session's ID token said of its login: a refreshed one has an `azp` if that had one, and no earlier
  /// `auth_time`.
  ///
  /// OIDC Core 12.2, but for a later `auth_time`, which passes.
  ///
  /// Nil compares nothing.
  package var previous: PreviousIDToken?
  package var now: Date
  /// Tolerated difference of clocks in seconds, in both directions.
  package var skew: Int
  /// Audiences besides the client id that were asked for (`--audience`).
  ///
  /// They are trusted (OIDC Core 3.1.3.7, rule 3), and one of them may stand in `aud` instead of the client id if `azp`
  /// is the client id, as Dex does for cross-client scopes.
  package var additionalAudiences: [String]
  /// `id_token_signing_alg_values_supported` of the issuer's metadata; a token that is signed with
  /// anything else is refused (OIDC Core 3.1.3.7, rule 7).
  ///
  /// Empty: any algorithm of ``SigningAlgorithm`` that the key allows.
  package var algorithms: [String]

  package init(
    issuer: Issuer,
    clientID: String,
    nonce: NonceRule,
    accessToken: Secret? = nil,
    previousSubject: String? = nil,
    previous: PreviousIDToken? = nil,
    now: Date,
    skew: Int = Limits.skew,
    additionalAudiences: [String] = [],
    algorithms: [String] = []
  ) {
    self.issuer = issuer
    self.clientID = clientID
    self.nonce = nonce
    self.accessToken = accessToken
    self.previousSubject = previousSubject
    self.previous = previous
    self.now = now
    self.skew = skew
    self.additionalAudiences = additionalAudiences
    self.algorithms = algorithms
  }
}
