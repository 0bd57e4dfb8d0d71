// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Host
import Testing

/// Requests through a real proxy; only the proxy knows where `idp.example` is.
@Suite struct WebProxyTests {
  private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

  private func get(
    _ environment: [String: String],
    trusting authorities: [String] = [TestCertificates.authority],
    timeout: Double = 30
  ) async throws(WebFailure) -> WebAnswer {
    let client = WebClient(
      additionalAuthorities: authorities.map { Array($0.utf8) },
      timeout: timeout,
      environment: environment
    )
    do throws(WebFailure) {
      let answer = try await client.send(
        method: .get,
        url: "https://idp.example/secret-path",
        headers: [:],
        body: []
      )
      await client.shutdown()
      return answer
    } catch {
      await client.shutdown()
      throw error
    }
  }

  private func refusal(_ environment: [String: String], trusting authorities: [String] = [])
    async throws -> WebFailure
  {
    do throws(WebFailure) {
      _ = try await get(environment, trusting: authorities)
    } catch {
      return error
    }
    struct Unexpected: Error {}
    throw Unexpected()
  }

  @Test(arguments: [("", nil), ("al:pw@", "Basic YWw6cHc=")] as [(String, String?)])
  func theProxySeesATunnelAndNothingElse(_ login: String, _ authorization: String?) async throws {
    let server = try await ScriptedServer.start(
      .answer(Self.ok),
      tls: (TestCertificates.other, TestCertificates.otherKey)
    )
    let proxy = try await TunnelProxy.start(target: server.port)
    let answer = try await get(["HTTPS_PROXY": "http://\(login)127.0.0.1:\(proxy.port)"])
    #expect(answer.body == Array("hi".utf8))
    let head = try #require(proxy.heads.first)
    #expect(proxy.heads.count == 1)
    #expect(head.hasPrefix("CONNECT idp.example:443 HTTP/1.1\r\n"))
    #expect(!head.contains("secret-path"))
    #expect(head.lowercased().contains("proxy-authorization") == (authorization != nil))
    if let authorization { #expect(head.contains(authorization)) }
    let request = try #require(server.requests.first)
    #expect(request.hasPrefix("GET /secret-path HTTP/1.1\r\n"))
    #expect(!request.lowercased().contains("proxy-authorization"))
    await proxy.stop()
    await server.stop()
  }

  @Test func aSOCKSProxyResolvesTheName() async throws {
    let server = try await ScriptedServer.start(
      .answer(Self.ok),
      tls: (TestCertificates.other, TestCertificates.otherKey)
    )
    let proxy = try await TunnelProxy.start(target: server.port, isSOCKS: true)
    let environment = ["ALL_PROXY": "socks5h://127.0.0.1:\(proxy.port)"]
    #expect(try await get(environment).body == Array("hi".utf8))
    #expect(proxy.heads == ["idp.example:443\r\n\r\n"])
    let failure = try await refusal(environment)
    #expect(failure == .tls("the certificate of idp.example is not trusted"))
    #expect(server.requests.count == 1)
    await proxy.stop()
    await server.stop()
  }

  @Test(
    arguments: [
      (
        "", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        "asks for a user name and a password"
      ),
      (
        "al:hunter2@", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        "does not accept its user name and password"
      ),
      (
        "", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        "refused to connect to idp.example"
      ),
      ("", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad", "refused to connect to"),
    ]
  )
  func aProxysRefusalIsItsOwn(_ login: String, _ answer: String, _ words: String) async throws {
    let proxy = try await TunnelProxy.start(answer: answer)
    let failure = try await refusal(["HTTPS_PROXY": "http://\(login)127.0.0.1:\(proxy.port)"])
    guard case .notSent(let reason) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(reason.hasPrefix("the proxy 127.0.0.1:\(proxy.port) (HTTPS_PROXY) \(words)"))
    #expect(!reason.contains("hunter2"))
    await proxy.stop()
  }

  @Test func aProxyThatIsNotThereIsNamed() async throws {
    // Port 1 (tcpmux) has no listener anywhere.
    let failure = try await refusal(["ALL_PROXY": "http://al:hunter2@127.0.0.1:1"])
    #expect(
      failure
        == .notSent("cannot connect to the proxy 127.0.0.1:1 (ALL_PROXY): connection refused")
    )
  }

  @Test func aCertificateBehindAProxyIsToldByName() async throws {
    let server = try await ScriptedServer.start(
      .answer(Self.ok),
      tls: (TestCertificates.other, TestCertificates.otherKey)
    )
    let proxy = try await TunnelProxy.start(target: server.port)
    let failure = try await refusal(["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)"])
    guard case .tls(let reason) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(reason.contains("issued by \"Lanyard Test Authority\""))
    #expect(server.requests.isEmpty)
    await proxy.stop()
    await server.stop()
  }

  @Test func loopbackIsNeverAskedThroughAProxy() async throws {
    let server = try await ScriptedServer.start(.answer(Self.ok))
    let proxy = try await TunnelProxy.start()
    let client = WebClient(environment: [
      "HTTP_PROXY": "http://127.0.0.1:\(proxy.port)", "ALL_PROXY": "http://127.0.0.1:\(proxy.port)",
    ])
    let url = "http://127.0.0.1:\(server.port)/"
    let answer = try await client.send(method: .get, url: url, headers: [:], body: [])
    #expect(answer.status == .ok)
    #expect(proxy.heads.isEmpty)
    await client.shutdown()
    await proxy.stop()
    await server.stop()
  }
}
