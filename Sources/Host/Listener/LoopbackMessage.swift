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
  /// The `Origin` header, which browsers add where a page's script or form asks; nil unless there is exactly one.
  package let origin: String?
  /// What a browser asks leave for, if this is a preflight.
  package let preflight: Preflight?
  /// The body, at most 64 KiB.
  package let body: [UInt8]

  /// What a browser asks on behalf of a page of another origin before it sends a request.
  ///
  /// The Fetch standard calls it a CORS-preflight request; the last header is one of Private Network Access.
  package struct Preflight: Sendable, Equatable {
    /// `Access-Control-Request-Method`.
    package let method: String
    /// `Access-Control-Request-Headers`, as it came.
    package let headers: String?
    /// Whether `Access-Control-Request-Private-Network` asks for a way from the internet to this machine.
    package let isToPrivateNetwork: Bool

    /// A preflight from its parts.
    package init(method: String, headers: String?, isToPrivateNetwork: Bool) {
      self.method = method
      self.headers = headers
      self.isToPrivateNetwork = isToPrivateNetwork
    }
  }

  /// A request from its parts.
  package init(
    method: HTTPRequest.Method,
    target: String,
    host: String?,
    contentType: String?,
    origin: String? = nil,
    preflight: Preflight? = nil,
    body: [UInt8]
  ) {
    self.method = method
    self.target = target
    self.host = host
    self.contentType = contentType
    self.origin = origin
    self.preflight = preflight
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
