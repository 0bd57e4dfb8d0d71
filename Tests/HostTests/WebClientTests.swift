// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Host
import Testing

@Suite struct WebClientTests {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Kind: test\r\n\r\nhi"

  private func post(
    _ client: WebClient,
    _ url: String,
    body: String = "grant_type=refresh_token"
  ) async throws(WebFailure) -> WebAnswer {
    try await client.send(
      method: .post,
      url: url,
      headers: [.contentType: "application/x-www-form-urlencoded"],
      body: Array(body.utf8)
    )
  }

  /// The failure of a request that must fail.
  private func failure(
    of script: ScriptedServer.Script,
    timeout: Double = 30,
    limit: Int = 1 << 20
  ) async throws -> (WebFailure, requests: Int, connections: Int) {
    let server = try await ScriptedServer.start(script)
    let client = WebClient(timeout: timeout, limit: limit)
    var caught: WebFailure?
    do {
      _ = try await post(client, "http://127.0.0.1:\(server.port)/token")
    } catch {
      caught = error
    }
    await client.shutdown()
    let outcome = (try #require(caught), server.requests.count, server.connections)
    await server.stop()
    return outcome
  }

  @Test func theAnswerComesWhole() async throws {
    let server = try await ScriptedServer.start(.answer(Self.ok))
    let client = WebClient()
    let answer = try await post(client, "http://127.0.0.1:\(server.port)/token?a=b")
    #expect(answer.status == .ok)
    #expect(answer.body == Array("hi".utf8))
    #expect(answer.headers[try #require(HTTPField.Name("x-kind"))] == "test")
    let request = try #require(server.requests.first).lowercased()
    #expect(request.hasPrefix("post /token?a=b http/1.1\r\n"))
    #expect(request.contains("connection: close\r\n"))
    #expect(request.contains("content-length: 24\r\n"))
    #expect(!request.contains("accept-encoding"))
    #expect(!request.contains("cookie"))
    await client.shutdown()
    await server.stop()
  }

  @Test(arguments: [
    "301 Moved Permanently", "307 Temporary Redirect", "400 Bad Request", "503 Busy",
  ])
  func noStatusIsActedUpon(_ status: String) async throws {
    let server = try await ScriptedServer.start(
      .answer("HTTP/1.1 \(status)\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
    )
    let client = WebClient()
    let answer = try await post(client, "http://127.0.0.1:\(server.port)/")
    #expect(status.hasPrefix("\(answer.status.code) "))
    #expect(server.requests.count == 1)
    await client.shutdown()
    await server.stop()
  }

  @Test func everyRequestHasAConnectionOfItsOwn() async throws {
    let server = try await ScriptedServer.start(.stall(Self.ok))
    let client = WebClient()
    for _ in 0..<3 { _ = try await post(client, "http://127.0.0.1:\(server.port)/") }
    #expect(server.requests.count == 3)
    #expect(server.connections == 3)
    await client.shutdown()
    await server.stop()
  }

  @Test func requestsMayRunSideBySide() async throws {
    let server = try await ScriptedServer.start(.answer(Self.ok))
    let client = WebClient()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try await self.post(client, "http://127.0.0.1:\(server.port)/").status.code
        }
      }
      for try await code in group { #expect(code == 200) }
    }
    #expect(server.requests.count == 8)
    await client.shutdown()
    await server.stop()
  }

  @Test(arguments: [
    ScriptedServer.Script.drop,
    .hangUp,
    .answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
    .answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
    .answer("SSH-2.0-OpenSSH_9.2\r\n"),
  ])
  func aBrokenAnswerIsNoAnswer(_ script: ScriptedServer.Script) async throws {
    let (failure, requests, connections) = try await failure(of: script)
    guard case .noAnswer = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(requests <= 1)
    #expect(connections == 1)
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nslow"])
  func silenceAfterTheRequestIsNoAnswer(_ beginning: String) async throws {
    let (failure, requests, connections) = try await failure(of: .stall(beginning), timeout: 0.5)
    guard case .noAnswer(let reason) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(reason.contains("no answer from 127.0.0.1:"))
    #expect(requests == 1)
    #expect(connections == 1)
  }

  @Test func aLongAnswerIsCutOff() async throws {
    let announced = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890"
    #expect(try await failure(of: .answer(announced), limit: 10).0 == .tooLarge(limit: 10))
    #expect(try await failure(of: .flood).0 == .tooLarge(limit: 1 << 20))
  }

  @Test func anAnswerOfExactlyTheLimitIsTaken() async throws {
    let server = try await ScriptedServer.start(
      .answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
    )
    let client = WebClient(limit: 10)
    #expect(try await post(client, "http://127.0.0.1:\(server.port)/").body.count == 10)
    await client.shutdown()
    await server.stop()
  }

  @Test func aRefusedConnectionWasNotSent() async throws {
    // Port 1 (tcpmux) has no listener anywhere; one that was just closed may still be open in another test's child.
    await #expect {
      try await post(WebClient(), "http://127.0.0.1:1/")
    } throws: { error in
      guard case .notSent(let reason) = error as? WebFailure else { return false }
      return reason == "cannot connect to 127.0.0.1:1: connection refused"
    }
  }

  @Test(arguments: [
    "ftp://127.0.0.1/", "http+unix://%2Ftmp%2Fsocket/", "unix:///tmp/socket", "", "https://",
    "http://127.0.0.1:1/a b", "http://127.0.0.1:1/\r\nX: y",
  ])
  func otherURLsAreNotSent(_ url: String) async throws {
    await #expect {
      try await post(WebClient(), url)
    } throws: { error in
      guard case .notSent(let reason) = error as? WebFailure else { return false }
      return reason.contains("is not an http or https URL")
    }
  }

  @Test func anUnknownHostWasNotSent() async throws {
    await #expect {
      try await post(WebClient(), "http://no-such-host.invalid/")
    } throws: { error in
      guard case .notSent(let reason) = error as? WebFailure else { return false }
      return reason.contains("no-such-host.invalid")
    }
  }

  @Test func cancellingEndsARequest() async throws {
    let server = try await ScriptedServer.start(.stall(""))
    let client = WebClient()
    let task = Task { try await post(client, "http://127.0.0.1:\(server.port)/") }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect {
      try await task.value
    } throws: { error in
      if case .noAnswer = error as? WebFailure { true } else { false }
    }
    await server.stop()
  }
}
