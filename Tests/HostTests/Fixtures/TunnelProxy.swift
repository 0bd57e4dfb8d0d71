// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A proxy on loopback that answers every `CONNECT` alike, or speaks SOCKS 5, and leads tunnels to one server.
final class TunnelProxy: Sendable {
  /// The heads of the requests that arrived; of SOCKS, `host:port`.
  var heads: [String] { tally.withLock { $0 } }
  let port: Int
  private let channel: any Channel
  private let tally: Tally

  fileprivate final class Tally: Sendable {
    private let heads = Mutex<[String]>([])
    func withLock<R: Sendable>(_ body: (inout sending [String]) -> sending R) -> R {
      heads.withLock(body)
    }
  }

  private init(channel: any Channel, tally: Tally) throws {
    self.channel = channel
    self.tally = tally
    port = try #require(channel.localAddress?.port)
  }

  /// Begins; without a target nothing is connected, and the answer is all that comes.
  static func start(
    answer: String = "HTTP/1.1 200 Connection established\r\n\r\n",
    target: Int? = nil,
    isSOCKS: Bool = false
  ) async throws -> TunnelProxy {
    let tally = Tally()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let gate = Gate(answer: answer, target: target, tally: tally)
          if isSOCKS { try channel.pipeline.syncOperations.addHandler(SOCKSGreeting()) }
          try channel.pipeline.syncOperations.addHandler(gate)
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return try TunnelProxy(channel: channel, tally: tally)
  }

  func stop() async {
    try? await channel.close().get()
  }

  /// Turns the two requests of SOCKS 5 (RFC 1928 §3, §4) into the head of one, and its answer back.
  private final class SOCKSGreeting: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var isGreeted = false
    private var isOpen = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard !isOpen else { return context.fireChannelRead(data) }
      let bytes = Array(unwrapInboundIn(data).readableBytesView)
      guard isGreeted else {
        isGreeted = bytes.first == 5
        let reply = ByteBuffer(bytes: [5, isGreeted ? 0 : 0xff])
        return context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
      }
      // 5, connect, 0, a domain name, its length, the name, two bytes of port.
      guard bytes.count > 7, bytes[..<4].elementsEqual([5, 1, 0, 3]) else {
        return context.close(promise: nil)
      }
      let name = String(decoding: bytes[5..<(bytes.count - 2)], as: UTF8.self)
      let port = Int(bytes[bytes.count - 2]) << 8 | Int(bytes[bytes.count - 1])
      context.fireChannelRead(wrapInboundOut(ByteBuffer(string: "\(name):\(port)\r\n\r\n")))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard isGreeted, !isOpen else { return context.write(data, promise: promise) }
      isOpen = true
      let reply = ByteBuffer(bytes: [5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
      context.write(wrapOutboundOut(reply), promise: promise)
    }
  }

  /// Reads the head, then passes bytes on.
  private final class Gate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let answer: String
    private let target: Int?
    private let tally: Tally
    private var head = ""
    private var peer: (any Channel)?

    init(answer: String, target: Int?, tally: Tally) {
      self.answer = answer
      self.target = target
      self.tally = tally
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      if let peer { return peer.writeAndFlush(bytes, promise: nil) }
      head += String(buffer: bytes)
      guard head.hasSuffix("\r\n\r\n") else { return }
      let seen = head
      tally.withLock { $0.append(seen) }
      let reply = ByteBuffer(string: answer)
      let front = context.channel
      guard let target else { return front.writeAndFlush(reply, promise: nil) }
      let gate = NIOLoopBound(self, eventLoop: context.eventLoop)
      ClientBootstrap(group: context.eventLoop)
        .channelInitializer { back in
          back.eventLoop.makeCompletedFuture {
            try back.pipeline.syncOperations.addHandler(Return(front: front))
          }
        }
        .connect(host: "127.0.0.1", port: target)
        .whenSuccess { back in
          gate.value.peer = back
          front.writeAndFlush(reply, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
      peer?.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  /// Passes the server's bytes back.
  private final class Return: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let front: any Channel

    init(front: any Channel) {
      self.front = front
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      front.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      front.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
