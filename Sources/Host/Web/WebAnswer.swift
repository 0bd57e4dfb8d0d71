// SPDX-License-Identifier: Apache-2.0
package import HTTPTypes

/// What a server answered, whole.
package struct WebAnswer: Sendable {
  /// The status.
  package let status: HTTPResponse.Status
  /// The headers; names that RFC 9110 does not allow were left out.
  package let headers: HTTPFields
  /// The body, as it came: nothing is decompressed.
  package let body: [UInt8]

  /// An answer from its parts.
  package init(status: HTTPResponse.Status, headers: HTTPFields, body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there is no answer.
///
/// The difference between the cases decides whether a refresh token may have been spent.
package enum WebFailure: Error, Equatable, CustomStringConvertible {
  /// Surely nothing of the request reached the server: no such host, refused, unreachable, no connection in time.
  case notSent(String)
  /// Surely nothing of the request reached the server, because the TLS handshake failed.
  case tls(String)
  /// The request may have reached the server, and no whole answer came back.
  case noAnswer(String)
  /// The server answered, with more than `limit` bytes.
  case tooLarge(limit: Int)

  /// What happened: lower case, no final period.
  package var description: String {
    switch self {
    case .notSent(let reason), .tls(let reason), .noAnswer(let reason): reason
    case .tooLarge(let limit): "the server answered with more than \(limit) bytes"
    }
  }
}
