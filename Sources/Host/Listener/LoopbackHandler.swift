// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOCore
import NIOHTTP1

/// How far a connection's one request has come; lives on the connection's event loop.
final class LoopbackProgress {
  var hasHead = false
}

/// Ends connections whose request head does not end; stands before the parser, whose own bound is wider.
final class LoopbackHeadLimit: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let progress: LoopbackProgress
  private var seen = 0

  init(progress: LoopbackProgress) {
    self.progress = progress
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    seen += unwrapInboundIn(data).readableBytes
    context.fireChannelRead(data)
    if !progress.hasHead, seen > LoopbackHandler.headLimit {
      context.fireErrorCaught(HTTPParserError.headerOverflow)
    }
  }
}

/// One request, one response, then the end of the connection.
final class LoopbackHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// The most bytes of a request's line and headers.
  static let headLimit = 16384
  /// The most bytes of a request's body.
  static let bodyLimit = 65536
  /// The most that is read and dropped after a refusal, so that its sender gets to read it.
  private static let drainLimit = 1 << 20

  private let desk: LoopbackDesk
  private let progress: LoopbackProgress
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var hasAnswered = false
  private var drained = 0
  private var deadline: Scheduled<Void>?
  private var isHeld = false
  private var isGone = false

  init(desk: LoopbackDesk, progress: LoopbackProgress) {
    self.desk = desk
    self.progress = progress
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: desk.patience) { channel.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    isGone = true
    deadline?.cancel()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    guard !hasAnswered else { return drain(part, context: context) }
    switch part {
    case .head(let head): begin(head, context: context)
    case .body(let bytes):
      guard body.count + bytes.readableBytes <= Self.bodyLimit else {
        return refuse(.contentTooLarge, context: context)
      }
      body.append(contentsOf: bytes.readableBytesView)
    case .end: answer(context: context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !hasAnswered else { return context.close(promise: nil) }
    let isOverflow = (error as? HTTPParserError) == .headerOverflow
    refuse(isOverflow ? .requestHeaderFieldsTooLarge : .badRequest, context: context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event, !isHeld, hasAnswered || head == nil {
      context.close(promise: nil)
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    progress.hasHead = true
    let size = head.headers.reduce(head.uri.utf8.count) {
      $0 + $1.name.utf8.count + $1.value.utf8.count + 4
    }
    guard size <= Self.headLimit else {
      return refuse(.requestHeaderFieldsTooLarge, context: context)
    }
    if let text = head.headers.first(name: "content-length"), let length = Int(text),
      length > Self.bodyLimit
    {
      return refuse(.contentTooLarge, context: context)
    }
    self.head = head
  }

  private func answer(context: ChannelHandlerContext) {
    guard let head, let request = LoopbackRequest(head, body: body) else {
      return refuse(.badRequest, context: context)
    }
    switch desk.answer(request) {
    case .now(let response): write(response, context: context, isHead: request.method == .head)
    case .later(let promise): hold(promise, context: context, isHead: request.method == .head)
    }
  }

  private func hold(_ promise: LoopbackPromise, context: ChannelHandlerContext, isHead: Bool) {
    // The request is whole: what still comes on this connection is not part of it.
    hasAnswered = true
    isHeld = true
    deadline?.cancel()
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: LoopbackDesk.holding) {
      channel.close(promise: nil)
    }
    let held = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let loop = context.eventLoop
    promise.whenKept { response in
      loop.execute {
        let (handler, context) = held.value
        if handler.isGone {
          if response.last { handler.desk.finish() }
        } else {
          handler.write(response, context: context, isHead: isHead)
        }
      }
    }
  }

  private func refuse(_ status: HTTPResponse.Status, context: ChannelHandlerContext) {
    write(LoopbackResponse(status: status), context: context, isHead: false)
  }

  private func write(_ response: LoopbackResponse, context: ChannelHandlerContext, isHead: Bool) {
    hasAnswered = true
    isHeld = false
    var headers = HTTPHeaders()
    for field in response.headers where field.name != .contentLength && field.name != .connection {
      headers.add(name: field.name.rawName, value: field.value)
    }
    headers.add(name: "Content-Length", value: String(response.body.count))
    headers.add(name: "Connection", value: "close")
    let status = HTTPResponseStatus(
      statusCode: response.status.code,
      reasonPhrase: response.status.reasonPhrase
    )
    let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if !isHead, !response.body.isEmpty {
      let bytes = ByteBuffer(bytes: response.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    }
    let written = context.eventLoop.makePromise(of: Void.self)
    let channel = context.channel
    let desk = desk
    let isLast = response.last
    written.futureResult.whenComplete { _ in
      // A refused request has more to come: closing both ways would reset the connection before its sender
      // reads the answer.
      channel.close(mode: .output, promise: nil)
      if isLast { desk.finish() }
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
  }

  private func drain(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
    if case .body(let bytes) = part { drained += bytes.readableBytes }
    if drained > Self.drainLimit { context.close(promise: nil) }
  }
}
