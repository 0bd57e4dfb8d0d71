// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A server on loopback that treats every connection the same, well or badly, and counts what it received.
final class ScriptedServer: Sendable {
  /// What becomes of a connection.
  enum Script: Sendable {
    /// These bytes once the request ended, then the end.
    case answer(String)
    /// These bytes, then neither more nor an end.
    case stall(String)
    /// The end, once the request ended.
    case drop
    /// The end, before anything is read.
    case hangUp
    /// A head, then body bytes without end.
    case flood
  }

  let port: Int
  private let channel: any Channel
  private let tally: Tally

  /// The whole requests that arrived, as text.
  var requests: [String] { tally.requests.withLock { $0 } }
  /// The connections that were accepted.
  var connections: Int { tally.connections.withLock { $0 } }

  fileprivate final class Tally: Sendable {
    let requests = Mutex<[String]>([])
    let connections = Mutex(0)
  }

  private init(channel: any Channel, tally: Tally) throws {
    self.channel = channel
    self.tally = tally
    port = try #require(channel.localAddress?.port)
  }

  /// Begins; with `clients`, only who presents a certificate that it vouches for is heard.
  static func start(
    _ script: Script,
    tls: (chain: String, key: String)? = nil,
    clients: String? = nil
  ) async throws -> ScriptedServer {
    let tally = Tally()
    let context = try tls.map {
      try serverContext(chain: $0.chain, key: $0.key, clients: clients)
    }
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.addHandler(Player(script: script, tally: tally))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return try ScriptedServer(channel: channel, tally: tally)
  }

  func stop() async {
    try? await channel.close().get()
  }

  private static func serverContext(chain: String, key: String, clients: String?) throws
    -> NIOSSLContext
  {
    let certificates = try NIOSSLCertificate.fromPEMBytes(Array(chain.utf8))
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
    )
    if let clients {
      configuration.certificateVerification = .noHostnameVerification
      configuration.trustRoots = .certificates(
        try NIOSSLCertificate.fromPEMBytes(Array(clients.utf8))
      )
    }
    return try NIOSSLContext(configuration: configuration)
  }
}

/// Plays a script on one connection.
private final class Player: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let script: ScriptedServer.Script
  private let tally: ScriptedServer.Tally
  private var received = ""

  init(script: ScriptedServer.Script, tally: ScriptedServer.Tally) {
    self.script = script
    self.tally = tally
  }

  func channelActive(context: ChannelHandlerContext) {
    tally.connections.withLock { $0 += 1 }
    if case .hangUp = script { context.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += String(buffer: unwrapInboundIn(data))
    guard isWhole else { return }
    tally.requests.withLock { $0.append(received) }
    received = ""
    switch script {
    case .answer(let text):
      send(text, context).whenComplete { [channel = context.channel] _ in
        channel.close(promise: nil)
      }
    case .stall(let text): _ = send(text, context)
    case .drop, .hangUp: context.close(promise: nil)
    case .flood: flood(context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Whether the request ended, by its `Content-Length`.
  private var isWhole: Bool {
    guard let head = received.firstRange(of: "\r\n\r\n") else { return false }
    let length = received[..<head.lowerBound].lowercased().split(separator: "\r\n")
      .first { $0.hasPrefix("content-length:") }
      .flatMap { Int($0.split(separator: ":")[1].filter(\.isNumber)) }
    return received[head.upperBound...].utf8.count >= length ?? 0
  }

  private func send(_ text: String, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
    let promise = context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: promise)
    return promise.futureResult
  }

  private func flood(_ context: ChannelHandlerContext) {
    _ = send("HTTP/1.1 200 OK\r\n\r\n", context)
    let channel = context.channel
    @Sendable func more() {
      channel.writeAndFlush(ByteBuffer(string: String(repeating: "x", count: 8192)))
        .whenSuccess { more() }
    }
    more()
  }
}
