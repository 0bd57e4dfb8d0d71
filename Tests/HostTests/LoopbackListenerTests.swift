// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Host
import Synchronization
import Testing

@Suite struct LoopbackListenerTests {
  /// Answers `/last` for the last time and everything else as a stray.
  private static let handle: LoopbackListener.Handle = { request in
    let isLast = request.target.hasPrefix("/last")
    return .now(
      LoopbackResponse(
        status: isLast ? .ok : .notFound,
        headers: [.contentType: "text/plain"],
        body: Array("\(request.method) \(request.target) \(request.body.count)".utf8),
        last: isLast
      )
    )
  }

  /// What the listener answers to these bytes; it keeps listening.
  private func exchange(_ listener: LoopbackListener, _ text: String) async throws -> String {
    let connection = try await RawConnection.open(port: listener.port)
    await connection.send(text)
    return try await connection.answer()
  }

  private func finish(_ listener: LoopbackListener) async throws {
    let answer = try await exchange(listener, "GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
  }

  /// Serves while `body` runs, which must end with a last request.
  private func serving(_ body: (LoopbackListener) async throws -> Void) async throws {
    // Ten seconds pass quickly on a busy machine; no test here is about them.
    let listener = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"], patience: 3600)
    async let served: Void = listener.serve(Self.handle)
    try await body(listener)
    try await served
  }

  @Test(arguments: [("127.0.0.1:0", "127.0.0.1"), ("localhost:0", "localhost")])
  func saysWhichHostWasAskedFor(_ address: String, _ host: String) async throws {
    let listener = try await LoopbackListener.bind(addresses: [address])
    #expect(listener.host == host)
    await listener.close()
  }

  @Test func theLastAnswerArrivesAndEndsIt() async throws {
    let listener = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"])
    #expect(listener.port > 0)
    let connection = try await RawConnection.open(port: listener.port)
    await connection.send(
      "POST /last?code=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    )
    try await listener.serve(Self.handle)
    let answer = try await connection.answer()
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(answer.lowercased().contains("connection: close\r\n"))
    #expect(answer.hasSuffix("\r\n\r\nPOST /last?code=1 3"))
    // Another test's child holds a copy of the listening socket until its exec.
    let isGivenUp = try await eventuallyAsync {
      guard let another = try? await RawConnection.open(port: listener.port) else { return true }
      await another.close()
      return false
    }
    #expect(isGivenUp)
  }

  @Test func straysDoNotEndIt() async throws {
    try await serving { listener in
      for target in ["/favicon.ico", "/", "/x?last=1"] {
        let answer = try await exchange(listener, "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
      }
      try await finish(listener)
    }
  }

  @Test func theRequestIsPassedOnAsItCame() async throws {
    let seen = Mutex<[LoopbackRequest]>([])
    let listener = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"])
    async let served: Void = listener.serve { request in
      seen.withLock { $0.append(request) }
      return .now(LoopbackResponse(status: .noContent, last: request.target == "/end"))
    }
    _ = try await exchange(
      listener,
      "POST /a?b=%20c HTTP/1.1\r\nHost: localhost:1\r\nContent-Type: text/x\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    )
    _ = try await exchange(
      listener,
      "GET /end HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: keep-alive\r\n\r\n"
    )
    try await served
    let requests = seen.withLock { $0 }
    #expect(
      requests == [
        LoopbackRequest(
          method: .post,
          target: "/a?b=%20c",
          host: "localhost:1",
          contentType: "text/x",
          body: Array("hi".utf8)
        ),
        LoopbackRequest(method: .get, target: "/end", host: nil, contentType: nil, body: []),
      ]
    )
  }

  @Test func aHeadAnswerHasNoBody() async throws {
    try await serving { listener in
      let answer = try await exchange(listener, "HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 404"))
      #expect(answer.hasSuffix("\r\n\r\n"))
      try await finish(listener)
    }
  }

  @Test func whatIsTooLargeOrMalformedIsRefused() async throws {
    let long = String(repeating: "x", count: 17000)
    let big = String(repeating: "y", count: 65537)
    let table = [
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n\(big)", "413"),
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", "413"),
      (
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n\(big)\r\n0\r\n\r\n",
        "413"
      ),
      ("GET /\(long) HTTP/1.1\r\nHost: x\r\n\r\n", "431"),
      ("GET / HTTP/1.1\r\nHost: x\r\nCookie: \(long)\r\n\r\n", "431"),
      ("GET / HTTP/1.1\r\nCookie: \(long)", "431"),
      ("\u{16}\u{3}\u{1} this is TLS\r\n\r\n", "400"),
      ("nonsense\r\n\r\n", "400"),
    ]
    try await serving { listener in
      for (request, status) in table {
        let answer = try await exchange(listener, request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(request.prefix(40)): \(answer)")
      }
      try await finish(listener)
    }
  }

  @Test func aBodyOfExactlyTheLimitIsTaken() async throws {
    try await serving { listener in
      let body = String(repeating: "z", count: 65536)
      let answer = try await exchange(
        listener,
        "POST /last HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n\(body)"
      )
      #expect(answer.hasSuffix("POST /last 65536"))
    }
  }

  @Test func slowAndSilentClientsHoldUpNobody() async throws {
    try await serving { listener in
      var idlers: [RawConnection] = []
      for text in ["", "G", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n1"] {
        let idler = try await RawConnection.open(port: listener.port)
        await idler.send(text)
        idlers.append(idler)
      }
      try await finish(listener)
      for idler in idlers { await idler.close() }
    }
  }

  @Test func moreThanThirtyTwoConnectionsAreTurnedAway() async throws {
    try await serving { listener in
      var idlers: [RawConnection] = []
      for _ in 0..<32 {
        let idler = try await RawConnection.open(port: listener.port)
        await idler.send("G")
        idlers.append(idler)
      }
      #expect(try await exchange(listener, "GET /last HTTP/1.1\r\nHost: x\r\n\r\n") == "")
      for idler in idlers { await idler.close() }
      var answer = ""
      _ = try await eventuallyAsync {
        answer = try await exchange(listener, "GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
        return !answer.isEmpty
      }
      #expect(answer.hasPrefix("HTTP/1.1 200"))
    }
  }

  private func eventuallyAsync(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<6000 {
      if try await condition() { return true }
      try await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  @Test func cancellingGivesTheAddressUp() async throws {
    let listener = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"])
    let task = Task { try await listener.serve(Self.handle) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let isFree = try await eventuallyAsync {
      let address = "127.0.0.1:\(listener.port)"
      guard let again = try? await LoopbackListener.bind(addresses: [address]) else { return false }
      await again.close()
      return true
    }
    #expect(isFree)
  }

  @Test func aTakenPortIsNamedAndTheNextOneTried() async throws {
    let holder = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"])
    let taken = "127.0.0.1:\(holder.port)"
    await #expect {
      try await LoopbackListener.bind(addresses: [taken])
    } throws: { error in
      let text = "\(error)"
      return (error as? HostError)?.code == .addressInUse
        && text == "port \(holder.port) is taken by another program: tried \(taken)"
    }
    let other = try await LoopbackListener.bind(addresses: [taken, "127.0.0.1:0"])
    #expect(other.port != holder.port)
    await other.close()
    await holder.close()
  }

  @Test(arguments: [
    "0.0.0.0:8000", "192.168.1.1:80", "[::]:80", "example.com:80", "127.0.0.1", "127.0.0.1:",
    "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:٣", "::1:80", "127.0.0.1:80:80", "", ":80",
  ])
  func onlyLoopbackAddressesAreListenedOn(_ address: String) async throws {
    await #expect {
      try await LoopbackListener.bind(addresses: ["127.0.0.1:0", address])
    } throws: { ($0 as? HostError)?.code == .badAddress }
  }

  @Test func noAddressIsAnError() async throws {
    await #expect(throws: HostError.self) { try await LoopbackListener.bind(addresses: []) }
  }
}
