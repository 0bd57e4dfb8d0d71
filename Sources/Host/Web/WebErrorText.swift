// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// The network stack's errors, in words.
enum WebErrorText {
  /// Whether a failure before the request was sent is one of the TLS handshake.
  static func isTLS(_ error: any Error) -> Bool {
    switch error {
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: true
    case let error as HTTPClientError: error == .tlsHandshakeTimeout
    default: false
    }
  }

  /// One line: lower case, no final period.
  static func describe(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError: describe(error)
    case let error as IOError: systemErrorText(error.errnoCode)
    case let error as HTTPClientError: describe(error)
    case is CancellationError: "cancelled"
    case let error as BoringSSLError where "\(error)".contains("CERTIFICATE_REQUIRED"):
      "the server wants a client certificate"
    case is SocketAddressError: "its name cannot be resolved"
    case is NIOSSLError: "the TLS connection broke"
    case ChannelError.connectTimeout: "no connection in time"
    default: Terminal.escape(String("\(error)".prefix(200)))
    }
  }

  private static func describe(_ error: NIOConnectionError) -> String {
    // One failure for each address; the first that says more than "timed out" explains most.
    let reasons = error.connectionErrors.map { describe($0.error) }
    if let reason = reasons.first(where: { $0 != "no connection in time" }) ?? reasons.first {
      return reason
    }
    return "its name cannot be resolved"
  }

  private static func describe(_ error: HTTPClientError) -> String {
    switch error {
    case .remoteConnectionClosed: "the server closed the connection"
    case .connectTimeout, .getConnectionFromPoolTimeout: "no connection in time"
    case .deadlineExceeded, .readTimeout: "no answer in time"
    case .cancelled: "cancelled"
    default: error.shortDescription.lowercased()
    }
  }
}
