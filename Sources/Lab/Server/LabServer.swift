// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// What a handler of the lab gets beside the request: the connection, so that it can be closed
/// without an answer.
struct LabRequestContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

/// Something that answers HTTP requests on loopback.
protocol LabWebsite: Sendable {
  func respond(to request: Request, on connection: any Channel) async -> Response
}

/// A server on 127.0.0.1 as a service that runs until its group shuts down.
enum LabServer {
  /// A quiet logger: what is worth knowing is in the event log.
  static let logger: Logger = {
    var logger = Logger(label: "lanyard-lab")
    logger.logLevel = .critical
    return logger
  }()

  /// Builds the service; `running` is told the port once the server listens.
  static func service(
    _ website: some LabWebsite,
    port: Int,
    certificate: ServerCertificate?,
    running: @escaping @Sendable (Int) -> Void
  ) throws -> any Service {
    let responder = CallbackResponder<LabRequestContext> { request, context in
      await website.respond(to: request, on: context.channel)
    }
    let server: HTTPServerBuilder =
      if let certificate {
        try .tls(.http1(), tlsConfiguration: certificate.tlsConfiguration())
      } else {
        .http1()
      }
    return Application(
      responder: responder,
      server: server,
      configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "lanyard-lab"),
      onServerRunning: { channel in running(channel.localAddress?.port ?? 0) },
      logger: logger
    )
  }
}
