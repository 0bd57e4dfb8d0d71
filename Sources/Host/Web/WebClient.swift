// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
package import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// An HTTP client for token endpoints: every request is sent at most once, on a connection of its own.
///
/// No redirects, cookies, compression or connection reuse: a redirect would carry a secret elsewhere, and a
/// request on a
/// connection that the server has just closed cannot be told from one that was processed.
package final class WebClient: Sendable {
  private let additionalAuthorities: [[UInt8]]
  private let timeout: Double
  private let limit: Int
  private let identity: ClientIdentity?
  private let addresses: [String: String]
  private let pinned: PinnedCertificate?
  private let proxies: ProxyRules
  private let state = Mutex(State())

  private struct State {
    var tls: TLSConfiguration?
    var idle: [WebLine] = []
  }

  /// A client; nothing is loaded or opened before the first request.
  ///
  /// - Parameters:
  ///   - additionalAuthorities: Certificates in PEM (each entry may hold several) that are trusted besides
  ///     the system's.
  ///   - timeout: How long a request may take in all, connecting included, in seconds.
  ///   - limit: The most bytes that an answer's body may have.
  ///   - identity: What the client proves itself with in the TLS handshake (RFC 8705), if with anything.
  ///   - addresses: Where hosts are, by name, in place of what DNS says.
  ///   - pinned: The one certificate that the server may have, in place of what authorities and names say.
  ///   - environment: The process environment, which may name proxies: `HTTPS_PROXY`, `NO_PROXY` and the like.
  package init(
    additionalAuthorities: [[UInt8]] = [],
    timeout: Double = 30,
    limit: Int = 1 << 20,
    identity: ClientIdentity? = nil,
    addresses: [String: String] = [:],
    pinned: PinnedCertificate? = nil,
    environment: [String: String] = [:]
  ) {
    self.additionalAuthorities = additionalAuthorities
    self.timeout = timeout
    self.limit = limit
    self.identity = identity
    self.addresses = addresses
    self.pinned = pinned
    proxies = ProxyRules(environment: environment)
  }

  /// Sends one request and reads the whole answer, whatever its status.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - url: An absolute `http` or `https` URL.
  ///   - headers: The headers; `Connection`, `Content-Length` and `Accept-Encoding` are ours to set.
  ///   - body: The body; empty for none.
  /// - Returns: The answer, redirects and errors included.
  /// - Throws: ``WebFailure``, whose cases tell whether the server can have seen the request. Cancelling the
  ///   task throws too.
  package func send(
    method: HTTPRequest.Method,
    url: String,
    headers: HTTPFields,
    body: [UInt8]
  ) async throws(WebFailure) -> WebAnswer {
    guard let origin = WebOrigin(url: url) else {
      throw .notSent("\(Terminal.escape(url)) is not an http or https URL")
    }
    let proxy = try proxies.proxy(for: origin)
    let line = takeLine(try trust(), proxy)
    let request = Self.request(method: method, url: url, headers: headers, body: body)
    do {
      let answer = try await exchange(request, on: line)
      giveBack(line)
      return answer
    } catch {
      let mayHaveSent = line.mayHaveSent
      line.retire()
      throw await failure(error, mayHaveSent: mayHaveSent, origin: origin, proxy: proxy)
    }
  }

  /// The variables of the environment that decide how servers are reached; another process of ours needs them too.
  package static let variables = ProxyRules.variables

  /// Closes what is open.
  ///
  /// Requests that still run end by themselves.
  package func shutdown() async {
    let idle = state.withLock { state in
      defer { state.idle = [] }
      return state.idle
    }
    for line in idle { try? await line.client.shutdown() }
  }
}

extension WebClient {
  private struct Overtime: Error {}
  private struct Oversize: Error {}

