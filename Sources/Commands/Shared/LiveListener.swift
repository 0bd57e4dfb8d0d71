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
      hosts: ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"],
      host: listener.host,
      port: port,
      serve: { receiver in
        let desk = Mutex<(RedirectReceiver, RedirectReceiver.Outcome?)>((receiver, nil))
        try await listener.serve { request in
          desk.withLock { desk in .now(respond(to: request, &desk.0, &desk.1)) }
        }
        guard let outcome = desk.withLock({ $0.1 }) else { throw CancellationError() }
        return outcome
      }
    )
  }

  private static func respond(
    to request: LoopbackRequest,
    _ receiver: inout RedirectReceiver,
    _ outcome: inout RedirectReceiver.Outcome?
  ) -> LoopbackResponse {
    let action = receiver.receive(
      method: request.method.rawValue,
      target: request.target,
      host: request.host,
      contentType: request.contentType,
      body: request.body
    )
    switch action {
    case .respond(let status, let headers, let body):
      return response(status, headers, body, last: false)
    case .finish(let result, let status, let headers, let body):
      outcome = result
      return response(status, headers, body, last: true)
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
