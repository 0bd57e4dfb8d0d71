// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small HTTP/1.1 server on this machine's loopback addresses, for the answer of a browser login (RFC 8252 §7.3).
///
/// Bounded: 32 connections, 16 KiB of head, 64 KiB of body, one request and 10 seconds each, or 100 seconds for who was
/// promised an answer. Who may ask what is for the caller to decide: any web page and any local process can reach it.
package final class LoopbackListener: Sendable {
  /// What answers a request.
  ///
  /// Called on the network's thread, so it must not wait.
  package typealias Handle = @Sendable (LoopbackRequest) -> LoopbackReply

  /// The port that all addresses share.
  package let port: Int
  /// The host of the address that was taken, as it was asked for: 127.0.0.1, localhost or [::1].
  package let host: String
  private let channels: [any Channel]
  private let desk: LoopbackDesk

  private init(host: String, port: Int, channels: [any Channel], desk: LoopbackDesk) {
    self.host = host
    self.port = port
    self.channels = channels
    self.desk = desk
  }

  /// Takes the first address that is free.
  ///
  /// Connections wait in the system's queue until ``serve(_:)``.
  ///
  /// With 127.0.0.1, ::1 is taken too if the same port is free there, because browsers resolve `localhost` to either.
  ///
  /// - Parameters:
  ///   - addresses: `127.0.0.1:PORT`, `localhost:PORT` or `[::1]:PORT`, port 0 for any.
  ///   - patience: How long a connection may last, in seconds; people's browsers need milliseconds.
  /// - Returns: A listener that holds the address.
  /// - Throws: `.badAddress`, `.addressInUse` naming all that were tried, `.system` if another error came last.
  package static func bind(
    addresses: [String],
    patience: Int64 = 10
  ) async throws(ListenerError) -> LoopbackListener {
    var wanted: [LoopbackAddress] = []
    for text in addresses {
      guard let address = LoopbackAddress(text) else {
        throw HostError(
          .badAddress,
          "cannot listen on \"\(Terminal.escape(text))\"",
          remedy: "use a loopback address, such as 127.0.0.1:8000"
        )
      }
      wanted.append(address)
    }
    let desk = LoopbackDesk(patience: .seconds(patience))
    var failures: [(address: LoopbackAddress, number: Int32)] = []
    for address in wanted {
      switch await open(address, desk: desk) {
      case .failure(let error): failures.append((address, error.systemError ?? 0))
      case .success(let channel):
        let port = channel.localAddress?.port ?? address.port
        var channels = [channel]
        if address.address == "127.0.0.1",
          case .success(let twin) = await open(.init(address: "::1", port: port), desk: desk)
        {
          channels.append(twin)
        }
        return LoopbackListener(host: address.host, port: port, channels: channels, desk: desk)
      }
    }
    throw refusal(failures)
  }

  /// Answers requests until a response marked ``LoopbackResponse/last`` was written, then closes.
  ///
  /// May be called once.
  ///
  /// - Parameter handle: What answers.
  /// - Throws: `CancellationError` when the task is cancelled; the addresses are given up then, too.
  package func serve(_ handle: @escaping Handle) async throws {
    let finished = desk.open(handle)
    for channel in channels {
      channel.setOption(.autoRead, value: true).whenSuccess { channel.read() }
    }
    var isDone = false
    for await _ in finished { isDone = true }
    await close()
    guard isDone else { throw CancellationError() }
  }

  /// Gives the addresses up without having served; harmless after ``serve(_:)``.
  package func close() async {
    for channel in channels { try? await channel.close().get() }
  }
}

extension LoopbackListener {
  private static func open(
    _ address: LoopbackAddress,
    desk: LoopbackDesk
  ) async -> Result<any Channel, HostError> {
    let bootstrap = ServerBootstrap(group: sharedEventLoops)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.autoRead, value: false)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard desk.admit(channel) else { throw ChannelError.eof }
          let progress = LoopbackProgress()
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(LoopbackHeadLimit(progress: progress))
          try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withErrorHandling: false
          )
          try pipeline.addHandler(LoopbackHandler(desk: desk, progress: progress))
        }
      }
    do {
      return .success(try await bootstrap.bind(host: address.address, port: address.port).get())
    } catch {
      let number = (error as? IOError)?.errnoCode ?? 0
      return .failure(.system("cannot listen on \(address.text)", number))
    }
  }

  private static func refusal(
    _ failures: [(address: LoopbackAddress, number: Int32)]
  ) -> HostError {
    guard let last = failures.last else {
      return HostError(.badAddress, "no address to listen on was given")
    }
    let tried = failures.map(\.address.text).joined(separator: ", ")
    guard failures.allSatisfy({ $0.number == EADDRINUSE }) else {
      return .system("cannot listen on \(tried)", last.number)
    }
    let ports = failures.count == 1 ? "port \(last.address.port) is" : "all ports are"
    return HostError(
      .addressInUse,
      "\(ports) taken by another program: tried \(tried)",
      remedy: "end that program, or choose another port",
      systemError: EADDRINUSE
    )
  }
}

/// What all connections of a listener share.
final class LoopbackDesk: Sendable {
  /// How long a connection may last.
  let patience: TimeAmount
  private let state = Mutex(State())

  private struct State {
    var connections = 0
    var handle: LoopbackListener.Handle?
    var finished: AsyncStream<Void>.Continuation?
  }

  init(patience: TimeAmount) {
    self.patience = patience
  }

  /// The most connections at one time.
  static let limit = 32

  /// How long an answer may stay a promise: three requests to an issuer, of 30 seconds each, and a little more.
  static let holding = TimeAmount.seconds(100)

  /// Counts a new connection in; false if there are enough.
  func admit(_ channel: any Channel) -> Bool {
    let isAdmitted = state.withLock { state in
      guard state.connections < Self.limit else { return false }
      state.connections += 1
      return true
    }
    if isAdmitted {
      channel.closeFuture.whenComplete { _ in self.state.withLock { $0.connections -= 1 } }
    }
    return isAdmitted
  }

  /// Begins to answer; the stream yields once the last response was written.
  func open(_ handle: @escaping LoopbackListener.Handle) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    state.withLock { state in
      state.handle = handle
      state.finished = continuation
    }
    return stream
  }

  func answer(_ request: LoopbackRequest) -> LoopbackReply {
    guard let handle = state.withLock({ $0.handle }) else {
      return .now(LoopbackResponse(status: .serviceUnavailable))
    }
    return handle(request)
  }

  func finish() {
    let continuation = state.withLock { $0.finished }
    continuation?.yield()
    continuation?.finish()
  }
}
