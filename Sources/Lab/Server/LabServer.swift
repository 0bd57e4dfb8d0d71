// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// A server on 127.0.0.1 as a service that runs until its group shuts down.
enum LabServer {
  /// A quiet logger: what is worth knowing is in the event log.
  static let logger: Logger = {
    var logger = Logger(label: "lanyard-lab")
    logger.logLevel = .critical
    return logger
  }()

  /// Builds the service; `running` is told the port once the server listens.
  ///
  /// Answers without a `Date` get the clock's. A field with an empty value is not sent, which is how
  /// an answer does without a field that would be added here. Not Hummingbird's application, which
  /// would write the true time over the answer's `Date`.
  static func service(
    _ website: some LabWebsite,
    port: Int,
    clock: LabClock,
    certificate: ServerCertificate?,
    running: @escaping @Sendable (Int) -> Void
  ) throws -> any Service {
    let server: HTTPServerBuilder =
      if let certificate {
        try .tls(.http1(), configuration: certificate.channelConfiguration())
      } else {
        .http1()
      }
    return try server.buildServer(
      configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "lanyard-lab"),
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
      logger: logger,
      responder: { request, writer, channel in
        var response = await website.respond(to: request, on: channel)
        let usual = [HTTPField.Name.server: "lanyard-lab", .date: HTTPDate.text(clock.now)]
        for (name, value) in usual where response.headers[name] == nil {
          response.headers[name] = value
        }
        response.headers.removeAll { $0.value.isEmpty }
        try await writer.write(response: response.head, body: response.body)
      },
      onServerRunning: { channel in running(channel.localAddress?.port ?? 0) }
    )
  }
}
