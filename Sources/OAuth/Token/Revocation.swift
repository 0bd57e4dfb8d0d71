// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Token revocation (RFC 7009).
package enum Revocation {
  /// Which kind of token is revoked; a hint that the issuer may ignore (section 2.1).
  package enum Hint: String, Sendable {
    case refreshToken = "refresh_token"
    case accessToken = "access_token"
  }

  /// What an answer says.
  package enum Outcome: Sendable, Equatable {
    /// Gone, or unknown to the issuer, which is the same (section 2.2).
    case revoked
    /// The issuer cannot now; `retryAfter` is in seconds.
    case temporary(status: Int, retryAfter: Int?)
    /// The issuer does not revoke this kind of token, or not for this client.
    case refused(status: Int, code: String?, description: String?)

    /// Interprets an answer.
    ///
    /// `now` is for a `Retry-After` that is a date.
    package init(_ answer: HTTPAnswer, now: Date?) {
      guard !(200..<300).contains(answer.status) else {
        self = .revoked
        return
      }
      let outcome = TokenOutcome(answer, now: now)
      guard case .error(let status, let code, let description, let retryAfter) = outcome else {
        self = .refused(status: answer.status, code: nil, description: nil)
        return
      }
      self =
        outcome.isTemporary
        ? .temporary(status: status, retryAfter: retryAfter)
        : .refused(status: status, code: code, description: description)
    }
  }

  /// The request that revokes a token.
  package static func call(
    _ token: Secret,
    hint: Hint,
    at endpoint: Endpoint,
    clientID: String,
    authentication: ClientAuthentication
  ) -> HTTPCall {
    authentication.call(
      endpoint,
      clientID: clientID,
      [("token", token.expose()), ("token_type_hint", hint.rawValue)]
    )
  }
}
