// SPDX-License-Identifier: Apache-2.0

package import Clouds
import HTTPTypes
package import OAuth

/// Sends requests to a token endpoint.
package struct EntraTokens: Sendable {
  let effects: CloudEffects
  /// With whom connections are made.
  let trust: TransportTrust
  /// How this person or robot logs in, for messages.
  let logIn: String

  /// Sends requests with these effects; over connections that are made as usual unless said.
  package init(
    _ effects: CloudEffects,
    trust: TransportTrust = TransportTrust(authorities: []),
    logIn: String
  ) {
    self.effects = effects
    self.trust = trust
    self.logIn = logIn
  }

  /// Sends one request, with another `Host` than the address's if one is given.
  ///
  /// Throws what the answer or its absence means.
  package func token(
    _ request: EntraRequest,
    at authority: EntraAuthority,
    bound: Bool = false,
    hostField: String? = nil
  ) async throws(CloudError) -> EntraToken {
    let host = authority.host.split(separator: "/").last.map(String.init) ?? authority.host
    let answer: HTTPAnswer
    do {
      var call = request.call
      if let hostField, let name = HTTPField.Name("Host") { call.headers[name] = hostField }
      answer = try await effects.send(trust, call)
    } catch {
      throw CloudError(error, fetching: "a token", from: host)
    }
    return try EntraAnswer(host: host, logIn: logIn)
      .token(answer, bound: bound, now: effects.now())
  }
}
