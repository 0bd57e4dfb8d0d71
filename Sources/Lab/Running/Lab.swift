// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle
import UnixSignals

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An identity provider and an API server in a box.
package enum Lab {
  /// Starts both servers on 127.0.0.1 and returns when they listen.
  ///
  /// With `stoppingOnSignals`, INT and TERM stop them.
  ///
  /// Throws `LabError`: `.notStarted` when a port is taken, `.file` when the log file cannot be
  /// opened.
  package static func start(_ options: LabOptions = LabOptions(), stoppingOnSignals: Bool = false)
    async throws -> RunningLab
  {
    let parts = try await LabParts(options)
    let (ports, portSink) = AsyncThrowingStream<ListeningPort, any Error>.makeStream()
    let provider = parts.provider
    var certificate =
      options.issuerTLS ? try parts.authority.issueServerCertificate(now: parts.now) : nil
    certificate?.asksForClientCertificate = options.takesClientCertificates
    let issuerService = try LabServer.service(
      AWSDoor(aws: parts.aws, behind: GoogleDoor(google: parts.google, behind: provider)),
      port: options.issuerPort,
      clock: parts.clock,
      certificate: certificate
    ) { port in
      provider.issuer = "\(options.issuerTLS ? "https" : "http")://127.0.0.1:\(port)"
      portSink.yield(.issuer(port))
    }
    let apiService = try LabServer.service(
      parts.apiServer,
      port: options.apiServerPort,
      clock: parts.clock,
      certificate: try parts.authority.issueServerCertificate(now: parts.now)
    ) { port in portSink.yield(.apiServer(port)) }
    let group = group([apiService, issuerService], stoppingOnSignals: stoppingOnSignals)
    parts.shutDown.connect(to: group)
    let running = Task {
      do {
        try await group.run()
        portSink.finish()
      } catch {
        portSink.finish(throwing: error)
      }
    }
    return try await RunningLab(
      parts: parts,
      ports: try await collect(ports, options),
      group: group,
      running: running
    )
  }

  private static func group(_ services: [any Service], stoppingOnSignals: Bool) -> ServiceGroup {
    var configuration = ServiceGroupConfiguration(
      services: services,
      gracefulShutdownSignals: stoppingOnSignals ? [.sigint, .sigterm] : [],
      logger: LabServer.logger
    )
    // A request that a fault delays must not hold up the end.
    configuration.maximumGracefulShutdownDuration = .seconds(2)
    return ServiceGroup(configuration: configuration)
  }

  private static func collect(
    _ ports: AsyncThrowingStream<ListeningPort, any Error>,
    _ options: LabOptions
  ) async throws -> (issuer: Int, apiServer: Int) {
    var issuer: Int?
    var apiServer: Int?
    do {
      for try await port in ports {
        switch port {
        case .issuer(let number): issuer = number
        case .apiServer(let number): apiServer = number
        }
        if let issuer, let apiServer { return (issuer, apiServer) }
      }
    } catch {
      throw LabError(
        .notStarted,
        "the lab's servers did not start: \(error)",
        remedy: "if a port is taken, name another one or let the lab choose"
      )
    }
    throw LabError(.notStarted, "the lab was stopped before it was ready")
  }
}

/// A server that just began to listen.
private enum ListeningPort: Sendable {
  case issuer(Int)
  case apiServer(Int)
}
