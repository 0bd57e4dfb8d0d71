// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An identity provider and an API server in a box.
package enum Lab {
  /// Starts both servers on 127.0.0.1 and returns when they listen.
  ///
  /// With `stoppingOnSignals`, INT and TERM stop them, and HUP unless it is ignored, as under nohup.
  ///
  /// Throws `LabError`: `.notStarted` when a port is taken, `.file` when the log file cannot be
  /// opened.
  package static func start(_ options: LabOptions = LabOptions(), stoppingOnSignals: Bool = false)
    async throws -> RunningLab
  {
    let parts = try await LabParts(options)
    let (ports, portSink) = AsyncThrowingStream<ListeningPort, any Error>.makeStream()
    let services = [try apiServer(parts, portSink), try identityProvider(parts, portSink)]
    let group = group(services, stoppingOnSignals: stoppingOnSignals)
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

  private typealias PortSink = AsyncThrowingStream<ListeningPort, any Error>.Continuation

  private static func identityProvider(_ parts: LabParts, _ ports: PortSink) throws -> Listener {
    let options = parts.options
    let provider = parts.provider
    var certificate =
      options.issuerTLS ? try parts.authority.issueServerCertificate(now: parts.now) : nil
    certificate?.asksForClientCertificate = options.takesClientCertificates
    let service = try LabServer.service(
      AWSDoor(aws: parts.aws, behind: GoogleDoor(google: parts.google, behind: provider)),
      port: options.issuerPort,
      clock: parts.clock,
      certificate: certificate
    ) { port in
      provider.issuer = "\(options.issuerTLS ? "https" : "http")://127.0.0.1:\(port)"
      ports.yield(.issuer(port))
    }
    return Listener(
      service: service,
      name: "identity provider",
      port: options.issuerPort,
      option: "--idp-port"
    )
  }

  private static func apiServer(_ parts: LabParts, _ ports: PortSink) throws -> Listener {
    let service = try LabServer.service(
      parts.apiServer,
      port: parts.options.apiServerPort,
      clock: parts.clock,
      certificate: try parts.authority.issueServerCertificate(now: parts.now)
    ) { port in ports.yield(.apiServer(port)) }
    return Listener(
      service: service,
      name: "API server",
      port: parts.options.apiServerPort,
      option: "--api-port"
    )
  }

  private static func group(_ services: [any Service], stoppingOnSignals: Bool) -> ServiceGroup {
    var configuration = ServiceGroupConfiguration(
      services: services,
      gracefulShutdownSignals: stoppingOnSignals ? endingSignals : [],
      logger: LabServer.logger
    )
    // A request that a fault delays must not hold up the end.
    configuration.maximumGracefulShutdownDuration = .seconds(2)
    return ServiceGroup(configuration: configuration)
  }

  /// The group takes a signal over, so whether it is ignored has to be found out before.
  private static var endingSignals: [UnixSignal] {
    let ignored: UInt = 1
    let before = unsafe unsafeBitCast(signal(SIGHUP, SIG_IGN), to: UInt.self)
    return before == ignored ? [.sigint, .sigterm] : [.sigint, .sigterm, .sighup]
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
    } catch let error as LabError {
      throw error
    } catch {
      throw LabError(.notStarted, "the lab's servers did not start: \(error)")
    }
    throw LabError(.notStarted, "the lab was stopped before it was ready")
  }
}

/// A server that says which one it is, and how it gets another port, if it cannot listen.
private struct Listener: Service {
  let service: any Service
  let name: String
  let port: Int
  let option: String

  func run() async throws {
    do {
      try await service.run()
    } catch {
      throw LabError(
        .notStarted,
        "the \(name) cannot listen on 127.0.0.1:\(port): \(error)",
        remedy: "give it another port with \(option), or leave that out for any free one"
      )
    }
  }
}

/// A server that just began to listen.
private enum ListeningPort: Sendable {
  case issuer(Int)
  case apiServer(Int)
}
