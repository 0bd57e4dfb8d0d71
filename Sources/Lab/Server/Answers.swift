// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
  /// An answer with `text` as body.
  static func text(
    _ text: String,
    type: String,
    status: HTTPResponse.Status = .ok,
    headers: [(name: String, value: String)] = []
  ) -> Response {
    var fields = HTTPFields()
    fields[.contentType] = type
    for header in headers {
      guard let name = HTTPField.Name(header.name) else { continue }
      fields[name] = header.value
    }
    return Response(
      status: status,
      headers: fields,
      body: .init(byteBuffer: ByteBuffer(string: text))
    )
  }

  /// JSON that no cache keeps.
  static func json(
    _ value: JSONValue,
    status: HTTPResponse.Status = .ok,
    headers: [(name: String, value: String)] = []
  ) -> Response {
    text(
      value.text,
      type: "application/json",
      status: status,
      headers: [("cache-control", "no-store")] + headers
    )
  }

  /// A page that no cache keeps, that runs nothing but the script with the nonce, loads nothing and
  /// cannot be framed.
  static func page(
    _ html: String,
    status: HTTPResponse.Status = .ok,
    scriptNonce: String? = nil,
    headers: [(name: String, value: String)] = []
  ) -> Response {
    let script = scriptNonce.map { "; script-src 'nonce-\($0)'" } ?? ""
    // No form-action: the answer to a form goes on to the application's own address.
    let policy =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'\(script)"
    return text(
      html,
      type: "text/html; charset=utf-8",
      status: status,
      headers: [
        ("cache-control", "no-store"), ("content-security-policy", policy),
        ("referrer-policy", "no-referrer"), ("x-content-type-options", "nosniff"),
      ] + headers
    )
  }

  /// 302 to `location`.
  static func found(_ location: String) -> Response {
    Response(status: .found, headers: [.location: location, .cacheControl: "no-store"])
  }

  /// 405 with what would be allowed (RFC 9110 §15.5.6).
  static func methodNotAllowed(but methods: [HTTPRequest.Method]) -> Response {
    let allowed = methods.map(\.rawValue).joined(separator: ", ")
    return .text(
      "method not allowed\n",
      type: "text/plain",
      status: .methodNotAllowed,
      headers: [(name: "allow", value: allowed)]
    )
  }

  /// 404 in a few words.
  static let nothingHere = Response.text("nothing here\n", type: "text/plain", status: .notFound)
}

extension Request {
  /// The whole body as text; nil when it is longer than `limit` bytes or broke off.
  mutating func bodyText(limit: Int = 65_536) async -> String? {
    guard let buffer = try? await collectBody(upTo: limit) else { return nil }
    return String(buffer: buffer)
  }

  /// The parameters of the query string.
  var queryFields: FormFields { FormFields(decoding: uri.query ?? "") }
}
