// SPDX-License-Identifier: Apache-2.0

/// What the issuer answers when a device login begins (RFC 8628 section 3.2).
package struct DeviceAuthorization: Sendable {
  package let deviceCode: Secret
  /// What the person types: at most 64 visible ASCII characters and spaces.
  package let userCode: String
  /// Where the person types it: https, or http on loopback if the issuer itself is that.
  package let verificationURI: Endpoint
  /// The same with the code in it, for a QR code.
  package let verificationURIComplete: Endpoint?
  /// Seconds between polls, 1 to 60.
  package let interval: Int
  /// Seconds until the codes expire, at most 30 minutes.
  package let expiresIn: Int

  /// The request that begins a device login.
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` for bad scopes.
  package static func call(
    at endpoint: Endpoint,
    clientID: String,
    authentication: ClientAuthentication,
    scopes: [String],
    audience: String? = nil,
    resources: [String] = []
  ) throws(OAuthError) -> HTTPCall {
    var pairs = [("scope", try Scopes.joined(scopes))]
    if let audience { pairs.append(("audience", audience)) }
    pairs += resources.map { ("resource", $0) }
    return authentication.call(endpoint, clientID: clientID, pairs)
  }

  /// Interprets the answer.
  ///
  /// Throws ``OAuthError/Code/garbled``, ``OAuthError/Code/endpointInvalid``, and for an answer
  /// that says no ``OAuthError/Code/refused``, ``OAuthError/Code/redirected`` or
  /// ``OAuthError/Code/unavailable``.
  package init(_ answer: HTTPAnswer, issuer: Issuer) throws(OAuthError) {
    guard (200..<300).contains(answer.status) else {
      throw TokenOutcome(answer, now: nil).refusal(from: issuer.host) ?? Self.garbled(issuer, "")
    }
    guard answer.body.count <= Limits.tokenAnswer,
      let json = try? StrictJSON(parsing: answer.body)
    else { throw Self.garbled(issuer, "it is not JSON") }
    guard let code = json["device_code"]?.string, !code.isEmpty, Text.isVisibleASCII(code) else {
      throw Self.garbled(issuer, "it has no device_code")
    }
    guard let userCode = json["user_code"]?.string, !userCode.isEmpty, userCode.utf8.count <= 64,
      userCode.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { throw Self.garbled(issuer, "its user_code is missing or unfit to be shown") }
    // Google's name for it is older than the RFC.
    guard let uri = (json["verification_uri"] ?? json["verification_url"])?.string else {
      throw Self.garbled(issuer, "it has no verification_uri")
    }
    deviceCode = Secret(code)
    self.userCode = userCode
    verificationURI = try Endpoint(uri, named: "verification_uri", of: issuer)
    if let complete = json["verification_uri_complete"]?.string {
      verificationURIComplete = try Endpoint(
        complete,
        named: "verification_uri_complete",
        of: issuer
      )
    } else {
      verificationURIComplete = nil
    }
    let wait = json["interval"].flatMap(TokenResponse.seconds) ?? Limits.devicePoll.default
    interval = min(max(wait, Limits.devicePoll.least), Limits.devicePoll.most)
    let life = json["expires_in"].flatMap(TokenResponse.seconds) ?? Limits.deviceCodeLife
    expiresIn = min(life, Limits.deviceCodeLife)
  }

  private static func garbled(_ issuer: Issuer, _ reason: String) -> OAuthError {
    OAuthError(
      .garbled,
      what: "\(issuer.host) answers the device login with nonsense: \(reason)",
      remedy: "log in with a browser instead, and tell the issuer's administrator"
    )
  }
}
