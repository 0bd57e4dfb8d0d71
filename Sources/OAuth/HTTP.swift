// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// One HTTP request to be sent.
package struct HTTPCall: Sendable {
  package var method: HTTPRequest.Method
  /// An absolute URL that passed ``Endpoint`` or ``Issuer``.
  package var url: String
  package var headers: HTTPFields
  package var body: [UInt8]

  package init(
    method: HTTPRequest.Method,
    url: String,
    headers: HTTPFields = [:],
    body: [UInt8] = []
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// One complete HTTP answer, whatever its status.
package struct HTTPAnswer: Sendable {
  package var status: Int
  package var headers: HTTPFields
  package var body: [UInt8]

  package init(status: Int, headers: HTTPFields = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there is no HTTP answer.
///
/// What matters is whether the server can have acted on the request.
package enum TransportFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Nothing was sent: DNS, connection refused or timed out, proxy.
  case notSent(String)
  /// The TLS handshake failed, so nothing was sent either.
  case tls(String)
  /// The request was sent wholly or in part; then the connection dropped or reading timed out.
  case noAnswer(String)
  /// The answer is larger than the sender accepts, in bytes.
  case tooLarge(limit: Int)

  /// The reason alone, in the words of whatever failed.
  package var description: String {
    switch self {
    case .notSent(let reason), .tls(let reason), .noAnswer(let reason): reason
    case .tooLarge(let limit): "the answer has more than \(limit) bytes"
    }
  }
}

/// Sends one request and gives the whole answer.
///
/// It follows no redirects and retries nothing.
package typealias HTTPSend = @Sendable (HTTPCall) async throws(TransportFailure) -> HTTPAnswer

extension OAuthError {
  /// Says what a transport failure means for the request that `subject` names ("the discovery
  /// document").
  package init(_ failure: TransportFailure, fetching subject: String, from host: String) {
    switch failure {
    case .notSent(let reason):
      self.init(
        .unreachable,
        what: "\(host) cannot be reached for \(subject): \(Text.line(reason))",
        remedy: "check the network, the proxy settings and the issuer URL",
        cause: failure
      )
    case .tls(let reason):
      self.init(
        .tls,
        what: "no trusted TLS connection to \(host) for \(subject): \(Text.line(reason))",
        remedy: "if the issuer has a private CA, name it with --certificate-authority",
        cause: failure
      )
    case .noAnswer(let reason):
      self.init(
        .noAnswer,
        what: "\(host) did not answer the request for \(subject): \(Text.line(reason))",
        remedy: "try again in a moment",
        cause: failure
      )
    case .tooLarge(let limit):
      self.init(
        .answerTooLarge,
        what: "the answer of \(host) for \(subject) has more than \(limit) bytes",
        remedy: "check that the issuer URL is right",
        cause: failure
      )
    }
  }
}
