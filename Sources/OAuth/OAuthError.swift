// SPDX-License-Identifier: Apache-2.0

/// What went wrong between this program and an issuer, and what a person can do about it.
package struct OAuthError: Error, Sendable {
  /// The kind of failure; callers decide by it (exit code, retry), people read ``what`` and
  /// ``remedy``.
  package enum Code: String, Sendable, Equatable, CaseIterable {
    /// The issuer URL breaks a rule of ``Issuer``.
    case issuerInvalid
    /// An endpoint URL that the issuer announced breaks a rule of ``Endpoint``.
    case endpointInvalid
    /// The issuer has no discovery document (404, 410).
    case discoveryNotFound
    /// The discovery document is an HTML page.
    case discoveryIsHTML
    /// The discovery document is not JSON, or lacks something required.
    case discoveryInvalid
    /// The discovery document names another issuer.
    case discoveryIssuerMismatch
    /// The metadata has no endpoint for what was asked.
    case endpointMissing
    /// The key set is not a JWK set within its limits.
    case keysInvalid
    /// An answer was larger than allowed.
    case answerTooLarge
    /// The issuer answered with a redirect, which is never followed.
    case redirected
    /// The request was never sent: DNS, connection, proxy.
    case unreachable
    /// The TLS handshake failed.
    case tls
    /// The request was sent, wholly or in part, and no answer came back.
    case noAnswer
    /// The issuer said that it cannot answer now (408, 429, 5xx).
    case unavailable
    /// The issuer refused: access denied, or a request it does not accept.
    case refused
    /// The answer cannot be understood.
    case garbled
    /// A request cannot be built from what was given (a scope with a space, a short random).
    case requestInvalid
    /// The login answer came from another issuer (RFC 9207).
    case issuerMixUp
    /// The login answer is incomplete, or repeats a parameter.
    case redirectInvalid
    /// An ID token failed its verdict, for a reason other than the clocks, or a userinfo answer is
    /// about somebody else.
    case tokenRejected
    /// An ID token failed its verdict only because the clocks differ, or because it expired.
    case clocksDiffer
    /// The issuer gave tokens, but no ID token among them.
    case idTokenMissing
    /// The device code expired before the login was done.
    case deviceCodeExpired
  }

  /// The kind of failure.
  package let code: Code
  /// What happened: one line, lower case, without secrets; text from a server is bounded and
  /// stripped of control characters.
  package let what: String
  /// What to do about it: one line.
  package let remedy: String
  /// The failure below this one, if there is one.
  package let cause: (any Error)?
  /// Seconds after which the issuer wants to be asked again, if it said so.
  package let retryAfter: Int?

  package init(
    _ code: Code,
    what: String,
    remedy: String,
    cause: (any Error)? = nil,
    retryAfter: Int? = nil
  ) {
    self.code = code
    self.what = what
    self.remedy = remedy
    self.cause = cause
    self.retryAfter = retryAfter
  }

  /// True when the same request may succeed later without anybody changing anything.
  package var isTemporary: Bool {
    switch code {
    case .unreachable, .tls, .noAnswer, .unavailable: true
    default: false
    }
  }
}

extension OAuthError: CustomStringConvertible {
  /// What happened and what to do, on one line.
  package var description: String { "\(what) (\(remedy))" }
}
