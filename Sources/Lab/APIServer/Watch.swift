// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// An answer to `watch=true`: a line for each event, then nothing more, because nothing here ever changes.
struct Watch: Sendable {
  /// What there is to say at the start.
  let events: [JSONValue]
  /// When the server ends it; nil: as late as the client or the lab.
  let limit: Duration?

  /// The objects as they are found, unless the client says that it has seen them.
  ///
  /// As at a kube-apiserver, that is any `resourceVersion` but 0. Throws `KubernetesStatus` for what a kube-apiserver
  /// without WatchList refuses, too.
  init(of objects: [JSONValue], _ query: FormFields) throws(KubernetesStatus) {
    guard query["sendInitialEvents"] == nil else { throw .noInitialEvents }
    let version = query["resourceVersion"] ?? "0"
    let unseen = version == "0" ? objects : []
    events = unseen.map { object -> JSONValue in ["type": "ADDED", "object": object] }
    guard let text = query["timeoutSeconds"] else {
      limit = nil
      return
    }
    guard let seconds = Int32(text), seconds >= 0 else {
      throw .badRequest("timeoutSeconds takes a number of seconds, not \"\(text)\"")
    }
    limit = seconds == 0 ? nil : .seconds(seconds)
  }

  /// Writes the events and holds the connection until the time is up, the client goes or the lab ends.
  func response(to request: Request) -> Response {
    let lines = events.map { $0.text + "\n" }.joined()
    return Response(
      status: .ok,
      headers: [.contentType: "application/json", .cacheControl: "no-cache, private"],
      body: .init { writer in
        if !lines.isEmpty { try await writer.write(ByteBuffer(string: lines)) }
        try await hold(request.body)
        try await writer.finish(nil)
      }
    )
  }

  private func hold(_ body: RequestBody) async throws {
    let (over, end) = AsyncStream<Void>.makeStream()
    let timer = limit.map { limit in
      Task {
        try await Task.sleep(for: limit)
        end.finish()
      }
    }
    defer { timer?.cancel() }
    try await withGracefulShutdownHandler {
      try await body.consumeWithInboundCloseHandler { _ in
        for await _ in over {}
      } onInboundClosed: {
        end.finish()
      }
    } onGracefulShutdown: {
      end.finish()
    }
  }
}
