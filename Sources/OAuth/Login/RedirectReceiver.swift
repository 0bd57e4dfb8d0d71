// SPDX-License-Identifier: Apache-2.0

/// Decides about every request that reaches the loopback listener of a login (RFC 8252 section
/// 7.3).
///
/// Anything on this machine, and through it any web page, can send requests here. So only a request
/// with the exact Host, the exact path and the login's state counts; everything else is answered,
/// changes nothing, and the login goes on.
package struct RedirectReceiver: Sendable {
  /// How the login ended.
  package typealias Outcome = RedirectOutcome

  /// What to send back.
  package struct Reply: Sendable {
    package let status: Int
    package let headers: [(String, String)]
    package let body: [UInt8]
  }

  /// What to do about one request.
  package enum Action: Sendable {
    /// Send this; the login goes on.
    case respond(status: Int, headers: [(String, String)], body: [UInt8])
    /// Send this; the login has ended.
    case finish(Outcome, status: Int, headers: [(String, String)], body: [UInt8])
  }

  private let path: String
  private let hosts: [String]
  private let origins: Set<String>
  private let answer: RedirectAnswer
  private let pages: RedirectPages
  /// The reply that ended the login; a reload gets it again.
  private var last: Reply?

  /// - Parameters:
  ///   - path: the redirect URI's path, matched exactly.
  ///   - hosts: every accepted value of the Host field, with port ("127.0.0.1:8000").
  ///   - state: the state of the authorization request.
  ///   - issuer: what a present `iss` must equal (RFC 9207 section 2.4); nil for a server that says
  ///     nowhere what it calls itself.
  ///   - issRequired: the issuer's metadata promises `iss`.
  ///   - loginPage: the authorization endpoint; its origin and the issuer's are those whose pages
  ///     may ask before they post the answer.
  ///   - pages: what the browser shows.
  package init(
    path: String = "/",
    hosts: [String],
    state: Secret,
    issuer: Issuer?,
    issRequired: Bool,
    loginPage: Endpoint? = nil,
    pages: RedirectPages
  ) {
    self.path = path
    self.hosts = hosts
    origins = Set([issuer?.address.origin, loginPage?.address.origin].compactMap(\.self))
    answer = RedirectAnswer(state: state, issuer: issuer, issRequired: issRequired)
    self.pages = pages
  }

  /// Judges one request.
  ///
  /// `target` is the request target as received ("/?code=…"), `host` the Host field, `origin` the
  /// Origin field and `preflight` what an OPTIONS request asks; each nil unless it is there exactly
  /// once. The body counts for POST only.
  package mutating func receive(
    method: String,
    target: String,
    host: String?,
    contentType: String?,
    origin: String? = nil,
    preflight: RedirectPreflight? = nil,
    body: [UInt8]
  ) -> Action {
    guard let host else { return ignore(400) }
    guard hosts.contains(where: { Text.sameBytes($0, host) }) else { return ignore(421) }
    guard target.utf8.count <= Limits.redirect else { return ignore(414) }
    guard body.count <= Limits.redirect else { return ignore(413) }
    let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = halves.first, Text.sameBytes(String(first), path) else { return ignore(404) }
    switch method {
    case "GET": return judge(halves.count == 2 ? Array(halves[1].utf8) : [])
    case "POST": return Self.isForm(contentType) ? judge(body) : ignore(415)
    case "OPTIONS":
      let fields = preflight?.headers(origin: origin, allowed: origins)
      return .respond(
        status: 204,
        headers: pages.headers.filter { $0.0 != "Content-Type" }
          + (fields ?? [("Allow", "GET, POST, OPTIONS")]),
        body: []
      )
    // HEAD comes from previews and prefetchers.
    default: return ignore(405, [("Allow", "GET, POST, OPTIONS")])
    }
  }

  private mutating func judge(_ encoded: [UInt8]) -> Action {
    guard let pairs = FormEncoding.decode(encoded) else { return ignore(400) }
    guard answer.isOurs(pairs) else { return ignore(400, page: Self.stray(pairs)) }
    if let last { return .respond(status: last.status, headers: last.headers, body: last.body) }
    let outcome = answer.outcome(pairs)
    let (status, page): (Int, RedirectPages.Kind) =
      switch outcome {
      case .code: (200, .received)
      case .refused(let error, let description): (200, .refusal(error, description))
      case .fault: (400, .fault)
      }
    let reply = Reply(status: status, headers: pages.headers, body: pages.html(page))
    last = reply
    return .finish(outcome, status: reply.status, headers: reply.headers, body: reply.body)
  }

  /// The page for an answer that is not this login's: perhaps a person comes from an earlier tab.
  private static func stray(_ pairs: [(name: String, value: String)]) -> RedirectPages.Kind {
    let names = Set(pairs.map(\.name))
    return names.contains("state") && !names.isDisjoint(with: ["code", "error"])
      ? .otherLogin : .ignored
  }

  private func ignore(
    _ status: Int,
    _ headers: [(String, String)] = [],
    page: RedirectPages.Kind = .ignored
  ) -> Action {
    .respond(status: status, headers: pages.headers + headers, body: pages.html(page))
  }

  private static func isForm(_ contentType: String?) -> Bool {
    guard var type = contentType?.split(separator: ";").first?.lowercased() else { return false }
    while type.last == " " || type.last == "\t" { type.removeLast() }
    return type == "application/x-www-form-urlencoded"
  }
}
