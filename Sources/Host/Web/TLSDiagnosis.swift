// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Finds words for a failed TLS handshake by making another one, which stops at the server's certificate.
package enum TLSDiagnosis {
  /// One line that names the host, the certificate and what is wrong with it.
  ///
  /// - Parameters:
  ///   - error: What the first handshake failed with.
  ///   - origin: The server.
  ///   - now: The time that certificates are judged by.
  /// - Returns: The line.
  static func explain(_ error: any Error, origin: WebOrigin, now: Date) async -> String {
    let chain = await presented(by: origin)
    let failure = reason(of: error)
    guard let leaf = chain.first, failure != .other else {
      return "no TLS connection to \(origin.name): \(plain(error))"
    }
    let names = (try? leaf.toDERBytes()).flatMap(CertificateNames.init)
    let facts = Facts(
      names: names,
      alternatives: alternatives(leaf),
      notBefore: TimeInterval(leaf.notValidBefore),
      notAfter: TimeInterval(leaf.notValidAfter)
    )
    return sentence(facts, failure: failure, host: origin.name, now: now)
  }

  /// What a handshake failed on.
  package enum Failure: Sendable, Equatable {
    /// The certificate is for another host.
    case hostname
    /// No trusted authority vouches for the certificate now.
    case untrusted
    /// Something else than the certificate.
    case other
  }

  /// What is known of a server's certificate.
  package struct Facts: Sendable {
    /// Its issuer and subject, if they could be read.
    package var names: CertificateNames?
    /// The DNS names that it is for, escaped.
    package var alternatives: [String]
    /// When its life begins, in seconds since 1970.
    package var notBefore: TimeInterval
    /// When its life ends, in seconds since 1970.
    package var notAfter: TimeInterval

    /// Facts from their parts.
    package init(
      names: CertificateNames?,
      alternatives: [String],
      notBefore: TimeInterval,
      notAfter: TimeInterval
    ) {
      self.names = names
      self.alternatives = alternatives
      self.notBefore = notBefore
      self.notAfter = notAfter
    }
  }

  /// The sentence for a certificate that was not accepted.
  package static func sentence(_ facts: Facts, failure: Failure, host: String, now: Date) -> String
  {
    let time = now.timeIntervalSince1970
    func day(_ seconds: TimeInterval) -> String {
      Date(timeIntervalSince1970: seconds).formatted(.iso8601)
    }
    if failure == .hostname {
      let listed = facts.alternatives.prefix(4).joined(separator: ", ")
      return "the certificate of \(host) is for \(listed.isEmpty ? "no host" : listed) only"
    }
    if time > facts.notAfter {
      return "the certificate of \(host) expired at \(day(facts.notAfter))"
    }
    if time < facts.notBefore {
      let start = day(facts.notBefore)
      return "the certificate of \(host) is not valid before \(start); this clock says \(day(time))"
    }
    guard let names = facts.names else {
      return "the certificate of \(host) is not trusted"
    }
    if names.isSelfIssued {
      return "the certificate of \(host) is signed by itself (\"\(names.subject)\"), "
        + "and it is not among the trusted authorities"
    }
    return "the certificate of \(host) was issued by \"\(names.issuer)\", "
      + "for which no trusted authority vouches"
  }

  private static func reason(of error: any Error) -> Failure {
    if let error = error as? NIOSSLExtraError {
      return error == .failedToValidateHostname ? .hostname : .other
    }
    return "\(error)".contains("CERTIFICATE_VERIFY_FAILED") ? .untrusted : .other
  }

  private static func plain(_ error: any Error) -> String {
    if "\(error)".contains("WRONG_VERSION_NUMBER") {
      return "the server does not speak TLS on this port"
    }
    return Terminal.escape(String("\(error)".prefix(300)))
  }

  private static func alternatives(_ certificate: NIOSSLCertificate) -> [String] {
    certificate._subjectAlternativeNames().compactMap { name in
      guard name.nameType == .dnsName else { return nil }
      return Terminal.escape(String(decoding: name.contents, as: UTF8.self))
    }
  }
}

extension TLSDiagnosis {
  private final class Caught: Sendable {
    let chain = Mutex<[NIOSSLCertificate]>([])
  }

  /// Ends the connection once the handshake was refused.
  private final class Closer: ChannelInboundHandler {
    typealias InboundIn = Never

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  /// The certificates that the server presents; empty if it cannot be asked.
  private static func presented(by origin: WebOrigin) async -> [NIOSSLCertificate] {
    let caught = Caught()
    var configuration = TLSConfiguration.makeClientConfiguration()
    // Our own callback refuses everything, so the system's hundred roots need not be read again.
    configuration.trustRoots = .certificates([])
    let isAddress = (try? SocketAddress(ipAddress: origin.host, port: 0)) != nil
    guard let context = try? NIOSSLContext(configuration: configuration) else { return [] }
    let bootstrap = ClientBootstrap(group: sharedEventLoops)
      .connectTimeout(.seconds(5))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let tls = try NIOSSLClientHandler(
            context: context,
            serverHostname: isAddress ? nil : origin.host,
            customVerificationCallback: { chain, verdict in
              caught.chain.withLock { $0 = chain }
              verdict.succeed(.failed)
            }
          )
          try channel.pipeline.syncOperations.addHandler(tls)
          try channel.pipeline.syncOperations.addHandler(Closer())
        }
      }
    guard let channel = try? await bootstrap.connect(host: origin.host, port: origin.port).get()
    else { return [] }
    channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    try? await channel.closeFuture.get()
    return caught.chain.withLock { $0 }
  }
}
