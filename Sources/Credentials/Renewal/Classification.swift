// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
package import OAuth

/// What an answer to a renewal means for the session.
package enum RenewalVerdict: Sendable, Equatable {
  /// The refresh token is dead: it will never work again.
  case dead(String)
  /// The request is wrong as configured; the session stays. Exit 7.
  case configuration(String)
  /// The issuer said no for another reason; the session stays. Exit 4.
  case refused(String)
  /// The request was not processed: try again later. Exit 5.
  case temporary(String, retryAfter: Int?)
  /// The request was sent and nobody knows what became of it.
  case unknown(String)
}

/// The table that classifies failed renewals.
///
/// Rows are tried in order; the first that fits decides.
package enum Classification {
  /// One row: what it matches, what that means, and where the rule comes from.
  package struct Row: Sendable {
    /// HTTP statuses; nil for any.
    package let statuses: ClosedRange<Int>?
    /// The `error` member of the answer; nil for any, empty for "none given".
    package let error: String?
    /// Issuers for which the row holds; nil for all.
    package let issuer: IssuerKind?
    /// What it means.
    package let meaning: Meaning
    /// Where the rule comes from.
    package let source: String
  }

  /// Issuers whose habits differ, recognised by what their answers look like.
  package enum IssuerKind: Sendable {
    /// Answers a used, unknown or expired refresh token with `invalid_request`.
    case dex
    /// Answers a dead refresh token with 400 and an empty body.
    case glewlwyd
  }

  /// The verdict of a row, before the words are filled in.
  package enum Meaning: Sendable { case dead, configuration, refused, temporary, unknown }

  /// Every row, most particular first.
  package static let rows: [Row] = [
    Row(statuses: 429...429, error: nil, issuer: nil, meaning: .temporary, source: "RFC 6585 §4"),
    Row(
      statuses: 503...503,
      error: nil,
      issuer: nil,
      meaning: .temporary,
      source: "RFC 9110 §15.6.4"
    ),
    Row(
      statuses: 408...408,
      error: nil,
      issuer: nil,
      meaning: .temporary,
      source: "RFC 9110 §15.5.9"
    ),
    // A gateway may have passed the request on before it gave up.
    Row(statuses: 500...599, error: nil, issuer: nil, meaning: .unknown, source: "RFC 9110 §15.6"),
    Row(
      statuses: 400...499,
      error: "invalid_grant",
      issuer: nil,
      meaning: .dead,
      source: "RFC 6749 §5.2"
    ),
    Row(
      statuses: 400...499,
      error: "invalid_client",
      issuer: nil,
      meaning: .configuration,
      source: "RFC 6749 §5.2"
    ),
    Row(
      statuses: 400...499,
      error: "unauthorized_client",
      issuer: nil,
      meaning: .configuration,
      source: "RFC 6749 §5.2"
    ),
    Row(
      statuses: 400...499,
      error: "unsupported_grant_type",
      issuer: nil,
      meaning: .configuration,
      source: "RFC 6749 §5.2"
    ),
    Row(
      statuses: 400...499,
      error: "invalid_scope",
      issuer: nil,
      meaning: .configuration,
      source: "RFC 6749 §5.2"
    ),
    Row(
      statuses: 400...499,
      error: "invalid_target",
      issuer: nil,
      meaning: .configuration,
      source: "RFC 8707 §2"
    ),
    Row(
      statuses: 400...400,
      error: "invalid_request",
      issuer: .dex,
      meaning: .dead,
      source: "dexidp/dex server/grants/refresh.go"
    ),
    Row(
      statuses: 400...400,
      error: "",
      issuer: .glewlwyd,
      meaning: .dead,
      source: "babelouest/glewlwyd, seen on the wire"
    ),
    Row(
      statuses: 400...499,
      error: "temporarily_unavailable",
      issuer: nil,
      meaning: .temporary,
      source: "RFC 6749 §4.1.2.1, used by some issuers at the token endpoint"
    ),
    Row(
      statuses: 400...499,
      error: "server_error",
      issuer: nil,
      meaning: .temporary,
      source: "RFC 6749 §4.1.2.1, used by some issuers at the token endpoint"
    ),
    Row(
      statuses: 400...499,
      error: "interaction_required",
      issuer: nil,
      meaning: .dead,
      source: "OpenID Connect Core §3.1.2.6, used by Entra ID at the token endpoint"
    ),
    Row(
      statuses: 400...499,
      error: "login_required",
      issuer: nil,
      meaning: .dead,
      source: "OpenID Connect Core §3.1.2.6, the same"
    ),
    Row(
      statuses: 400...499,
      error: "consent_required",
      issuer: nil,
      meaning: .dead,
      source: "OpenID Connect Core §3.1.2.6, the same"
    ),
    Row(statuses: 400...499, error: nil, issuer: nil, meaning: .refused, source: "RFC 6749 §5.2"),
    // A redirect of a request with credentials is never followed (RFC 9700 §4.12).
    Row(statuses: nil, error: nil, issuer: nil, meaning: .refused, source: "RFC 9700 §4.12"),
  ]

  /// Classifies an answer of the token endpoint that holds no tokens.
  package static func judge(_ outcome: TokenOutcome, issuer: IssuerKind?) -> RenewalVerdict? {
    switch outcome {
    case .tokens: return nil
    case .garbled(let status):
      return .unknown("the issuer answered \(status) with something that is not a token answer")
    case .error(let status, let code, let description, let retryAfter):
      let row = row(status: status, code: code, issuer: issuer).map { rows[$0] }
      let fault = description.flatMap { EntraFault.named(in: $0) }
      let words = describe(
        status: status,
        code: code,
        description: fault?.words ?? description
      )
      // Entra ID says invalid_grant also for what passes by itself, such as too many requests.
      if fault?.cure == .later { return .temporary(words, retryAfter: retryAfter) }
      switch row?.meaning {
      case .dead: return .dead(words)
      case .configuration: return .configuration(words)
      case .temporary: return .temporary(words, retryAfter: retryAfter)
      case .unknown: return .unknown(words)
      case .refused, nil: return .refused(words)
      }
    }
  }

  /// The index of the row that decides about an answer.
  package static func row(status: Int, code: String?, issuer: IssuerKind?) -> Int? {
    rows.firstIndex { row in
      (row.statuses?.contains(status) ?? true)
        && (row.error.map { $0 == code ?? "" } ?? true)
        && (row.issuer.map { $0 == issuer } ?? true)
    }
  }

  /// Classifies a request that got no answer.
  package static func judge(_ failure: TransportFailure) -> RenewalVerdict {
    switch failure {
    case .notSent(let why): .temporary(why, retryAfter: nil)
    case .tls(let why): .temporary("TLS failed: \(why)", retryAfter: nil)
    case .noAnswer(let why): .unknown(why)
    case .tooLarge(let limit): .unknown("the issuer's answer is larger than \(limit) bytes")
    }
  }

  /// The kind of an issuer by the provider that was named, else by what its metadata give away.
  package static func kind(of metadata: ProviderMetadata, provider: String? = nil) -> IssuerKind? {
    let named = provider.flatMap { try? ProviderPreset.named($0) }
    switch (named ?? .recognise(issuer: metadata.issuer, metadata: metadata))?.name {
    case ProviderPreset.dex.name: return .dex
    case ProviderPreset.glewlwyd.name: return .glewlwyd
    default: return nil
    }
  }

  private static func describe(status: Int, code: String?, description: String?) -> String {
    var words = "the issuer answered \(status)"
    if let code, !code.isEmpty { words += " \(code)" }
    if let description, !description.isEmpty { words += ": \(description)" }
    return words
  }
}
