// SPDX-License-Identifier: Apache-2.0

/// What the issuer answers to a pushed authorization request (RFC 9126 section 2.2).
package struct PushedAuthorization: Sendable {
  /// When a request is pushed.
  package enum Use: String, Sendable, Codable, CaseIterable {
    /// When the issuer asks for it or offers it.
    case auto
    /// Not unless the issuer asks for it; then the login is refused.
    case never
  }

  /// Stands for the request; it can be used once.
  package let requestURI: String
  /// Seconds until it cannot be used any more, at least 1.
  package let expiresIn: Int

  /// Where to push the request to; nil if it goes through the browser.
  ///
  /// Throws ``OAuthError/Code/endpointMissing`` if the issuer asks for what it has no endpoint for,
  /// and ``OAuthError/Code/requestInvalid`` if it asks for what `use` rules out.
  package static func endpoint(
    of metadata: ProviderMetadata,
    use: Use
  ) throws(OAuthError) -> Endpoint? {
    guard metadata.requiresPushedAuthorizationRequests else {
      return use == .never ? nil : metadata.pushedAuthorizationRequestEndpoint
    }
    guard use != .never else {
      throw OAuthError(
        .requestInvalid,
        what: "\(metadata.issuer.text) accepts pushed authorization requests only",
        remedy: "allow pushed authorization requests for this login"
      )
    }
    return try metadata.require(
      metadata.pushedAuthorizationRequestEndpoint,
      for: "the pushed authorization requests that it asks for"
    )
  }

  /// Interprets the answer, 201 or, as some issuers have it, 200.
  ///
  /// Throws ``OAuthError/Code/garbled`` unless it has a request_uri and a positive expires_in, and
  /// for an answer that says no ``OAuthError/Code/refused``, ``OAuthError/Code/redirected`` or
  /// ``OAuthError/Code/unavailable``.
  package init(_ answer: HTTPAnswer, issuer: Issuer) throws(OAuthError) {
    guard [200, 201].contains(answer.status) else { throw Self.refusal(answer, issuer) }
    guard answer.body.count <= Limits.tokenAnswer else {
      throw Self.garbled(issuer, "it has more than \(Limits.tokenAnswer) bytes")
    }
    guard let json = try? StrictJSON(parsing: answer.body) else {
      throw Self.garbled(issuer, "it is not JSON")
    }
    guard let uri = json["request_uri"]?.string, uri.utf8.count <= Limits.url,
      Text.isVisibleASCII(uri), let colon = uri.firstIndex(of: ":"), colon > uri.startIndex
    else { throw Self.garbled(issuer, "it has no request_uri that is a URI") }
    guard let life = json["expires_in"]?.integer, life > 0 else {
      throw Self.garbled(issuer, "its expires_in is not a positive number")
    }
    requestURI = uri
    expiresIn = Int(min(life, Int64(Limits.pushedRequestLife)))
  }

  /// What the browser opens: only the client id and the reference (RFC 9126 section 4).
  package func url(for request: AuthorizationRequest) -> String {
    AuthorizationRequest.url(
      request.endpoint,
      [("client_id", request.clientID), ("request_uri", requestURI)]
    )
  }

  private static func refusal(_ answer: HTTPAnswer, _ issuer: Issuer) -> OAuthError {
    let outcome = TokenOutcome(answer, now: nil)
    guard case .error(let status, let code, let description, let retryAfter) = outcome else {
      return garbled(issuer, "its status is \(answer.status)")
    }
    let reason = [code, description].compactMap(\.self).joined(separator: ": ")
    let what = "\(status)\(reason.isEmpty ? "" : ", \(reason)")"
    if outcome.isTemporary {
      return OAuthError(
        .unavailable,
        what: "\(issuer.host) cannot take the login request now: \(what)",
        remedy: "try again in a moment",
        retryAfter: retryAfter
      )
    }
    return OAuthError(
      (300..<400).contains(status) ? .redirected : .refused,
      what: "\(issuer.host) does not take the login request: \(what)",
      remedy: "check client id, client secret, scopes and redirect URI at the issuer"
    )
  }

  private static func garbled(_ issuer: Issuer, _ reason: String) -> OAuthError {
    OAuthError(
      .garbled,
      what: "\(issuer.host) answers the pushed login request with nonsense: \(reason)",
      remedy: "tell the issuer's administrator, or log in without pushed requests"
    )
  }
}
