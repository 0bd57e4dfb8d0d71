// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The refresh tokens that came after one in a place where we do not write, the latest of them kept in our own store.
///
/// It is found by the one that still lies in that place: whoever signs in anew begins another succession.
struct Succession: Sendable {
  /// Seconds that a successor is kept for: what becomes of it Google says.
  private static let life: Double = 10 * 365 * 86_400
  /// How often a store that shares another's failure is asked again, and the seconds between.
  private static let patience = (attempts: 5, pause: 0.3)

  private let identity: KeptIdentity
  private let effects: CloudEffects

  init(of user: WorkforceUser, _ origin: Origin, _ effects: CloudEffects) {
    identity = KeptIdentity(
      name: "Google refresh token after the one of \(origin.place)",
      parts: [
        "google-successor", AccessToken.mark(of: user.refreshToken), user.client.id, user.tokenURL,
      ]
    )
    self.effects = effects
  }

  /// The latest successor; nil if there is none.
  func latest() async -> Secret? {
    // The API server's refusal of an access token says nothing of a refresh token: a temporary failure gives what is
    // kept all the same, and is over in a second. Any other leaves no trace where nothing is kept.
    let nothing = CloudError(
      effects.isRejected ? .temporary : .failed,
      "there is no successor",
      remedy: "try again",
      retryAfter: 1
    )
    let none: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      throw nothing
    }
    return try? await effects.kept(identity, KeptTerms(enough: 0, untilOver: true), none).secret
  }

  /// Keeps another successor; false if the store does not give it back.
  func keep(_ token: Secret) async -> Bool {
    let now = effects.now()
    let successor = KeptSecret(
      secret: token,
      obtained: now,
      expiry: now.addingTimeInterval(Self.life)
    )
    let make: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      successor
    }
    for _ in 0..<Self.patience.attempts {
      _ = try? await effects.kept(identity, KeptTerms(enough: .greatestFiniteMagnitude), make)
      if await latest() == token { return true }
      try? await effects.pause(Self.patience.pause)
    }
    return false
  }
}
