// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6) and steps out of the way once it stands; for diagnosis only.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  struct Refused: Error {}

  /// The most bytes of a proxy's answer.
  private static let limit = 16384

  private let request: String
  private let opened: EventLoopPromise<Void>
  private var answer: [UInt8] = []
  private var isOpen = false

  init(proxy: WebProxy, origin: WebOrigin, opened: EventLoopPromise<Void>) {
    let host = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
    let login = proxy.login.map { "Proxy-Authorization: Basic \($0.exposeBasic())\r\n" } ?? ""
    request =
      "CONNECT \(host):\(origin.port) HTTP/1.1\r\nHost: \(host):\(origin.port)\r\n\(login)\r\n"
    self.opened = opened
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOpen else { return context.fireChannelRead(data) }
    answer += unwrapInboundIn(data).readableBytesView
    let text = String(decoding: answer, as: UTF8.self)
    guard text.hasSuffix("\r\n\r\n") else {
      if answer.count > Self.limit { context.close(promise: nil) }
      return
    }
    let words = text.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].hasPrefix("2") else {
      return context.close(promise: nil)
    }
    isOpen = true
    opened.succeed(())
  }

  func channelInactive(context: ChannelHandlerContext) {
    opened.fail(Refused())
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
