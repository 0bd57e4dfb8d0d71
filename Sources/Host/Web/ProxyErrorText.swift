// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import NIOCore
import NIOPosix

/// What went wrong on the way to a server through a proxy, in words that name the proxy.
enum ProxyErrorText {
  /// One line: lower case, no final period.
  static func describe(_ error: any Error, proxy: WebProxy, origin: WebOrigin) -> String {
    switch error {
    case let error as HTTPClientError where error == .proxyAuthenticationRequired:
      proxy.login == nil
        ? "the proxy \(proxy.name) asks for a user name and a password"
        : "the proxy \(proxy.name) does not accept its user name and password"
    case let error as HTTPClientError where error == .invalidProxyResponse:
      "the proxy \(proxy.name) refused to connect to \(origin.name)"
    case let error as HTTPClientError
    where error == .httpProxyHandshakeTimeout || error == .socksHandshakeTimeout:
      "the proxy \(proxy.name) did not connect to \(origin.name) in time"
    case let error as HTTPClientError where error == .remoteConnectionClosed:
      "the proxy \(proxy.name) closed the connection"
    case is NIOConnectionError, is IOError, ChannelError.connectTimeout:
      "cannot connect to the proxy \(proxy.name): \(WebErrorText.describe(error))"
    default:
      "no way to \(origin.name) through the proxy \(proxy.name): \(WebErrorText.describe(error))"
    }
  }
}
