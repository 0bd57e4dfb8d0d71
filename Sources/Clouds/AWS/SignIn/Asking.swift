// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// Sends requests to the services that people sign in at.
struct Asking: Sendable {
  let effects: CloudEffects

  private static let trust = TransportTrust(authorities: [])

  /// Sends a request; one whose answer is lost is sent once more if `again`.
  ///
  /// A refresh token whose answer was lost is spent or not, and only the service knows; the console's service answers
  /// a repetition with the same result (API reference of `CreateOAuth2Token`). Throws ``CloudError/Code/temporary`` for
  /// a service that cannot be reached.
  func send(
    _ call: HTTPCall,
    for subject: String,
    from base: Issuer,
    again: Bool = false
  ) async throws(CloudError) -> HTTPAnswer {
    effects.trace("asking \(base.host) for \(subject)")
    do {
      return try await effects.send(Self.trust, call)
    } catch {
      guard again, case .noAnswer = error else {
        throw CloudError(error, fetching: subject, from: base.host)
      }
    }
    effects.trace("the answer was lost; asking once more")
    do {
      return try await effects.send(Self.trust, call)
    } catch {
      throw CloudError(error, fetching: subject, from: base.host)
    }
  }
}
