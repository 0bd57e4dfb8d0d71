// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTypes
import Host
import OAuth
import Synchronization

/// One HTTP client per set of trust anchors, made when first needed.
final class WebClients: Sendable {
  private let environment: [String: String]
  private let clients = Mutex<[TransportTrust: WebClient]>([:])

  init(environment: [String: String]) {
    self.environment = environment
  }

  /// Sends a call, and translates what can go wrong into the words of `OAuth`; a refusal repeats no secret of the call.
  func send(
    _ call: HTTPCall,
    with trust: TransportTrust
  ) async throws(TransportFailure) -> HTTPAnswer {
    try await Self.send(call, over: client(trust))
  }

  /// Sends a call to a service of the machine itself: through no proxy, and for at most so many seconds.
  @Sendable
  static func sendDirect(
    _ seconds: Double,
    _ call: HTTPCall
  ) async throws(TransportFailure) -> HTTPAnswer {
    let isHere = loopback.contains { call.url.hasPrefix($0) }
    return try await send(call, over: WebClient(timeout: isHere ? Numbers.request : seconds))
  }

  /// How addresses of this machine begin: where nobody listens a connection fails at once there, so that waiting longer
  /// costs nothing.
  private static let loopback = ["http://127.", "http://localhost", "http://[::1]"]

  private static func send(
    _ call: HTTPCall,
    over client: WebClient
  ) async throws(TransportFailure) -> HTTPAnswer {
    do {
      let answer = try await client.send(
        method: call.method,
        url: call.url,
        headers: call.headers,
        body: call.body
      )
      return SentSecrets(in: call).removed(
        from: HTTPAnswer(
          status: answer.status.code,
          headers: answer.headers,
          body: answer.body
        )
      )
    } catch {
      switch error {
      case .notSent(let why): throw .notSent(why)
      case .tls(let why): throw .tls(why)
      case .noAnswer(let why): throw .noAnswer(why)
      case .tooLarge(let limit): throw .tooLarge(limit: limit)
      }
    }
  }

  private func client(_ trust: TransportTrust) -> WebClient {
    clients.withLock { clients in
      if let client = clients[trust] { return client }
      let client = WebClient(
        additionalAuthorities: trust.authorities.isEmpty ? [] : [trust.authorities],
        timeout: Numbers.request,
        identity: trust.key.map { key in
          ClientIdentity(
            certificateChain: trust.certificate,
            privateKey: Array(key.expose().utf8)
          )
        },
        addresses: trust.addresses,
        pinned: trust.thumbprint.flatMap { PinnedCertificate(thumbprint: $0) },
        environment: trust.thumbprint == nil ? environment : [:]
      )
      clients[trust] = client
      return client
    }
  }
}
