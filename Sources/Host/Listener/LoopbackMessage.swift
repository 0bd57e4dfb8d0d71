// SPDX-License-Identifier: Apache-2.0
package import HTTPTypes

/// A request that reached the loopback listener, within its bounds.
///
/// All of it is from outside: any web page can make one.
package struct LoopbackRequest: Sendable, Equatable {
  /// The method.
  package let method: HTTPRequest.Method
  /// The request target as it came: path and query.
  package let target: String
  /// The `Host` header; nil unless there is exactly one.
  package let host: String?
  /// The `Content-Type` header; nil unless there is exactly one.
  package let contentType: String?
  /// The body, at most 64 KiB.
  package let body: [UInt8]

  /// A request from its parts.
  package init(
    method: HTTPRequest.Method,
    target: String,
    host: String?,
    contentType: String?,
    body: [UInt8]
  ) {
    self.method = method
    self.target = target
    self.host = host
    self.contentType = contentType
    self.body = body
  }
}

/// What the loopback listener answers.
package struct LoopbackResponse: Sendable, Equatable {
  /// The status.
  package var status: HTTPResponse.Status
  /// The headers; `Content-Length` and `Connection` are added.
  package var headers: HTTPFields
  /// The body.
  package var body: [UInt8]
  /// Whether the listener has done its work once this is sent.
  package var last: Bool

  /// A response from its parts.
  package init(
    status: HTTPResponse.Status,
    headers: HTTPFields = [:],
    body: [UInt8] = [],
    last: Bool = false
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.last = last
  }
}
