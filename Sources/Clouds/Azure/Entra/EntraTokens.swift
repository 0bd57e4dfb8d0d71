// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

/// Sends requests to a token endpoint.
package struct EntraTokens: Sendable {
  let effects: CloudEffects
  /// With whom connections are made.
  let trust: TransportTrust
  /// How this person or robot logs in, for messages.
  let logIn: String

  /// Sends requests with these effects; `authorities` are certificates (PEM) that are trusted beside the system's.
  package init(_ effects: CloudEffects, authorities: [UInt8] = [], logIn: String) {
    self.effects = effects
    trust = TransportTrust(authorities: authorities)
    self.logIn = logIn
  }

  /// Sends one request; throws what the answer or its absence means.
  package func token(
    _ request: EntraRequest,
    at authority: EntraAuthority,
    bound: Bool = false
  ) async throws(CloudError) -> EntraToken {
    let host = authority.host.split(separator: "/").last.map(String.init) ?? authority.host
    let answer: HTTPAnswer
    do {
      answer = try await effects.send(trust, request.call)
    } catch {
      throw CloudError(error, fetching: "a token", from: host)
    }
    return try EntraAnswer(host: host, logIn: logIn)
      .token(answer, bound: bound, now: effects.now())
  }
}
