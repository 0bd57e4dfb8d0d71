// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTypes
import Host
import OAuth
import Synchronization

/// The loopback listener of a login: Host's sockets, OAuth's rules.
enum LiveListener {
  static func bind(_ addresses: [String]) async throws(ListenProblem) -> RedirectListener {
    let listener: LoopbackListener
    do {
      listener = try await LoopbackListener.bind(addresses: addresses)
    } catch {
      throw ListenProblem(what: error.message)
    }
    let port = listener.port
    return RedirectListener(
      hosts: RedirectURI.hostFields(port: port),
      host: listener.host,
      port: port,
      serve: { receiver, conclude in try await serve(listener, receiver, conclude) }
    )
  }

  /// Answers until the receiver finishes; the browser then waits for what the conclusion gives.
  private static func serve(
    _ listener: LoopbackListener,
    _ receiver: RedirectReceiver,
    _ conclude: @escaping RedirectListener.Conclusion
  ) async throws {
    let desk = Desk(receiver)
    let final = LoopbackPromise()
    let (outcomes, found) = AsyncStream.makeStream(of: RedirectOutcome.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await outcome in outcomes {
          let page = await conclude(outcome)
          final.keep(response(page.status, page.headers, page.body, last: true))
        }
      }
      group.addTask {
        defer { found.finish() }
        try await listener.serve { request in
          desk.receiver.withLock { receiver in
            reply(to: request, &receiver, final) { found.yield($0) }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func reply(
    to request: LoopbackRequest,
    _ receiver: inout RedirectReceiver,
    _ final: LoopbackPromise,
    _ finish: (RedirectOutcome) -> Void
  ) -> LoopbackReply {
    let action = receiver.receive(
      method: request.method.rawValue,
      target: request.target,
      host: request.host,
      contentType: request.contentType,
      origin: request.origin,
      preflight: request.preflight.map {
        RedirectPreflight(method: $0.method, isToPrivateNetwork: $0.isToPrivateNetwork)
      },
      body: request.body
    )
    switch action {
    case .respond(let status, let headers, let body):
      return .now(response(status, headers, body, last: false))
    case .finish(let outcome, _, _, _):
      finish(outcome)
      return .later(final)
    }
  }

  private static func response(
    _ status: Int,
    _ headers: [(String, String)],
    _ body: [UInt8],
    last: Bool
  ) -> LoopbackResponse {
    var fields = HTTPFields()
    for (name, value) in headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return LoopbackResponse(
      status: HTTPResponse.Status(code: status),
      headers: fields,
      body: body,
      last: last
    )
  }
}

/// The receiver, which requests come to at any time from any thread.
private final class Desk: Sendable {
  let receiver: Mutex<RedirectReceiver>

  init(_ receiver: RedirectReceiver) { self.receiver = Mutex(receiver) }
}