  private func trust() throws(WebFailure) -> TLSConfiguration {
    if let known = state.withLock({ $0.tls }) { return known }
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if pinned != nil { tls.certificateVerification = .none }
    var added: [NIOSSLCertificate] = []
    for bundle in additionalAuthorities {
      guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bundle), !certificates.isEmpty
      else { throw .tls("the additional certificate authorities are not certificates in PEM") }
      added += certificates
    }
    if !added.isEmpty { tls.additionalTrustRoots = [.certificates(added)] }
    try identity?.apply(to: &tls)
    let made = tls
    state.withLock { $0.tls = made }
    return made
  }

  private func takeLine(_ tls: TLSConfiguration, _ proxy: WebProxy?) -> WebLine {
    let idle = state.withLock { state in
      state.idle.lastIndex { $0.proxy == proxy }.map { state.idle.remove(at: $0) }
    }
    return idle
      ?? WebLine(
        tls: tls,
        proxy: proxy,
        addresses: addresses,
        pinned: pinned,
        timeout: .milliseconds(Int64(timeout * 1000))
      )
  }

  /// A line is used again only after success: after a failure, a late connection could still turn up on it.
  private func giveBack(_ line: WebLine) {
    line.reset()
    state.withLock { $0.idle.append(line) }
  }

  private static func request(
    method: HTTPRequest.Method,
    url: String,
    headers: HTTPFields,
    body: [UInt8]
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url)
    request.method = HTTPMethod(rawValue: method.rawValue)
    let ours: Set<HTTPField.Name> = [
      .connection, .contentLength, .transferEncoding, .acceptEncoding,
    ]
    for field in headers where !ours.contains(field.name) {
      request.headers.add(name: field.name.rawName, value: field.value)
    }
    request.headers.add(name: "Connection", value: "close")
    if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
    return request
  }

  private func exchange(_ request: HTTPClientRequest, on line: WebLine) async throws -> WebAnswer {
    try await withThrowingTaskGroup(of: WebAnswer.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await self.answer(to: request, on: line) }
      group.addTask {
        try await Task.sleep(for: .seconds(self.timeout), clock: .continuous)
        throw Overtime()
      }
      guard let answer = try await group.next() else { throw CancellationError() }
      return answer
    }
  }

  private func answer(to request: HTTPClientRequest, on line: WebLine) async throws -> WebAnswer {
    // A little longer than our own limit, which also covers the body, so that only one of them ever speaks.
    let response = try await line.client.execute(
      request,
      timeout: .milliseconds(Int64(timeout * 1000) + 1000)
    )
    var body: [UInt8] = []
    for try await chunk in response.body {
      guard body.count + chunk.readableBytes <= limit else { throw Oversize() }
      body.append(contentsOf: chunk.readableBytesView)
    }
    try Task.checkCancellation()
    var headers = HTTPFields()
    for (name, value) in response.headers {
      guard let name = HTTPField.Name(name) else { continue }
      headers.append(HTTPField(name: name, value: value))
    }
    return WebAnswer(
      status: HTTPResponse.Status(
        code: Int(response.status.code),
        reasonPhrase: response.status.reasonPhrase
      ),
      headers: headers,
      body: body
    )
  }

  private func failure(
    _ error: any Error,
    mayHaveSent: Bool,
    origin: WebOrigin,
    proxy: WebProxy?
  ) async -> WebFailure {
    let seconds = Int(timeout.rounded(.up))
    if error is Oversize { return .tooLarge(limit: limit) }
    if mayHaveSent {
      if error is Overtime { return .noAnswer("no answer from \(origin.name) in \(seconds) s") }
      return .noAnswer("no answer from \(origin.name): \(WebErrorText.describe(error))")
    }
    if error is Overtime {
      let way = proxy.map { " through the proxy \($0.name)" } ?? ""
      return .notSent("no connection to \(origin.name)\(way) in \(seconds) s")
    }
    if WebErrorText.isTLS(error) {
      let now = Clock.now()
      return .tls(await TLSDiagnosis.explain(error, origin: origin, proxy: proxy, now: now))
    }
    if let proxy {
      return .notSent(ProxyErrorText.describe(error, proxy: proxy, origin: origin))
    }
    return .notSent("cannot connect to \(origin.name): \(WebErrorText.describe(error))")
  }
}
