// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The one thread that all sockets of this process share: nothing here is busy enough for two.
let sharedEventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

/// An HTTP client for one request at a time, that knows whether the request can have left.
///
/// AsyncHTTPClient's errors do not tell whether a connection stood, so this asks its hook for new
/// connections: it runs after the
/// TLS handshake and before the first byte of a request.
final class WebLine: Sendable {
  let client: HTTPClient
  /// What every request of this line goes through.
  let proxy: WebProxy?
  private let connected: Connected

  private final class Connected: Sendable {
    let flag = Atomic(false)
  }

  init(
    tls: TLSConfiguration,
    proxy: WebProxy?,
    addresses: [String: String] = [:],
    pinned: PinnedCertificate? = nil,
    timeout: TimeAmount
  ) {
    let connected = Connected()
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls,
      redirectConfiguration: .disallow,
      timeout: .init(connect: timeout, read: timeout),
      decompression: .disabled
    )
    // HTTP/2 would share one connection among requests, and repeat them on another after a GOAWAY.
    configuration.httpVersion = .http1Only
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.http1_1ConnectionDebugInitializer = { channel in
      let checked = pinned?.check(channel) ?? channel.eventLoop.makeSucceededVoidFuture()
      return checked.map { connected.flag.store(true, ordering: .sequentiallyConsistent) }
    }
    configuration.dnsOverride = addresses
    configuration.proxy = proxy.map(Self.configuration)
    self.proxy = proxy
    self.connected = connected
    client = HTTPClient(
      eventLoopGroupProvider: .shared(sharedEventLoops),
      configuration: configuration
    )
  }

  private static func configuration(_ proxy: WebProxy) -> HTTPClient.Configuration.Proxy {
    switch proxy.kind {
    case .http:
      .server(
        host: proxy.host,
        port: proxy.port,
        authorization: proxy.login.map { .basic(credentials: $0.exposeBasic()) }
      )
    case .socks: .socksServer(host: proxy.host, port: proxy.port)
    }
  }

  /// Whether anything of the request may have reached the server.
  var mayHaveSent: Bool { connected.flag.load(ordering: .sequentiallyConsistent) }

  /// Makes ready for the next request, after the last one was answered and its connection given up.
  func reset() { connected.flag.store(false, ordering: .sequentiallyConsistent) }

  /// Closes whatever is open, without making anybody wait for it.
  func retire() {
    Task { [client] in try? await client.shutdown() }
  }
}
