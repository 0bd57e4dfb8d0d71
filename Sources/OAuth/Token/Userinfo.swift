// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// What the userinfo endpoint says about a person (OIDC Core 5.3).
///
/// It is for showing who is logged in, when the ID token does not say; nothing is decided by it.
/// Texts still come from a server: whoever prints them escapes them.
package struct Userinfo: Sendable, Equatable {
  /// That of the ID token.
  package let subject: String
  package let email: String?
  package let preferredUsername: String?
  package let name: String?

  /// How an access token is sent.
  package enum Scheme: String, Sendable {
    /// RFC 6750 section 2.1.
    case bearer = "Bearer"
    /// RFC 9449 section 7.1: the call also needs a ``DPoPProof`` made with the same access token.
    case dpop = "DPoP"
  }

  /// The GET with the access token in its header (OIDC Core 5.3.1).
  package static func call(
    at endpoint: Endpoint,
    accessToken: Secret,
    scheme: Scheme = .bearer
  ) -> HTTPCall {
    HTTPCall(
      method: .get,
      url: endpoint.text,
      headers: [
        .accept: "application/json",
        .authorization: "\(scheme.rawValue) \(accessToken.expose())",
      ]
    )
  }

  /// Interprets the answer, which must be about the subject of the ID token (OIDC Core 5.3.2).
  ///
  /// `host` is the issuer's. Throws ``OAuthError/Code/tokenRejected`` for another subject or none,
  /// ``OAuthError/Code/garbled`` for what is not a JSON object of at most 256 KiB or is a signed
  /// answer, and for other statuses ``OAuthError/Code/redirected``,
  /// ``OAuthError/Code/unavailable`` or ``OAuthError/Code/refused``.
  package init(
    _ answer: HTTPAnswer,
    subject: String,
    from host: String
  ) throws(OAuthError) {
    guard answer.status == 200 else { throw Self.refusal(answer, host) }
    let json = try Self.document(in: answer, host)
    guard let found = json["sub"]?.string else {
      throw Self.mismatch(host, "names nobody (it has no sub)")
    }
    guard Text.sameBytes(found, subject) else {
      throw Self.mismatch(host, "is about another person than the ID token")
    }
    self.subject = subject
    email = json.displayClaim("email")
    preferredUsername = json.displayClaim("preferred_username")
    name = json.displayClaim("name")
  }

  private static func document(
    in answer: HTTPAnswer,
    _ host: String
  ) throws(OAuthError) -> StrictJSON {
    guard answer.body.count <= Limits.userinfo else {
      throw garbled(host, "with more than \(Limits.userinfo) bytes")
    }
    let type = answer.headers[.contentType]?.lowercased() ?? ""
    guard !type.hasPrefix("application/jwt") else {
      throw garbled(host, "with a signed or encrypted answer (application/jwt), which is not read")
    }
    guard let json = try? StrictJSON(parsing: answer.body), json.members != nil else {
      throw garbled(host, "with something that is not a JSON object")
    }
    return json
  }

  private static func garbled(_ host: String, _ what: String) -> OAuthError {
    OAuthError(
      .garbled,
      what: "the userinfo endpoint of \(host) answers \(what)",
      remedy: "have the issuer answer this client with plain JSON"
    )
  }

  private static func mismatch(_ host: String, _ what: String) -> OAuthError {
    OAuthError(
      .tokenRejected,
      what: "the userinfo answer of \(host) \(what)",
      remedy: "nothing of it is used; tell the issuer's administrator"
    )
  }

  private static func refusal(_ answer: HTTPAnswer, _ host: String) -> OAuthError {
    let what = "the userinfo endpoint of \(host) answers \(answer.status)"
    return switch answer.status {
    case 300..<400:
      OAuthError(
        .redirected,
        what: "\(what), a redirect, and an access token does not follow one",
        remedy: "the issuer's administrator must repair the metadata"
      )
    case 408, 425, 429, 500..<600:
      OAuthError(
        .unavailable,
        what: what,
        remedy: "try again in a moment",
        retryAfter: RetryAfter.seconds(in: answer.headers, now: nil)
      )
    default:
      OAuthError(.refused, what: what, remedy: "check that the client may use the scope openid")
    }
  }
}
