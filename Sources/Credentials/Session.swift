// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
package import OAuth
package import SessionStore

/// One login at one issuer: what lies in the session store.
///
/// The summary is authenticated but readable without a key; the tokens are not.
package struct Session: Sendable {
  /// What may be shown without the data key.
  package var summary: Summary
  /// The long-lived token that is exchanged for new access tokens; nil if the issuer gave none.
  package var refreshToken: Secret?
  /// The current ID token, verified.
  package var idToken: Secret?
  /// The current access token of the issuer.
  package var accessToken: Secret?
  /// What the refresh token is bound to; nil if it is not bound.
  package var binding: DPoPBinding?

  /// The client's secret, if it was typed at the login and is named nowhere.
  package var clientSecret: Secret?

  /// Makes a session from its parts.
  package init(
    summary: Summary,
    refreshToken: Secret?,
    idToken: Secret?,
    accessToken: Secret?,
    binding: DPoPBinding? = nil
  ) {
    self.summary = summary
    self.refreshToken = refreshToken
    self.idToken = idToken
    self.accessToken = accessToken
    self.binding = binding
  }

  /// The plain, authenticated header of a session file.
  package struct Summary: Sendable, Codable, Equatable {
    /// The issuer, exactly as configured.
    package var issuer: String
    /// The OAuth client.
    package var clientID: String
    /// The account label, if the request had one.
    package var account: String?
    /// The `sub` of the person or robot that logged in.
    package var subject: String
    /// A name to show: `preferred_username`, `email` or `name`, as far as the issuer gave one.
    package var name: String?
    /// Digest of the extra trust anchors used at login; empty if none.
    package var authoritiesDigest: String
    /// When the person logged in.
    package var loggedIn: Date
    /// Whether the session can still be renewed.
    package var state: State
    /// Whether a refresh token is held.
    package var renewable: Bool
    /// The nonce of the login, which a refreshed ID token may repeat (OpenID Connect Core §12.2).
    package var nonce: String?
    /// Times of the ID token.
    package var idTimes: TokenTimes?
    /// Times of the access token.
    package var accessTimes: TokenTimes?
    /// Set, and on disk, before a refresh token is sent; cleared with the outcome.
    package var intent: Date?
    /// Set while nobody knows whether the issuer has processed the last renewal.
    package var uncertain: Bool
    /// The last temporary failure, which all callers share until its time has passed.
    package var outage: Outage?
    /// When a token that the API server had rejected was last renewed for that reason.
    package var rejectionRenewed: Date?
    /// What the next login in a browser has to ask for: the `claims` of the refusal that ended the session.
    package var challenge: String?

    /// Makes a summary from its parts.
    package init(
      issuer: String,
      clientID: String,
      account: String?,
      subject: String,
      name: String?,
      authoritiesDigest: String,
      loggedIn: Date,
      state: State,
      renewable: Bool,
      nonce: String?,
      idTimes: TokenTimes?,
      accessTimes: TokenTimes?,
      intent: Date?,
      uncertain: Bool,
      outage: Outage?,
      rejectionRenewed: Date?,
      challenge: String? = nil
    ) {
      self.issuer = issuer
      self.clientID = clientID
      self.account = account
      self.subject = subject
      self.name = name
      self.authoritiesDigest = authoritiesDigest
      self.loggedIn = loggedIn
      self.state = state
      self.renewable = renewable
      self.nonce = nonce
      self.idTimes = idTimes
      self.accessTimes = accessTimes
      self.intent = intent
      self.uncertain = uncertain
      self.outage = outage
      self.rejectionRenewed = rejectionRenewed
      self.challenge = challenge
    }
  }

  /// Whether a session can still be renewed.
  package enum State: Sendable, Codable, Equatable {
    /// As far as is known, yes.
    case active
    /// No: the refresh token is dead. The record stays until a login replaces it.
    case ended(at: Date, why: String)
  }

  /// A temporary failure that is shared until `until`.
  package struct Outage: Sendable, Codable, Equatable {
    /// The kind of failure, for the exit code of those who share it.
    package var code: CredentialsError.Code
    /// How many in a row.
    package var failures: Int
    /// Nobody asks the issuer again before this moment.
    package var until: Date
    /// What failed, in one line.
    package var what: String
    /// What to do about it, in one line.
    package var remedy: String

    /// Makes an outage from its parts.
    package init(
      code: CredentialsError.Code,
      failures: Int,
      until: Date,
      what: String,
      remedy: String
    ) {
      self.code = code
      self.failures = failures
      self.until = until
      self.what = what
      self.remedy = remedy
    }

    /// The failure as whoever shares it at `now` is told: with when the next try will be.
    func shared(at now: Date) -> CredentialsError {
      let wait = max(Int(until.timeIntervalSince(now).rounded(.up)), 1)
      return CredentialsError(code, what, remedy: "\(remedy); next try in \(wait) s")
    }
  }

  /// The token of the wanted kind with its times, if the session holds one that an API server can be shown.
  ///
  /// An access token that is bound to a key is none: API servers take plain bearers (RFC 9449 §7.1).
  package func token(_ kind: TokenKind) -> (token: Secret, times: TokenTimes)? {
    switch kind {
    case .id:
      guard let idToken, let times = summary.idTimes else { return nil }
      return (idToken, times)
    case .access:
      guard binding == nil, let accessToken, let times = summary.accessTimes else { return nil }
      return (accessToken, times)
    }
  }
}

// MARK: bytes

extension Session {
  /// The tokens as they lie encrypted in the store; written out because secrets are deliberately not Codable.
  private struct Tokens: Codable {
    var refresh: String?
    var id: String?
    var access: String?
    var dpopKey: String?
    var dpopNonce: String?
    var clientSecret: String?
  }

  /// The header bytes of the session file: JSON.
  ///
  /// Throws an `EncodingError` for a date that is no number.
  package func header() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return Array(try encoder.encode(summary))
  }

  /// The secret bytes of the session file: JSON.
  ///
  /// Throws an `EncodingError`; texts alone give none.
  package func payload() throws -> Payload {
    let tokens = Tokens(
      refresh: refreshToken?.expose(),
      id: idToken?.expose(),
      access: accessToken?.expose(),
      dpopKey: binding?.key.expose(),
      dpopNonce: binding?.nonce,
      clientSecret: clientSecret?.expose()
    )
    return Payload(Array(try JSONEncoder().encode(tokens)))
  }

  /// Reads what `header()` and `payload()` wrote; throws a `DecodingError` on anything else.
  package init(_ opened: OpenSession) throws {
    summary = try JSONDecoder().decode(Summary.self, from: Data(opened.header))
    let tokens = try JSONDecoder().decode(Tokens.self, from: Data(opened.payload.bytes))
    refreshToken = tokens.refresh.map { Secret($0) }
    idToken = tokens.id.map { Secret($0) }
    accessToken = tokens.access.map { Secret($0) }
    clientSecret = tokens.clientSecret.map { Secret($0) }
    binding = tokens.dpopKey.map { DPoPBinding(key: Secret($0), nonce: tokens.dpopNonce) }
  }
}
