// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

extension TLSDiagnosis {
  private final class Caught: Sendable {
    let chain = Mutex<[NIOSSLCertificate]>([])
  }

  /// Ends the connection once the handshake was refused.
  private final class Closer: ChannelInboundHandler {
    typealias InboundIn = Never

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  /// The certificates that the server presents; empty if it cannot be asked.
  ///
  /// A SOCKS proxy is not asked a second time: what went wrong behind it is told without names.
  static func presented(
    by origin: WebOrigin,
    through proxy: WebProxy?
  ) async -> [NIOSSLCertificate] {
    guard proxy?.kind != .socks else { return [] }
    let caught = Caught()
    var configuration = TLSConfiguration.makeClientConfiguration()
    // Our own callback refuses everything, so the system's hundred roots need not be read again.
    configuration.trustRoots = .certificates([])
    guard let context = try? NIOSSLContext(configuration: configuration) else { return [] }
    let bootstrap = ClientBootstrap(group: sharedEventLoops)
      .connectTimeout(.seconds(5))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let proxy else { return try addTLS(channel, context, origin, caught) }
          try addTunnel(channel, proxy, context, origin, caught)
        }
      }
    let host = proxy?.host ?? origin.host
    guard
      let channel = try? await bootstrap.connect(host: host, port: proxy?.port ?? origin.port)
        .get()
    else { return [] }
    channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    try? await channel.closeFuture.get()
    return caught.chain.withLock { $0 }
  }

  private static func addTLS(
    _ channel: any Channel,
    _ context: NIOSSLContext,
    _ origin: WebOrigin,
    _ caught: Caught
  ) throws {
    let isAddress = NetworkAddress(origin.host) != nil
    let tls = try NIOSSLClientHandler(
      context: context,
      serverHostname: isAddress ? nil : origin.host,
      customVerificationCallback: { chain, verdict in
        caught.chain.withLock { $0 = chain }
        verdict.succeed(.failed)
      }
    )
    try channel.pipeline.syncOperations.addHandler(tls)
    try channel.pipeline.syncOperations.addHandler(Closer())
  }

  private static func addTunnel(
    _ channel: any Channel,
    _ proxy: WebProxy,
    _ context: NIOSSLContext,
    _ origin: WebOrigin,
    _ caught: Caught
  ) throws {
    let opened = channel.eventLoop.makePromise(of: Void.self)
    let tunnel = ProxyTunnel(proxy: proxy, origin: origin, opened: opened)
    try channel.pipeline.syncOperations.addHandler(tunnel)
    opened.futureResult.assumeIsolated().whenSuccess {
      // The open tunnel passes bytes on unchanged, so TLS may stand behind it.
      do {
        try addTLS(channel, context, origin, caught)
      } catch {
        channel.close(promise: nil)
      }
    }
  }
}
