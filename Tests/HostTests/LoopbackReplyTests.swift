// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Host
import Synchronization
import Testing

/// Answers that come later, and what a preflight carries.
@Suite struct LoopbackReplyTests {
  private static func page(_ text: String, last: Bool) -> LoopbackResponse {
    LoopbackResponse(status: .ok, body: Array(text.utf8), last: last)
  }

  @Test func aPromisedAnswerComesWhenItIsKeptAndStraysDoNotWait() async throws {
    let promise = LoopbackPromise()
    let held = Mutex(0)
    let listener = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"], patience: 3600)
    async let served: Void = listener.serve { request in
      guard request.target == "/wait" else { return .now(Self.page("stray", last: false)) }
      held.withLock { $0 += 1 }
      return .later(promise)
    }
    let first = try await RawConnection.open(port: listener.port)
    await first.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
    let second = try await RawConnection.open(port: listener.port)
    await second.send("POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na")
    #expect(try await eventually { held.withLock { $0 } == 2 })
    let stray = try await RawConnection.open(port: listener.port)
    await stray.send("GET /favicon.ico HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(try await stray.answer().hasSuffix("stray"))
    promise.keep(Self.page("done", last: true))
    promise.keep(Self.page("changed my mind", last: true))
    try await served
    for connection in [first, second] {
      #expect(try await connection.answer().hasSuffix("\r\n\r\ndone"))
    }
  }

  @Test func anAnswerThatIsKnownAlreadyComesAtOnce() async throws {
    let promise = LoopbackPromise()
    promise.keep(Self.page("early", last: true))
    let listener = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"], patience: 3600)
    let connection = try await RawConnection.open(port: listener.port)
    await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    try await listener.serve { _ in .later(promise) }
    #expect(try await connection.answer().hasSuffix("early"))
  }

  @Test func whoWentAwayDoesNotKeepTheListenerOpen() async throws {
    let promise = LoopbackPromise()
    let isHeld = Mutex(false)
    let listener = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"], patience: 3600)
    async let served: Void = listener.serve { _ in
      isHeld.withLock { $0 = true }
      return .later(promise)
    }
    let connection = try await RawConnection.open(port: listener.port)
    await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(try await eventually { isHeld.withLock { $0 } })
    await connection.close()
    promise.keep(Self.page("nobody reads this", last: true))
    try await served
  }

  @Test func aPreflightSaysWhatItAsksFor() async throws {
    let seen = Mutex<[LoopbackRequest]>([])
    let listener = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"], patience: 3600)
    async let served: Void = listener.serve { request in
      seen.withLock { $0.append(request) }
      return .now(LoopbackResponse(status: .noContent, last: request.method == .get))
    }
    let preflight =
      "Origin: https://idp.example\r\nAccess-Control-Request-Method: POST\r\n"
      + "Access-Control-Request-Headers: x-a, x-b\r\nAccess-Control-Request-Private-Network: true\r\n"
    for head in [
      "OPTIONS / HTTP/1.1\r\n\(preflight)", "OPTIONS / HTTP/1.1\r\nOrigin: null\r\n",
      "POST / HTTP/1.1\r\n\(preflight)", "GET / HTTP/1.1\r\nOrigin: a\r\nOrigin: b\r\n",
    ] {
      let connection = try await RawConnection.open(port: listener.port)
      await connection.send("\(head)Host: x\r\nContent-Length: 0\r\n\r\n")
      #expect(try await connection.answer().hasPrefix("HTTP/1.1 204"))
    }
    try await served
    let requests = seen.withLock { $0 }
    let asked = LoopbackRequest.Preflight(
      method: "POST",
      headers: "x-a, x-b",
      isToPrivateNetwork: true
    )
    #expect(requests.map(\.preflight) == [asked, nil, nil, nil])
    #expect(requests.map(\.origin) == ["https://idp.example", "null", "https://idp.example", nil])
  }

  @Test(arguments: ["127.0.0.1", "::1"])
  func bothLoopbacksAreAnswered(_ host: String) async throws {
    let listener = try await LoopbackListener.bind(addresses: ["localhost:0"], patience: 3600)
    guard let connection = try? await RawConnection.open(port: listener.port, host: host) else {
      // A machine without IPv6 has no ::1 to listen on.
      #expect(host == "::1")
      return await listener.close()
    }
    await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    try await listener.serve { _ in .now(Self.page(host, last: true)) }
    #expect(try await connection.answer().hasSuffix(host))
  }
}
