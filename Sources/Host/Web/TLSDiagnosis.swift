// SPDX-License-Identifier: Apache-2.0
import NIOSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds words for a failed TLS handshake by making another one, which stops at the server's certificate.
package enum TLSDiagnosis {
  /// One line that names the host, the certificate and what is wrong with it.
  ///
  /// - Parameters:
  ///   - error: What the first handshake failed with.
  ///   - origin: The server.
  ///   - proxy: What leads to it, if not the network alone.
  ///   - now: The time that certificates are judged by.
  /// - Returns: The line.
  static func explain(
    _ error: any Error,
    origin: WebOrigin,
    proxy: WebProxy?,
    now: Date
  ) async -> String {
    let failure = reason(of: error)
    guard failure != .other else {
      return "no TLS connection to \(origin.name): \(plain(error))"
    }
    let chain = await presented(by: origin, through: proxy)
    guard !chain.isEmpty else {
      return failure == .hostname
        ? "the certificate of \(origin.name) is for another host"
        : "the certificate of \(origin.name) is not trusted"
    }
    return sentence(chain.map(Facts.init), failure: failure, host: origin.name, now: now)
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

  private static func reason(of error: any Error) -> Failure {
    if let error = error as? NIOSSLExtraError {
      return error == .failedToValidateHostname ? .hostname : .other
    }
    return "\(error)".contains("CERTIFICATE_VERIFY_FAILED") ? .untrusted : .other
  }

  private static func plain(_ error: any Error) -> String {
    let text = "\(error)"
    if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
      return "the server does not speak TLS on this port"
    }
    if text.contains("PROTOCOL_VERSION") || text.contains("UNSUPPORTED_PROTOCOL") {
      return "the server speaks no TLS of version 1.2 or later"
    }
    if text.contains("HANDSHAKE_FAILURE") {
      return "the server accepts none of the ways of encryption, or wants a client certificate"
    }
    return Terminal.escape(String(text.prefix(300)))
  }
}
