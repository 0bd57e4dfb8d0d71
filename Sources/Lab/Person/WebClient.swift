// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

/// A plain HTTP client of the lab's own: no cookies, no redirects, nothing retried.
package struct WebClient: Sendable {
  /// What came back.
  package struct Answer: Sendable {
    package let status: Int
    /// All header fields in order, names in lower case.
    package let headers: [(name: String, value: String)]
    package let body: String

    /// The first header field of a name given in lower case.
    package func header(_ name: String) -> String? {
      headers.first { $0.name == name }?.value
    }

    /// The body as JSON; throws when it is none.
    package func json() throws -> JSONValue { try JSONValue.parse(body) }
  }

  private let client: HTTPClient

  /// A client that trusts only the CA in `caPEM`, if given, and the system's otherwise; with a
  /// certificate of its own, if given.
  package init(caPEM: String? = nil, certificate: ClientCertificate? = nil) throws {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(connect: .seconds(10), read: .seconds(60))
    if let caPEM {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(caPEM.utf8)))
      if let certificate {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8))
        tls.certificateChain = chain.map { .certificate($0) }
        let key = try NIOSSLPrivateKey(bytes: Array(certificate.keyPEM.utf8), format: .pem)
        tls.privateKey = .privateKey(key)
      }
      configuration.tlsConfiguration = tls
    }
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Ends all connections.
  ///
  /// The client cannot be used again.
  package func close() async {
    try? await client.shutdown()
  }

  /// Sends a request; with a form it is a POST.
  ///
  /// Throws what the connection throws.
  ///
  /// Each request has a connection of its own, so that one that the server dropped is not mistaken
  /// for an idle one that was closed, and asked again.
  package func send(
    _ url: String,
    method: String? = nil,
    headers: [(name: String, value: String)] = [],
    form: FormFields? = nil,
    body: String? = nil
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "connection", value: "close")
    for header in headers { request.headers.add(name: header.name, value: header.value) }
    if let form {
      request.method = .POST
      request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
      request.body = .bytes(ByteBuffer(string: form.encoded))
    } else if let body {
      request.method = .POST
      request.body = .bytes(ByteBuffer(string: body))
    }
    if let method { request.method = HTTPMethod(rawValue: method) }
    let response = try await client.execute(request, timeout: .seconds(60))
    let content = try await response.body.collect(upTo: 16 * 1_048_576)
    return Answer(
      status: Int(response.status.code),
      headers: response.headers.map { ($0.name.lowercased(), $0.value) },
      body: String(buffer: content)
    )
  }
}
