// SPDX-License-Identifier: Apache-2.0

/// What a person pasted from the browser of another machine: the address that the login ended at,
/// the query of it, or the code alone.
///
/// An address carries the state, which is checked as at the listener. A code alone carries nothing,
/// so the person vouches that it belongs to this login; if somebody foisted a code of another login
/// on them, the issuer refuses it, because only this login has the verifier (RFC 7636) and the
/// nonce of its ID token.
package struct PastedRedirect: Sendable {
  private let answer: RedirectAnswer
  private let redirectURI: String

  /// - Parameters:
  ///   - request: the authorization request that was shown.
  ///   - issuer: what a present `iss` must equal (RFC 9207 section 2.4).
  ///   - issRequired: the issuer's metadata promises `iss`; a code alone cannot have it.
  package init(request: AuthorizationRequest, issuer: Issuer, issRequired: Bool) {
    answer = RedirectAnswer(state: request.state, issuer: issuer, issRequired: issRequired)
    redirectURI = request.redirectURI
  }

  /// For a request that was made without metadata: its state and its redirect URI.
  ///
  /// The server says nowhere what it calls itself, so `iss` is not looked at.
  package init(state: Secret, redirectURI: String) {
    answer = RedirectAnswer(state: state, issuer: nil, issRequired: false)
    self.redirectURI = redirectURI
  }

  /// What the text says about the login.
  ///
  /// Throws ``OAuthError/Code/redirectInvalid`` for anything that is not the answer, so that the
  /// person can paste again; nothing of the text is in the message, because it may be a token. A
  /// ``RedirectOutcome/fault(_:)`` is this login's answer, and ends it.
  package func outcome(of text: String) throws(OAuthError) -> RedirectOutcome {
    guard text.utf8.count <= Limits.redirect else {
      throw Self.wrong("it has more than \(Limits.redirect) bytes")
    }
    let pasted = Self.trimmed(text)
    guard !pasted.isEmpty else { throw Self.wrong("nothing was pasted") }
    guard Text.isVisibleASCII(pasted) else {
      throw Self.wrong("it has spaces or characters that no address has: copy it whole, once")
    }
    if let query = try query(of: withScheme(pasted)) { return try judge(query) }
    try Self.refuseToken(pasted)
    return .code(Secret(pasted))
  }

  /// Address bars hide the scheme of the redirect URI, and some copy what they show.
  private func withScheme(_ pasted: String) -> String {
    let halves = redirectURI.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard halves.count == 3, let authority = halves[2].split(separator: "/").first,
      pasted.hasPrefix("\(authority)/") || pasted.hasPrefix("\(authority)?")
    else { return pasted }
    return "\(halves[0])//\(pasted)"
  }

  /// The query, or nil for what can only be a code.
  private func query(of pasted: String) throws(OAuthError) -> Substring? {
    let lowercased = pasted.lowercased()
    let isAddress = lowercased.hasPrefix("http://") || lowercased.hasPrefix("https://")
    let halves = pasted.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    if isAddress || pasted.hasPrefix(redirectURI) {
      guard halves.count == 2 else {
        throw Self.wrong("the address has no answer in it: copy it after the login, all of it")
      }
      guard Self.sameAddress(String(halves[0]), redirectURI) else {
        try Self.refuseRequest(halves[1])
        throw Self.wrong("it is not the address that the login ends at, \(redirectURI)")
      }
      return halves[1].prefix { $0 != "#" }
    }
    if pasted.hasPrefix("?") || pasted.hasPrefix("#") { return pasted.dropFirst() }
    let names = (FormEncoding.decode(pasted.utf8) ?? []).map(\.name)
    let isQuery = names.contains("state") || names.contains("code") || names.contains("error")
    // A code may contain an equals sign, but hardly begins as a parameter that answers have.
    return isQuery && pasted.contains("=") ? pasted[...] : nil
  }

  private func judge(_ query: Substring) throws(OAuthError) -> RedirectOutcome {
    guard let pairs = FormEncoding.decode(query.utf8) else {
      throw Self.wrong("it has a broken percent escape: copy it whole, once")
    }
    try Self.refuseRequest(query)
    let names = Set(pairs.map(\.name))
    guard names.isDisjoint(with: ["access_token", "id_token", "refresh_token"]) else {
      throw Self.wrong("it has a token in it; treat that token as known to others")
    }
    guard names.contains("state") else {
      throw Self.wrong("it has no state: copy the whole address, or the code alone")
    }
    guard answer.isOurs(pairs) else {
      throw Self.wrong("it belongs to another login: use the address that was shown last")
    }
    return answer.outcome(pairs)
  }

  /// The address that the login began at, pasted in place of the one that it ended at.
  private static func refuseRequest(_ query: Substring) throws(OAuthError) {
    let names = Set((FormEncoding.decode(query.utf8) ?? []).map(\.name))
    guard names.isDisjoint(with: ["response_type", "code_challenge", "request_uri"]) else {
      throw wrong("it is the address that the login begins at: open it in a browser first")
    }
  }

  private static func refuseToken(_ pasted: String) throws(OAuthError) {
    let parts = pasted.split(separator: ".", omittingEmptySubsequences: false)
    // A JWS in compact form: its header is a JSON object, whose base64url begins with eyJ. Five parts
    // are a JWE, and some issuers' codes are that.
    guard parts.count != 3 || !pasted.hasPrefix("eyJ") else {
      throw wrong("it is a token, not a code; treat that token as known to others")
    }
    guard !pasted.hasPrefix("/"), !pasted.contains("://") else {
      throw wrong("it is part of an address: copy the whole address, or the code alone")
    }
  }

  /// An empty path and a single slash are the same to a browser (RFC 3986 section 6.2.3).
  private static func sameAddress(_ left: String, _ right: String) -> Bool {
    func full(_ text: String) -> String {
      let rest = text.drop { $0 != ":" }.dropFirst(3)
      return rest.contains("/") ? text : text + "/"
    }
    return Text.sameBytes(full(left), full(right))
  }

  private static func trimmed(_ text: String) -> String {
    let blank: (Character) -> Bool = { $0.isWhitespace || $0 == "\"" || $0 == "'" || $0 == "`" }
    var rest = text.drop(while: blank)
    while let last = rest.last, blank(last) { rest.removeLast() }
    return String(rest)
  }

  private static func wrong(_ reason: String) -> OAuthError {
    OAuthError(
      .redirectInvalid,
      what: "that is not the answer of this login: \(reason)",
      remedy: "paste the address that the browser shows after the login, or the code alone"
    )
  }
}
