// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix

/// A TCP connection that sends bytes as they are and collects what comes back.
struct RawConnection: Sendable {
  let channel: any Channel
  private let received: EventLoopFuture<String>

  static func open(port: Int, host: String = "127.0.0.1") async throws -> RawConnection {
    let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: String.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Collector(promise: promise))
        }
      }
      .connect(host: host, port: port).get()
    return RawConnection(channel: channel, received: promise.futureResult)
  }

  /// Sends text; a connection that is gone already is for ``answer()`` to show.
  func send(_ text: String) async {
    try? await channel.writeAndFlush(ByteBuffer(string: text)).get()
  }

  /// Everything that came until the other side ended the connection.
  func answer() async throws -> String {
    try await received.get()
  }

  func close() async {
    try? await channel.close().get()
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<String>
    private var text = ""

    init(promise: EventLoopPromise<String>) {
      self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      text += String(buffer: unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      promise.succeed(text)
    }
  }
}
