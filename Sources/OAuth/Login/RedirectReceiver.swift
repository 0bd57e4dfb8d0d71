// SPDX-License-Identifier: Apache-2.0

/// Decides about every request that reaches the loopback listener of a login (RFC 8252 section
/// 7.3).
///
/// Anything on this machine, and through it any web page, can send requests here. So only a request
/// with the exact Host, the exact path and the login's state counts; everything else is answered,
/// changes nothing, and the login goes on.
package struct RedirectReceiver: Sendable {
  /// How the login ended.
  package enum Outcome: Sendable {
    /// The authorization code.
    case code(Secret)
    /// The issuer's refusal (RFC 6749 section 4.1.2.1); texts are bounded and stripped of control
    /// characters.
    case refused(error: String, description: String?)
    /// An answer with the right state that breaks another rule.
    case fault(OAuthError)
  }

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
  private let state: Secret
  private let issuer: Issuer
  private let issRequired: Bool
  private let pages: RedirectPages
  /// The reply that ended the login; a reload gets it again.
  private var last: Reply?

  /// - Parameters:
  ///   - path: the redirect URI's path, matched exactly.
  ///   - hosts: every accepted value of the Host field, with port ("127.0.0.1:8000").
  ///   - state: the state of the authorization request.
  ///   - issuer: what a present `iss` must equal (RFC 9207 section 2.4).
  ///   - issRequired: the issuer's metadata promises `iss`.
  ///   - pages: what the browser shows.
  package init(
    path: String = "/",
    hosts: [String],
    state: Secret,
    issuer: Issuer,
    issRequired: Bool,
    pages: RedirectPages
  ) {
    self.path = path
    self.hosts = hosts
    self.state = state
    self.issuer = issuer
    self.issRequired = issRequired
    self.pages = pages
  }

  /// Judges one request.
  ///
  /// `target` is the request target as received ("/?code=…"), `host` the Host field.
  package mutating func receive(
    method: String,
    target: String,
    host: String?,
    contentType: String?,
    body: [UInt8]
  ) -> Action {
    guard let host else { return ignore(400) }
    guard hosts.contains(where: { Text.sameBytes($0, host) }) else { return ignore(421) }
    guard target.utf8.count <= Limits.redirect else { return ignore(414) }
    guard body.count <= Limits.redirect else { return ignore(413) }
    let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = halves.first, Text.sameBytes(String(first), path) else { return ignore(404) }
    let encoded: [UInt8]
    switch method {
    case "GET":
      encoded = halves.count == 2 ? Array(halves[1].utf8) : []
    case "POST" where Self.isForm(contentType):
      encoded = body
    case "POST":
      return ignore(415)
    default:
      // HEAD and OPTIONS come from prefetchers and cross-origin probes.
      return ignore(405, [("Allow", "GET, POST")])
    }
    if let last { return .respond(status: last.status, headers: last.headers, body: last.body) }
    guard let pairs = FormEncoding.decode(encoded) else { return ignore(400) }
    return judge(pairs)
  }

  private mutating func judge(_ pairs: [(name: String, value: String)]) -> Action {
    let states = pairs.filter { $0.name == "state" }
    guard states.count == 1, Secret(states[0].value) == state else { return ignore(400) }
    let outcome = outcome(pairs)
    let status: Int
    let page: RedirectPages.Kind
    switch outcome {
    case .code: (status, page) = (200, .received)
    case .refused: (status, page) = (200, .refused)
    case .fault: (status, page) = (400, .fault)
    }
    let reply = Reply(status: status, headers: pages.headers, body: pages.html(page))
    last = reply
    return .finish(outcome, status: reply.status, headers: reply.headers, body: reply.body)
  }

  private func outcome(_ pairs: [(name: String, value: String)]) -> Outcome {
    var values: [String: String] = [:]
    for (name, value) in pairs where values.updateValue(value, forKey: name) != nil {
      return .fault(Self.invalid("it has the parameter \"\(Text.line(name, limit: 40))\" twice"))
    }
    if let found = values["iss"], !Text.sameBytes(found, issuer.text) {
      return .fault(
        OAuthError(
          .issuerMixUp,
          what: "the login answer comes from another issuer, \"\(Text.line(found))\"",
          remedy: "log in again, and tell the issuer's administrator if it happens again"
        )
      )
    }
    if let error = values["error"] {
      return .refused(
        error: Text.line(error, limit: 100),
        description: values["error_description"].map { Text.line($0, limit: Limits.description) }
      )
    }
    guard values["iss"] != nil || !issRequired else {
      return .fault(
        OAuthError(
          .issuerMixUp,
          what: "the login answer does not name its issuer, as \(issuer.host) promises",
          remedy: "log in again, and tell the issuer's administrator if it happens again"
        )
      )
    }
    guard let code = values["code"], !code.isEmpty,
      code.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { return .fault(Self.invalid("it has no code")) }
    return .code(Secret(code))
  }

  private func ignore(_ status: Int, _ headers: [(String, String)] = []) -> Action {
    .respond(status: status, headers: pages.headers + headers, body: pages.html(.ignored))
  }

  private static func isForm(_ contentType: String?) -> Bool {
    let type = contentType?.split(separator: ";").first?.lowercased()
    return type?.trimmingSuffix(" ") == "application/x-www-form-urlencoded"
  }

  private static func invalid(_ reason: String) -> OAuthError {
    OAuthError(
      .redirectInvalid,
      what: "the issuer's login answer is refused: \(reason)",
      remedy: "log in again, and tell the issuer's administrator if it happens again"
    )
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var result = self
    while result.last == character { result.removeLast() }
    return result
  }
}
